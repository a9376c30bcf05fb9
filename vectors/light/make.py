#!/usr/bin/env python3
"""Makes cases.json: draws, packed vectors, leaves, roots and sums modulo p, from docs/protocol/light-audit.md alone.

    python3 make.py > cases.json
"""
import hashlib
import json
import random
import struct

P = 2**61 - 1
rnd = random.Random(61)


def h(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def le32(n):
    return struct.pack("<i", n)


def spot(layers, runs, number):
    for choice, (steps, first) in enumerate(runs):
        picks = steps - first if steps else 0
        size = steps * layers + picks
        if number < size:
            if number < steps * layers:
                return [choice, number // steps, number % steps]
            return [choice, layers, first + number - steps * layers]
        number -= size
    raise ValueError


def draws(receipt, seed, cells, layers, runs):
    total = sum(s * layers + (s - f if s else 0) for s, f in runs)
    found = set()
    i = 0
    while len(found) < min(cells, total):
        x = int.from_bytes(h(b"assay/cells/1", receipt, seed, le32(i))[:8], "big")
        found.add(tuple(spot(layers, runs, (x * total) >> 64)))
        i += 1
    return [list(s) for s in sorted(found)]


def packed(values):
    out = b""
    for at in range(0, len(values), 64):
        block = values[at:at + 64]
        largest = max(abs(v) for v in block)
        width = largest.bit_length() + 1 if largest else 0
        bits = 0
        for i, v in enumerate(block):
            bits |= (v & ((1 << width) - 1)) << (i * width)
        out += bytes([width]) + bits.to_bytes((len(block) * width + 7) // 8, "little")
    return out


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return h(b"\x01", root(leaves[:k]), root(leaves[k:]))


def rest(leaves, low, high, known):
    if high <= known:
        return []
    if low >= known:
        return [root(leaves[low:high])]
    k = 1
    while 2 * k < high - low:
        k *= 2
    return rest(leaves, low, low + k, known) + rest(leaves, low + k, high, known)


def draw_cases():
    for cells, layers, runs in [
        (1, 1, [[1, 0]]), (32, 30, [[511, 255]]), (256, 2, [[20, 14]]), (16, 3, [[9, 3], [0, 3], [12, 3]]),
    ]:
        receipt, seed = rnd.randbytes(32), rnd.randbytes(32)
        yield {"receipt": receipt.hex(), "seed": seed.hex(), "cells": cells, "layers": layers, "runs": runs,
               "digest": h(b"assay/challenge/1", receipt, seed, le32(cells)).hex(),
               "spots": draws(receipt, seed, cells, layers, runs)}


def packed_cases():
    for count, bound in [(1, 0), (1, 1), (3, 8191), (64, 1), (65, 2**30 - 1), (130, 2**52 - 1), (70, 2**40), (200, 5)]:
        values = [rnd.randint(-bound, bound) for _ in range(count)]
        yield {"values": [str(v) for v in values], "bytes": packed(values).hex()}


def trace_case():
    residual, key, value = [1, -2, 2**30 - 1], [8191, -3], [0, -8191]
    r = h(b"".join(le32(x) for x in residual))
    kv = h(b"".join(struct.pack("<h", x) for x in key + value))
    cell = h(b"\0cell", le32(3), le32(7), r, kv)
    last = h(b"\0last", le32(7), r)
    token = h(b"\0tok", le32(7), le32(42), r, le32(-1))
    trees = [cell, last, token]
    return {"residual": residual, "key": key, "value": value, "cell": cell.hex(), "last": last.hex(),
            "token": token.hex(), "root": h(b"assay/trace/1", le32(9), le32(1), *trees).hex()}


def subtree_cases():
    for size, known in [(1, 1), (2, 1), (7, 3), (8, 5), (511, 1), (511, 256), (511, 300), (100, 100)]:
        leaves = [h(le32(i)) for i in range(size)]
        yield {"size": size, "known": known, "rest": [x.hex() for x in rest(leaves, 0, size, known)],
               "root": root(leaves).hex()}


def field_cases():
    for _ in range(8):
        a, b = rnd.randrange(P), rnd.randrange(P)
        yield {"a": str(a), "b": str(b), "product": str(a * b % P), "sum": str((a + b) % P)}
    yield {"a": str(P - 1), "b": str(P - 1), "product": "1", "sum": str(P - 2)}


print(json.dumps({
    "comment": "made by make.py from the formulas of docs/protocol/light-audit.md",
    "draws": list(draw_cases()), "packed": list(packed_cases()), "trace": trace_case(),
    "subtrees": list(subtree_cases()), "field": list(field_cases())}, indent=1))
