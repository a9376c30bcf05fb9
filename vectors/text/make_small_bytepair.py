#!/usr/bin/env python3
"""Writes the small byte-level vocabulary and what two independent libraries make of strings.txt with it.

    pip install gguf llama-cpp-python tokenizers
    python3 vectors/text/make_small_bytepair.py SmolLM2-135M-Instruct.Q4_1.gguf vectors/text

The vocabulary is SmolLM2's own, cut to its first 9,000 merges (Apache-2.0, see README.md). For each
pre-tokenizer the ids come from llama.cpp (a vocabulary-only GGUF file made here) and from Hugging Face's
tokenizers; where they differ, the script prints the string and keeps the answer that docs/protocol/text.md
says is right.
"""
import gzip
import json
import os
import random
import sys
import tempfile

import gguf
from llama_cpp import Llama
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

MERGES = 9000
LLAMA = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PLAIN = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
GPT2 = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)


def split(pattern):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), PLAIN])


CUTS = {"smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), GPT2]), "gpt-2": GPT2,
        "llama-bpe": split(LLAMA % "{1,3}"), "qwen2": split(LLAMA % "")}


def small(path):
    fields = gguf.GGUFReader(path).fields
    tokens, types, merges = (fields["tokenizer.ggml." + k].contents() for k in ("tokens", "token_type", "merges"))
    merges = merges[:MERGES]
    made = {m.replace(" ", "") for m in merges}
    keep = [i for i, t in enumerate(tokens) if types[i] == 3 or len(t) == 1 or t in made]
    return {"model": "gpt2", "tokens": [tokens[i] for i in keep], "types": [types[i] for i in keep], "merges": merges,
            "bos": 1, "eos": 2, "unk": 0}


def llama_cpp(v, pre, texts, special=False):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "v.gguf")
        w = gguf.GGUFWriter(path, "llama")
        for key, value in (("context_length", 512), ("embedding_length", 64), ("block_count", 1), ("feed_forward_length", 64)):
            w.add_uint32("llama." + key, value)
        w.add_uint32("llama.attention.head_count", 1)
        w.add_float32("llama.attention.layer_norm_rms_epsilon", 1e-5)
        w.add_tokenizer_model("gpt2")
        w.add_tokenizer_pre(pre)
        w.add_token_list(v["tokens"])
        w.add_token_types(v["types"])
        w.add_token_merges(v["merges"])
        w.add_bos_token_id(v["bos"])
        w.add_eos_token_id(v["eos"])
        w.write_header_to_file()
        w.write_kv_data_to_file()
        w.write_tensors_to_file()
        w.close()
        m = Llama(path, vocab_only=True, verbose=False)
        return [m.tokenize(t.encode(), add_bos=False, special=special) for t in texts]


def hugging_face(v, pre, texts):
    ids = {t: i for i, t in enumerate(v["tokens"])}
    merges = [tuple(m.split(" ")) for m in v["merges"]]
    t = Tokenizer(models.BPE(ids, merges, ignore_merges=pre == "llama-bpe"))
    t.pre_tokenizer = CUTS[pre]
    return [e.ids for e in t.encode_batch(texts)]


def missing_bytes(v):
    alphabet = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or b >= 174]
    spell = {b: chr(b) for b in alphabet}
    spell.update({b: chr(256 + n) for n, b in enumerate(b for b in range(256) if b not in alphabet)})
    return {b for b in range(256) if spell[b] not in v["tokens"]}


def main(model, folder):
    with open(os.path.join(folder, "strings.txt"), encoding="ascii") as lines:
        texts = [json.loads(line) for line in lines]
    v = small(model)
    missing = missing_bytes(v)
    print(len(v["tokens"]), "tokens; bytes without a token:", sorted(missing))
    write(os.path.join(folder, "small-bytepair.json.gz"), json.dumps(v))
    for pre in CUTS:
        ours, theirs = llama_cpp(v, pre, texts), hugging_face(v, pre, texts)
        rows = []
        for text, a, b in zip(texts, ours, theirs):
            dropped = missing & set(text.encode())
            if a != b and not dropped:
                print(pre, json.dumps(text), "llama.cpp", a, "tokenizers", b)
            rows.append(" ".join(map(str, a if dropped else b)))
        write(os.path.join(folder, "small-%s.ids.gz" % pre), "\n".join(rows) + "\n")
        write(os.path.join(folder, "%s.cuts.gz" % pre), "".join(cuts(pre, text) + "\n" for text in texts))
    specials(v, texts, folder)


def cuts(pre, text):
    """The lengths of the words in code points; where words begin and end is Hugging Face's answer."""
    return " ".join(str(to - start) for _, (start, to) in CUTS[pre].pre_tokenize_str(text))


def specials(v, texts, folder):
    """Texts with special tokens in them; llama.cpp's ids with all of the text trusted, and with none."""
    control = ["<|sep|>", "<|sep|>!", "|sep", "a<|", "\u00e9\u00e9"]
    user_defined = ["<tool_call>", "<tool", "tool_call>", "   ", "\n\n", "hello", "ello wor", "llo world", "\u4e2d\u6587", "\U0001f642"]
    v = dict(v, tokens=v["tokens"] + control + user_defined,
             types=v["types"] + [3] * len(control) + [4] * len(user_defined))
    rng = random.Random(7)
    parts = control + user_defined + ["<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|im_start|>user\n", " ", "a", "<", "\n", "!"]
    parts += [t for t in texts if 0 < len(t) < 12][:60]
    cases = ["".join(rng.choice(parts) for _ in range(rng.randint(1, 12))) for _ in range(400)]
    trusted = llama_cpp(v, "smollm", cases, special=True)
    plain = llama_cpp(v, "smollm", cases)
    rows = [{"text": t, "trusted": a, "plain": b} for t, a, b in zip(cases, trusted, plain)]
    body = ",\n".join(json.dumps(row) for row in rows)
    write(os.path.join(folder, "specials.json.gz"), json.dumps({"control": control, "user_defined": user_defined})[:-1]
          + ', "cases": [\n' + body + "\n]}\n")


def write(path, text):
    with open(path, "wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
        packed.write(text.encode())


main(*sys.argv[1:])
