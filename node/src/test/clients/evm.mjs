// A real EVM and a stock facilitator on loopback ports: anvil with the chain id of base-sepolia, the contracts of
// Payments.sol at the addresses that the x402 packages know, and the packages' own facilitator over HTTP.
//
//     node evm.mjs PAYMENTS.sol
//
// Prints one line of JSON (rpc, facilitator, asset, network, payer's key) and stays until its input ends.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createServer as createSocket } from "node:net";
import { x402Facilitator } from "@x402/core/facilitator";
import { PERMIT2_ADDRESS, toFacilitatorEvmSigner, x402UptoPermit2ProxyAddress } from "@x402/evm";
import { ExactEvmScheme } from "@x402/evm/exact/facilitator";
import { ExactEvmSchemeV1 } from "@x402/evm/exact/v1/facilitator";
import { UptoEvmScheme } from "@x402/evm/upto/facilitator";
import { createTestClient, createWalletClient, http, publicActions, walletActions } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { baseSepolia } from "viem/chains";

const require = createRequire(import.meta.url);
const ASSET = "0x036CbD53842c5426634e7929541eC2318f3dCF7e"; // USDC of base-sepolia
const NETWORK = "eip155:84532";

function compile(file) {
  const input = {
    language: "Solidity",
    sources: { "Payments.sol": { content: readFileSync(file, "utf8") } },
    settings: {
      optimizer: { enabled: true, runs: 200 },
      viaIR: true,
      outputSelection: { "*": { "*": ["abi", "evm.deployedBytecode.object"] } },
    },
  };
  const output = JSON.parse(require("solc").compile(JSON.stringify(input)));
  const errors = (output.errors ?? []).filter((e) => e.severity === "error");
  if (errors.length > 0) throw new Error(errors.map((e) => e.formattedMessage).join("\n"));
  return output.contracts["Payments.sol"];
}

const freePort = () =>
  new Promise((resolve) => {
    const probe = createSocket().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

async function startAnvil() {
  const port = await freePort();
  const binary = require.resolve("@foundry-rs/anvil-linux-amd64/package.json").replace("package.json", "bin/anvil");
  const anvil = spawn(binary, ["--port", String(port), "--chain-id", "84532", "--host", "127.0.0.1", "--silent"]);
  process.on("exit", () => anvil.kill());
  return `http://127.0.0.1:${port}`;
}

async function ready(client) {
  for (let i = 0; i < 1200; i++) {
    try {
      return await client.getChainId();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error("anvil does not answer");
}

const contracts = compile(process.argv[2]);
const rpc = await startAnvil();
const transport = http(rpc);
const test = createTestClient({ chain: baseSepolia, mode: "anvil", transport }).extend(publicActions);
await ready(test);
for (const [address, name] of [[ASSET, "Token"], [PERMIT2_ADDRESS, "Permit2"], [x402UptoPermit2ProxyAddress, "UptoProxy"]]) {
  await test.setCode({ address, bytecode: "0x" + contracts[name].evm.deployedBytecode.object });
}

async function account(ether) {
  const secret = generatePrivateKey();
  const key = privateKeyToAccount(secret);
  await test.setBalance({ address: key.address, value: ether * 10n ** 18n });
  const wallet = createWalletClient({ account: key, chain: baseSepolia, transport }).extend(publicActions);
  return { secret, key, wallet };
}

const token = { address: ASSET, abi: contracts.Token.abi };
const settler = await account(100n);
const payer = await account(1n);
const call = async (wallet, functionName, args) =>
  test.waitForTransactionReceipt({ hash: await wallet.writeContract({ ...token, functionName, args }) });
await call(settler.wallet, "mint", [payer.key.address, 100_000_000n]);
await call(payer.wallet, "approve", [PERMIT2_ADDRESS, 2n ** 256n - 1n]);

const signer = toFacilitatorEvmSigner({
  address: settler.key.address,
  readContract: (a) => settler.wallet.readContract(a),
  verifyTypedData: (a) => settler.wallet.verifyTypedData(a),
  writeContract: (a) => settler.wallet.writeContract(a),
  sendTransaction: (a) => settler.wallet.sendTransaction(a),
  waitForTransactionReceipt: (a) => settler.wallet.waitForTransactionReceipt(a),
  getCode: (a) => settler.wallet.getCode(a),
});
const facilitator = new x402Facilitator()
  .register(NETWORK, new ExactEvmScheme(signer))
  .register(NETWORK, new UptoEvmScheme(signer))
  .registerV1("base-sepolia", new ExactEvmSchemeV1(signer));

let tail = Promise.resolve(); // one at a time: the settler's transactions are numbered
const inTurn = (work) => (tail = tail.then(work, work));

const server = createServer(async (request, response) => {
  const say = (status, json) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(json));
  };
  try {
    let text = "";
    for await (const part of request) text += part;
    if (request.url === "/supported") return say(200, facilitator.getSupported());
    const { paymentPayload, paymentRequirements } = JSON.parse(text);
    const work = request.url === "/verify" ? "verify" : "settle";
    say(200, await inTurn(() => facilitator[work](paymentPayload, paymentRequirements)));
  } catch (e) {
    say(500, { error: String(e) });
  }
});
server.listen(0, "127.0.0.1", () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  console.log(JSON.stringify({ rpc, facilitator: url, asset: ASSET, network: NETWORK, secret: payer.secret, payer: payer.key.address }));
});
process.stdin.on("end", () => process.exit(0)).resume();
