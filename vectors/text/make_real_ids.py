#!/usr/bin/env python3
"""Writes what other libraries make of strings.txt with real vocabularies: NAME.ids.gz, a line a string.

    python3 vectors/text/fetch_vocabularies.py
    npm install llama3-tokenizer-js@1.2.0 llama-tokenizer-js@1.2.2
    pip install tiktoken gguf llama-cpp-python
    python3 vectors/text/make_real_ids.py SmolLM2-135M-Instruct.Q4_1.gguf NODE_MODULES vectors/text

llama: npm llama-tokenizer-js. llama3: tiktoken, with the pattern of Llama 3's makers. qwen: tiktoken with
the pattern of PyPI dashscope. smollm2: llama.cpp. The script prints where a second library differs: for
llama, llama.cpp (a vocabulary-only file made here); for llama3, npm llama3-tokenizer-js, whose \\s and (?i)
are JavaScript's and not Unicode's, so texts with U+0085, U+FEFF or U+017F are not compared.
"""
import gzip
import json
import os
import struct
import subprocess
import sys
import tempfile

import gguf
from llama_cpp import Llama

from fetch_vocabularies import cache_folder, spelling

PATTERN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
NODE = """
const fs = require('fs')
const texts = fs.readFileSync(process.argv[1], 'ascii').trimEnd().split('\\n').map(JSON.parse)
Promise.all([import('llama3-tokenizer-js'), import('llama-tokenizer-js')]).then(([three, two]) => {
  // The library reads control tokens in plain text and cannot be told not to: their spelling is parted.
  const llama3 = texts.map(t => /<\\|\\w+\\|>/.test(t) ? null : three.default.encode(t, {bos: false, eos: false}))
  const llama = texts.map(t => two.default.encode(t, false, true))
  console.log(JSON.stringify({llama3, llama}))
})
"""


def vocabulary(name):
    with gzip.open(os.path.join(cache_folder(), name + ".json.gz"), "rt", encoding="utf-8") as f:
        return json.load(f)


def with_tiktoken(name, digits, texts):
    import tiktoken

    v = vocabulary(name)
    back = {c: b for b, c in spelling().items()}
    ranks = {bytes(back[c] for c in t): i for i, t in enumerate(v["tokens"]) if v["types"][i] == 1}
    e = tiktoken.Encoding(name, pat_str=PATTERN % digits, mergeable_ranks=ranks, special_tokens={})
    return [e.encode_ordinary(t) for t in texts]


def with_llama_cpp(path, texts):
    m = Llama(path, vocab_only=True, verbose=False)
    return [m.tokenize(t.encode(), add_bos=False, special=False) for t in texts]


def piece_file(v, path):
    w = gguf.GGUFWriter(path, "llama")
    for key, value in (("context_length", 512), ("embedding_length", 64), ("block_count", 1), ("feed_forward_length", 64)):
        w.add_uint32("llama." + key, value)
    w.add_uint32("llama.attention.head_count", 1)
    w.add_float32("llama.attention.layer_norm_rms_epsilon", 1e-5)
    w.add_tokenizer_model("llama")
    w.add_token_list(v["tokens"])
    w.add_token_scores(scores(v))
    w.add_token_types(v["types"])
    w.add_bos_token_id(1)
    w.add_eos_token_id(2)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def scores(v):
    return [struct.unpack("<f", struct.pack("<i", b))[0] for b in v["score_bits"]]


def main(model, node_modules, folder):
    strings = os.path.join(folder, "strings.txt")
    with open(strings, encoding="ascii") as lines:
        texts = [json.loads(line) for line in lines]
    node = subprocess.run(["node", "-e", NODE, os.path.abspath(strings)], cwd=os.path.dirname(os.path.abspath(node_modules)),
                          check=True, stdout=subprocess.PIPE)
    ids = json.loads(node.stdout)
    ids["qwen"] = with_tiktoken("qwen", "", texts)
    javascript, ids["llama3"] = ids["llama3"], with_tiktoken("llama3", "{1,3}", texts)
    for text, a, b in zip(texts, ids["llama3"], javascript):
        if b is not None and a != b and not {"\u0085", "\ufeff", "\u017f"} & set(text):
            print("llama3", json.dumps(text)[:200], "tiktoken", a[:40], "js", b[:40])
    ids["smollm2"] = with_llama_cpp(model, texts)
    with tempfile.TemporaryDirectory() as temp:
        path = os.path.join(temp, "llama.gguf")
        piece_file(vocabulary("llama"), path)
        for text, a, b in zip(texts, ids["llama"], with_llama_cpp(path, texts)):
            if a != b:
                print("llama", json.dumps(text)[:200], "js", a[:40], "llama.cpp", b[:40])
    for name, rows in ids.items():
        with open(os.path.join(folder, name + ".ids.gz"), "wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
            for row in rows:
                packed.write(" ".join(map(str, row)).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
