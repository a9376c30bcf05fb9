// Uses a proxy with the stock `openai` package alone: node proxy.mjs BASE_URL. The last line is JSON.

import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
const require = createRequire(join(cache, "assay", "test", "clients", "node", "package.json"));
const OpenAI = require("openai").OpenAI;

const client = new OpenAI({ baseURL: process.argv[2], apiKey: "none", maxRetries: 0 });
const model = (await client.models.list()).data[0].id;
const asked = { model, messages: [{ role: "user", content: "What is a proxy?" }], max_tokens: 8, seed: 3 };
const whole = await client.chat.completions.create(asked);
let text = "";
let last;
for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) {
  text += chunk.choices[0]?.delta.content ?? "";
  last = chunk;
}
if (text !== whole.choices[0].message.content) throw new Error(JSON.stringify([text, whole]));
console.log(JSON.stringify({ client: "openai-node", verdicts: [whole.assay.verdict, last.assay.verdict] }));
