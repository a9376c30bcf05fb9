"""Uses a proxy with the stock `openai` package alone: proxy.py BASE_URL. The last line is JSON."""

import json
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key="none", max_retries=0)
model = client.models.list().data[0].id
asked = dict(model=model, messages=[{"role": "user", "content": "What is a proxy?"}], max_tokens=8, seed=3)
whole = client.chat.completions.create(**asked)
chunks = list(client.chat.completions.create(stream=True, stream_options={"include_usage": True}, **asked))
text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
assert text == whole.choices[0].message.content, (text, whole)
assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
verdicts = [whole.model_extra["assay"]["verdict"], chunks[-1].model_extra["assay"]["verdict"]]
print(json.dumps({"client": "openai-python", "version": openai.__version__, "verdicts": verdicts}))
