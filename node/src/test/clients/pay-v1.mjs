// Pays a node with the stock package of x402 version 1, under the stock package of OpenAI.
//
//     PRIVATE_KEY=0x… node pay-v1.mjs NODE QUESTION

import OpenAI from "openai";
import { createSigner, decodeXPaymentResponse, wrapFetchWithPayment } from "x402-fetch";

const [node, question] = process.argv.slice(2);
const payingFetch = wrapFetchWithPayment(fetch, await createSigner("base-sepolia", process.env.PRIVATE_KEY));
const paid = [];
const openai = new OpenAI({
  baseURL: node + "/v1",
  apiKey: "none",
  fetch: async (url, init) => {
    // This package reads plain headers only.
    const response = await payingFetch(url, { ...init, headers: Object.fromEntries(new Headers(init.headers)) });
    const header = response.headers.get("x-payment-response");
    if (header) paid.push(decodeXPaymentResponse(header));
    return response;
  },
});
const model = (await openai.models.list()).data[0].id;
const answer = await openai.chat.completions.create({
  model,
  messages: [{ role: "user", content: question }],
  max_tokens: 24,
});
const answers = [{ text: answer.choices[0].message.content, usage: answer.usage, receipt: answer.assay }];
console.log(JSON.stringify({ client: "x402-fetch v1", paid, answers }));
