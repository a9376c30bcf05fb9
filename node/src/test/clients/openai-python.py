"""Talks to a node with the stock `openai` package and checks what comes back.

    openai-python.py BASE_URL [--key KEY] [--echo]

BASE_URL is, for example, http://127.0.0.1:8080/v1. --echo also runs what only the tests' echo
service can answer. Prints a line for each check; exits with 1 at the first that fails.
"""

import argparse
import json
import urllib.request

import openai

args = argparse.ArgumentParser()
args.add_argument("base_url")
args.add_argument("--key", default="none")
args.add_argument("--echo", action="store_true")
args = args.parse_args()
client = openai.OpenAI(base_url=args.base_url, api_key=args.key, max_retries=0)


def check(name, holds, seen=""):
    print(("ok    " if holds else "WRONG ") + name, "" if holds else repr(seen), flush=True)
    if not holds:
        raise SystemExit(1)


def says(text):
    return [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]


def refused(kind, **fields):
    try:
        client.chat.completions.create(**fields)
    except kind as e:
        return e
    check("refused with " + kind.__name__, False, fields)


def check_receipt(extra):
    check("the answer names its receipt", len(extra["digest"]) == 64, extra)
    request = urllib.request.Request(
        args.base_url + "/receipts/" + extra["receipt"], headers={"Authorization": "Bearer " + args.key}
    )
    check("the receipt can be fetched", len(urllib.request.urlopen(request).read()) > 0)


def collect(stream):
    chunks = list(stream)
    check("one id for all chunks", len({c.id for c in chunks}) == 1, chunks)
    check("chunks are chunks", all(c.object == "chat.completion.chunk" for c in chunks), chunks)
    check("role comes first", chunks[0].choices[0].delta.role == "assistant", chunks[0])
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    ends = [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason]
    check("one finish reason", len(ends) == 1, ends)
    return chunks, text, ends[0]


print("openai", openai.__version__)
models = client.models.list().data
check("models are listed", len(models) >= 1, models)
model = models[0].id
check("a model is found", client.models.retrieve(model).id == model)

same = dict(model=model, messages=says("Say hello to Zoë."), temperature=0, seed=7, max_tokens=12)
whole = client.chat.completions.create(**same)
choice = whole.choices[0]
check("a whole answer has text", choice.message.role == "assistant" and choice.message.content, whole)
check("a whole answer ends", choice.finish_reason in ("stop", "length"), choice)
check("usage adds up", whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens)
check("cached tokens are told", whole.usage.prompt_tokens_details.cached_tokens >= 0, whole.usage)
check("the fingerprint is there", whole.system_fingerprint.startswith("fp_"), whole)
check_receipt(whole.model_extra["assay"])

chunks, text, end = collect(client.chat.completions.create(stream=True, **same))
check("streamed and whole say the same", (text, end) == (choice.message.content, choice.finish_reason), text)
check_receipt(chunks[-1].model_extra["assay"])

usage = {"include_usage": True}
chunks, text, end = collect(client.chat.completions.create(stream=True, stream_options=usage, **same))
check("the usage chunk has no choices", chunks[-1].choices == [], chunks[-1])
check("the usage is the same", chunks[-1].usage.completion_tokens == whole.usage.completion_tokens, chunks[-1])
check("the others have none", all(c.usage is None for c in chunks[:-1]))
check_receipt(chunks[-1].model_extra["assay"])

with client.chat.completions.stream(stream_options=usage, **same) as events:
    kinds = {event.type for event in events}
    final = events.get_final_completion()
check("the stream helper agrees", final.choices[0].message.content == choice.message.content, final)
check("the stream helper saw the text", {"chunk", "content.delta", "content.done"} <= kinds, kinds)

several = client.chat.completions.create(model=model, messages=says("Name a colour."), n=2, max_tokens=4)
check("several choices", [c.index for c in several.choices] == [0, 1], several)

probs = client.chat.completions.create(
    model=model, messages=says("One word."), max_tokens=2, logprobs=True, top_logprobs=2
)
first = probs.choices[0].logprobs.content[0]
check("log probabilities", first.logprob <= 0 and len(first.top_logprobs) == 2 and first.bytes, first)

short = client.chat.completions.create(
    model=model, messages=says("Write a long poem about a river."), temperature=0, max_tokens=3
)
check("max_tokens ends an answer", short.choices[0].finish_reason == "length", short)
check("max_tokens is kept", short.usage.completion_tokens == 3, short.usage)

e = refused(openai.NotFoundError, model="no-such-model", messages=says("x"))
check("an unknown model is named", (e.code, e.param) == ("model_not_found", "model"), e)
tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
e = refused(openai.BadRequestError, model=model, messages=says("x"), tools=[tool])
check("a field not offered is named", (e.code, e.param) == ("unsupported_parameter", "tools"), e)
e = refused(openai.BadRequestError, model=model, messages=says("x"), temperature=3)
check("a value out of range is named", (e.code, e.param) == ("invalid_value", "temperature"), e)
e = refused(openai.BadRequestError, model=model, messages=says("x"), extra_body={"flux": 1})
check("an unknown field is named", (e.code, e.param) == ("unsupported_parameter", "flux"), e)
try:
    client.embeddings.create(model=model, input="x")
    check("embeddings are refused", False)
except openai.NotFoundError as e:
    check("a route not built says so", e.code == "not_built", e)

stream = client.chat.completions.create(model=model, messages=says("Tell a long story."), stream=True)
next(iter(stream))
stream.close()
again = client.chat.completions.create(**same)
check("the node answers after a broken stream", again.choices[0].message.content == choice.message.content)

if args.echo:
    e = refused(openai.RateLimitError, model=model, messages=says("!busy"))
    check("a full queue says when to return", e.response.headers["retry-after"] == "7", e)
    e = refused(openai.BadRequestError, model=model, messages=says("!long"))
    check("a prompt too long says so", e.code == "context_length_exceeded", e)
    e = refused(openai.InternalServerError, model=model, messages=says("!full"))
    check("a full disk is 503", e.status_code == 503, e)
    try:
        list(client.chat.completions.create(model=model, messages=says("!fail a b c"), stream=True))
        check("a failure in mid-stream is an error", False)
    except openai.APIError as e:
        check("a failure in mid-stream is an error", e.code == "engine_failed", e)

print(json.dumps({"client": "openai-python", "version": openai.__version__, "model": model, "ok": True}))
