#!/usr/bin/env python3
"""Trains a small SentencePiece vocabulary and writes it with the ids that two libraries give strings.txt.

    pip install sentencepiece==0.2.3 gguf llama-cpp-python
    python3 vectors/text/make_small_pieces.py vectors/text

Trained on the first 400 strings themselves, 900 pieces, byte fallback, no normalisation, as Llama's was.
The ids come from sentencepiece; where llama.cpp differs the script prints the string.
"""
import gzip
import json
import os
import struct
import sys
import tempfile

import sentencepiece
from llama_cpp import Llama

from make_real_ids import piece_file


def train(texts, folder):
    corpus, prefix = os.path.join(folder, "corpus.txt"), os.path.join(folder, "m")
    with open(corpus, "w", encoding="utf-8") as out:
        out.write("\n".join(t.replace("\n", " ").replace("\0", "") for t in texts if t.strip()) + "\n")
    sentencepiece.SentencePieceTrainer.train(
        input=corpus, model_prefix=prefix, model_type="bpe", vocab_size=900, byte_fallback=True, character_coverage=0.98,
        normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=True, split_digits=True,
        allow_whitespace_only_pieces=True, num_threads=1, minloglevel=2)
    return sentencepiece.SentencePieceProcessor(model_file=prefix + ".model")


def kind(p, i):
    return 2 if p.is_unknown(i) else 3 if p.is_control(i) else 6 if p.is_byte(i) else 1


def main(folder):
    with open(os.path.join(folder, "strings.txt"), encoding="ascii") as lines:
        texts = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as temp:
        p = train(texts[:400], temp)
        ids = range(p.vocab_size())
        v = {"model": "llama", "tokens": [p.id_to_piece(i) for i in ids], "types": [kind(p, i) for i in ids],
             "score_bits": [struct.unpack("<i", struct.pack("<f", p.get_score(i)))[0] for i in ids], "bos": 1, "eos": 2, "unk": 0}
        path = os.path.join(temp, "v.gguf")
        piece_file(v, path)
        m = Llama(path, vocab_only=True, verbose=False)
        rows = []
        for text in texts:
            a, b = p.encode(text), m.tokenize(text.encode(), add_bos=False, special=False)
            if a != b:
                print(json.dumps(text)[:200], "sentencepiece", a[:30], "llama.cpp", b[:30])
            rows.append(a)
    write(os.path.join(folder, "small-pieces.json.gz"), json.dumps(v))
    write(os.path.join(folder, "small-pieces.ids.gz"), "".join(" ".join(map(str, row)) + "\n" for row in rows))


def write(path, text):
    with open(path, "wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
        packed.write(text.encode())


main(*sys.argv[1:])
