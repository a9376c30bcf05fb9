// Pays a node for a streamed answer with the stock packages: openai, @x402/fetch, @x402/evm, viem.
//
//     npm install openai @x402/fetch @x402/evm viem
//     PRIVATE_KEY=0x… node pay.mjs http://127.0.0.1:11435 "What is a receipt?" [exact|upto|batch-settlement]
//
// The key is an ordinary Ethereum account's; on a network of play money, fund it with
// `assay wallet send ADDRESS 10`. Nothing here knows anything of Assay but the address of its token.

import OpenAI from "openai";
import { decodePaymentResponseHeader, wrapFetchWithPayment, x402Client } from "@x402/fetch";
import { BatchSettlementEvmScheme, ExactEvmScheme, UptoEvmScheme } from "@x402/evm";
import { privateKeyToAccount } from "viem/accounts";

const ASSAY_TOKEN = "0x44C3eD3ec9ee4a73E35676af8fe948C10cd3ae3A";
const [node, question = "What is a receipt?", scheme = "exact", times = "1"] = process.argv.slice(2);
const account = privateKeyToAccount(process.env.PRIVATE_KEY);

// What this client is willing to pay with, and how much at a time.
const schemes = { exact: ExactEvmScheme, upto: UptoEvmScheme, "batch-settlement": BatchSettlementEvmScheme };
const payer = new x402Client()
  .register(process.env.NETWORK ?? "eip155:*", new schemes[scheme](account))
  .setSpendControls({
    allowedAssets: [{ network: "eip155:*", asset: process.env.ASSET ?? ASSAY_TOKEN, maxAmountPerPayment: "1000000" }],
  });

const paid = [];
const payingFetch = wrapFetchWithPayment(fetch, payer);
const openai = new OpenAI({
  baseURL: node + "/v1",
  apiKey: "none", // x402 pays, no key is needed; the package wants one
  fetch: async (url, init) => {
    const response = await payingFetch(url, init);
    const header = response.headers.get("payment-response");
    if (header) paid.push(decodePaymentResponseHeader(header));
    return response;
  },
});

const model = (await openai.models.list()).data[0].id;
const answers = [];
for (let i = 0; i < Number(times); i++) {
  const stream = await openai.chat.completions.create({
    model,
    messages: [{ role: "user", content: question }],
    max_tokens: 24,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  let last;
  for await (const chunk of stream) {
    const piece = chunk.choices[0]?.delta.content ?? "";
    process.stdout.write(piece);
    text += piece;
    last = chunk;
  }
  process.stdout.write("\n");
  answers.push({ text, usage: last.usage, receipt: last.assay });
}
console.log(JSON.stringify({ client: "x402-fetch", scheme, payer: account.address, paid, answers }));
