// Asks a node's facilitator with the stock client of @x402/core, as a server that takes the ledger's money does.
//
//     PRIVATE_KEY=0x… node facilitate.mjs NODE PAYEE

import { HTTPFacilitatorClient } from "@x402/core/server";
import { x402Client } from "@x402/core/client";
import { ExactEvmScheme, UptoEvmScheme } from "@x402/evm";
import { privateKeyToAccount } from "viem/accounts";

const [url, payTo] = process.argv.slice(2);
const account = privateKeyToAccount(process.env.PRIVATE_KEY);
const facilitator = new HTTPFacilitatorClient({ url });
const said = { supported: await facilitator.getSupported() };
const payer = new x402Client()
  .register("eip155:*", new ExactEvmScheme(account))
  .register("eip155:*", new UptoEvmScheme(account))
  .setSpendControls(false);

const { network } = said.supported.kinds[0];
const upto = said.supported.kinds.find((k) => k.scheme === "upto");
const asset = process.env.ASSET;
const token = { name: "Assay", version: "1" };

async function settle(name, scheme, amount, extra, taken) {
  const terms = { scheme, network, amount, asset, payTo, maxTimeoutSeconds: 300, extra: { ...token, ...extra } };
  const payment = await payer.createPaymentPayload({ x402Version: 2, resource: { url }, accepts: [terms] });
  const verified = await facilitator.verify(payment, terms);
  const settled = await facilitator.settle(payment, { ...terms, amount: taken });
  const again = await facilitator.settle(payment, { ...terms, amount: taken });
  const after = await facilitator.verify(payment, terms);
  const short = await facilitator.verify(payment, { ...terms, amount: String(BigInt(amount) + 1n) });
  said[name] = { verified, settled, again, after, short };
}

await settle("exact", "exact", "1000", {}, "1000");
await settle("upto", "upto", "1000", upto.extra, "300");
console.log(JSON.stringify(said));
