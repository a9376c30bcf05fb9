// Talks to a node with the stock `openai` package and checks what comes back.
//
//     node openai-node.mjs BASE_URL [--key KEY] [--echo]
//
// The package is looked for where `install` puts it. --echo also runs what only the tests' echo
// service can answer. Prints a line for each check; exits with 1 at the first that fails.

import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
const packages = join(cache, "assay", "test", "clients", "node", "package.json");
const require = createRequire(packages);
const OpenAI = require("openai").OpenAI;
const { VERSION } = require("openai/version");

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { key: { type: "string", default: "none" }, echo: { type: "boolean", default: false } },
});
const [baseURL] = positionals;
const client = new OpenAI({ baseURL, apiKey: options.key, maxRetries: 0 });

function check(name, holds, seen = "") {
  console.log((holds ? "ok    " : "WRONG ") + name, holds ? "" : JSON.stringify(seen));
  if (!holds) process.exit(1);
}

const says = (text) => [
  { role: "developer", content: "Be brief." },
  { role: "user", content: [{ type: "text", text }] },
];

async function refused(kind, fields) {
  try {
    await client.chat.completions.create(fields);
  } catch (e) {
    if (e instanceof kind) return e;
    throw e;
  }
  check("refused with " + kind.name, false, fields);
}

async function checkReceipt(extra) {
  check("the answer names its receipt", extra.digest.length === 64, extra);
  const headers = { Authorization: "Bearer " + options.key };
  const response = await fetch(baseURL + "/receipts/" + extra.receipt, { headers });
  check("the receipt can be fetched", response.ok && (await response.arrayBuffer()).byteLength > 0);
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  check("one id for all chunks", new Set(chunks.map((c) => c.id)).size === 1, chunks);
  check("role comes first", chunks[0].choices[0].delta.role === "assistant", chunks[0]);
  const text = chunks.map((c) => c.choices[0]?.delta.content ?? "").join("");
  const ends = chunks.map((c) => c.choices[0]?.finish_reason).filter(Boolean);
  check("one finish reason", ends.length === 1, ends);
  return { chunks, text, end: ends[0] };
}

console.log("openai", VERSION);
const models = (await client.models.list()).data;
check("models are listed", models.length >= 1, models);
const model = models[0].id;
check("a model is found", (await client.models.retrieve(model)).id === model);

const same = { model, messages: says("Say hello to Zoë."), temperature: 0, seed: 7, max_tokens: 12 };
const whole = await client.chat.completions.create(same);
const choice = whole.choices[0];
check("a whole answer has text", choice.message.role === "assistant" && choice.message.content, whole);
check("a whole answer ends", ["stop", "length"].includes(choice.finish_reason), choice);
check("usage adds up", whole.usage.total_tokens === whole.usage.prompt_tokens + whole.usage.completion_tokens);
check("the fingerprint is there", whole.system_fingerprint.startsWith("fp_"), whole);
await checkReceipt(whole.assay);

const streamed = await collect(await client.chat.completions.create({ ...same, stream: true }));
check("streamed and whole say the same", streamed.text === choice.message.content, streamed.text);
check("and end the same", streamed.end === choice.finish_reason, streamed.end);
await checkReceipt(streamed.chunks.at(-1).assay);

const usage = { stream: true, stream_options: { include_usage: true } };
const counted = (await collect(await client.chat.completions.create({ ...same, ...usage }))).chunks;
check("the usage chunk has no choices", counted.at(-1).choices.length === 0, counted.at(-1));
check("the usage is the same", counted.at(-1).usage.completion_tokens === whole.usage.completion_tokens);
await checkReceipt(counted.at(-1).assay);

for (const fields of [same, { ...same, ...usage }]) {
  const final = await client.chat.completions.stream(fields).finalChatCompletion();
  check("the stream helper agrees", final.choices[0].message.content === choice.message.content, final);
}

const several = await client.chat.completions.create({ model, messages: says("Name a colour."), n: 2, max_tokens: 4 });
check("several choices", several.choices.map((c) => c.index).join() === "0,1", several);

const probs = await client.chat.completions.create({
  model, messages: says("One word."), max_tokens: 2, logprobs: true, top_logprobs: 2,
});
const first = probs.choices[0].logprobs.content[0];
check("log probabilities", first.logprob <= 0 && first.top_logprobs.length === 2 && first.bytes.length > 0, first);

let e = await refused(OpenAI.NotFoundError, { model: "no-such-model", messages: says("x") });
check("an unknown model is named", e.code === "model_not_found" && e.param === "model", e);
e = await refused(OpenAI.BadRequestError, { model, messages: says("x"), response_format: { type: "json_object" } });
check("a value not offered is named", e.param === "response_format", e);
e = await refused(OpenAI.BadRequestError, { model, messages: says("x"), flux: 1 });
check("an unknown field is named", e.code === "unsupported_parameter" && e.param === "flux", e);
const built = await client.responses.create({ model, input: "x" }).catch((error) => error);
check("a route not built says so", built instanceof OpenAI.NotFoundError && built.code === "not_built", built);

const broken = await client.chat.completions.create({ model, messages: says("Tell a long story."), stream: true });
for await (const chunk of broken) {
  if (chunk) break;
}
const again = await client.chat.completions.create(same);
check("the node answers after a broken stream", again.choices[0].message.content === choice.message.content);

if (options.echo) {
  e = await refused(OpenAI.RateLimitError, { model, messages: says("!busy") });
  check("a full queue says when to return", e.headers.get("retry-after") === "7", e);
  const failing = await client.chat.completions.create({ model, messages: says("!fail a b c"), stream: true });
  const failed = await collect(failing).catch((error) => error);
  check("a failure in mid-stream is an error", failed instanceof OpenAI.APIError && failed.code === "engine_failed", failed);
}

console.log(JSON.stringify({ client: "openai-node", version: VERSION, node: process.version, model, ok: true }));
