#!/usr/bin/env python3
"""An independent checker of the exact program, written from docs/protocol/program.md alone.

Plain Python 3.9+, standard library only, exact integers throughout.

  check.py MODEL.gguf[.gz] [--program FILE[.gz]] --tokens 1,2,3     prints what it computed
  check.py --expected expected.json                                 recomputes and compares every model listed

The tables made with pow, cos, sin and exp are compared with those of the program's file to within 1 and
then taken from there, because libm may differ from fdlibm in the last bit.
"""

import argparse
import gzip
import hashlib
import json
import math
import os
import struct
import sys
from math import isqrt
from operator import mul

LOG2E = 1.4426950408889634
SECTIONS = ["shape", "constants", "layers", "rope", "weights", "tokenizer", "template", "unicode"]


# ---- section 1: notation ----------------------------------------------------------------------------

def rdiv(x, s):
    if s <= 0:
        return x << -s
    if s >= 63:
        return 0
    return (x + (1 << (s - 1))) >> s


def rint(d):
    """Half to even; Python's round of a float is exactly that."""
    return round(d)


def bits(x):
    return abs(x).bit_length()


def clamp(x, b):
    m = (1 << (b - 1)) - 1
    return max(-m, min(m, x))


# ---- the file ---------------------------------------------------------------------------------------

def slurp(path):
    with open(path, "rb") as f:
        raw = f.read()
    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


class Cursor:
    def __init__(self, raw):
        self.raw, self.at = raw, 0

    def take(self, n):
        if self.at + n > len(self.raw):
            raise ValueError("the file ends early")
        self.at += n
        return self.raw[self.at - n:self.at]

    def num(self, fmt):
        return struct.unpack("<" + fmt, self.take(struct.calcsize("<" + fmt)))[0]


SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
# id: (weights of a block, bytes of a block)
TYPES = {0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
         12: (256, 144), 13: (256, 176), 14: (256, 210), 30: (1, 2)}


def read_gguf(raw):
    c = Cursor(raw)
    if c.take(4) != b"GGUF" or c.num("I") != 3:
        raise ValueError("not a GGUF v3 file")
    tensors, keys = c.num("Q"), c.num("Q")

    def value(t):
        if t == 8:
            return c.take(c.num("Q")).decode("utf-8")
        if t == 9:
            e, n = c.num("I"), c.num("Q")
            return [value(e) for _ in range(n)]
        return c.num(SCALARS[t])

    meta = {}
    for _ in range(keys):
        k = value(8)
        meta[k] = value(c.num("I"))
    heads = []
    for _ in range(tensors):
        name = value(8)
        dims = [c.num("Q") for _ in range(c.num("I"))]
        heads.append((name, dims, c.num("I"), c.num("Q")))
    align = meta.get("general.alignment", 32)
    base = (c.at + align - 1) // align * align
    out = {}
    for name, dims, t, off in heads:
        if t not in TYPES:
            raise ValueError("%s: type %d" % (name, t))
        cols, rows = dims[0], math.prod(dims[1:])
        per, size = TYPES[t]
        row_bytes = cols // per * size
        out[name] = Matrix(name, t, rows, cols, [
            raw[base + off + r * row_bytes:base + off + (r + 1) * row_bytes] for r in range(rows)])
    return meta, out


# ---- section 2: weights -----------------------------------------------------------------------------

def half(b, at):
    """A half as an integer of 2^-24."""
    v = struct.unpack_from("<e", b, at)[0]
    if not math.isfinite(v):
        raise ValueError("a scale that is not finite")
    w = v * 16777216.0
    assert w == int(w)
    return int(w)


def nibbles(q):
    return [x & 15 for x in q] + [x >> 4 for x in q]


def fifth(codes, h):
    return [c | ((h >> j) & 1) << 4 for j, c in enumerate(codes)]


def k_scales(s):
    out = []
    for g in range(8):
        if g < 4:
            out.append((s[g] & 63, s[g + 4] & 63))
        else:
            out.append(((s[g + 4] & 15) | (s[g - 4] >> 6) << 4, (s[g + 4] >> 4) | (s[g] >> 6) << 4))
    return out


def block(t, b):
    if t == 0:
        return [real(struct.unpack("<f", b)[0])]
    if t == 30:
        return [real(struct.unpack("<f", b"\0\0" + b)[0])]
    if t == 1:
        return [half(b, 0)]
    d = half(b, 208 if t == 14 else 0)
    if t == 2:
        return [d * (q - 8) for q in nibbles(b[2:])]
    if t == 3:
        m = half(b, 2)
        return [d * q + m for q in nibbles(b[4:])]
    if t == 6:
        return [d * (q - 16) for q in fifth(nibbles(b[6:]), struct.unpack_from("<I", b, 2)[0])]
    if t == 7:
        m = half(b, 2)
        return [d * q + m for q in fifth(nibbles(b[8:]), struct.unpack_from("<I", b, 4)[0])]
    if t == 8:
        return [d * q for q in struct.unpack_from("<32b", b, 2)]
    if t in (12, 13):
        dmin, scales = half(b, 2), k_scales(b[4:16])
        h, q = (None, b[16:]) if t == 12 else (b[16:48], b[48:])
        out = []
        for g in range(8):
            sc, mn = scales[g]
            for j in range(32):
                x = q[32 * (g // 2) + j]
                code = x >> 4 if g % 2 else x & 15
                if h is not None:
                    code |= ((h[j] >> g) & 1) << 4
                out.append(d * sc * code - dmin * mn)
        return out
    low, high, sc = b[:128], b[128:192], struct.unpack_from("<16b", b, 192)
    out = []
    for i in range(256):
        hf, quarter, j = i // 128, i % 128 // 32, i % 32
        x = low[64 * hf + 32 * (quarter % 2) + j]
        code = x >> 4 if quarter >= 2 else x & 15
        code |= ((high[32 * hf + j] >> (2 * quarter)) & 3) << 4
        out.append(d * sc[i // 16] * (code - 32))
    return out


def real(w):
    if not math.isfinite(w):
        raise ValueError("a weight that is not finite")
    return rint(w * 16777216.0)


class Matrix:
    def __init__(self, name, t, rows, cols, data):
        self.name, self.type, self.rows, self.cols, self.data = name, t, rows, cols, data
        self._w = None

    def w(self):
        if self._w is None:
            size = TYPES[self.type][1]
            self._w = []
            for r in self.data:
                row = []
                for at in range(0, len(r), size):
                    row += block(self.type, r[at:at + size])
                if sum(map(abs, row)) >= 1 << 40:
                    raise ValueError("%s: a row with sum |W| >= 2^40" % self.name)
                self._w.append(row)
        return self._w

    def floats(self):
        """A vector of float32 as doubles."""
        if self.type != 0:
            raise ValueError("%s: not F32" % self.name)
        return [struct.unpack_from("<f", r, 4 * i)[0] for r in self.data for i in range(self.cols)]

    def root(self):
        head = b"\0row" + struct.pack("<BI", self.type, self.cols)
        return tree([sha(head + r) for r in self.data])


def sha(b):
    return hashlib.sha256(b).digest()


def tree(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha(b"\1" + tree(leaves[:k]) + tree(leaves[k:]))


# ---- section 3: constants ---------------------------------------------------------------------------

def exponent(m, gain, bias):
    s = 0.0
    for row in m.w():
        for w, g in zip(row, gain):
            t = (w * 2.0 ** -24) * g
            s = s + t * t
    top = max(map(abs, bias)) if bias else None
    for f in range(30, -2, -1):
        if 1024.0 * s * 4.0 ** f > 4.0 ** 13 * m.rows:
            continue
        if bias and (32.0 * math.sqrt(s / m.rows) + 2.0 * top) * 2.0 ** f > 2.0 ** 13:
            continue
        return f
    raise ValueError("%s: no exponent" % m.name)


class Model:
    def __init__(self, raw, program):
        meta, self.t = read_gguf(raw)
        self.arch = a = meta["general.architecture"]
        if a not in ("llama", "qwen2"):
            raise ValueError("architecture " + a)

        def key(k, other=None):
            return meta.get(a + "." + k, other)

        self.layers, self.D = key("block_count"), key("embedding_length")
        self.H = key("attention.head_count")
        self.KV = key("attention.head_count_kv", self.H)
        self.hd = key("attention.key_length", self.D // self.H)
        self.ff, self.context = key("feed_forward_length"), key("context_length")
        self.emb = self.t["token_embd.weight"]
        self.out = self.t.get("output.weight", self.emb)
        self.vocab = self.emb.rows
        self.halves = a == "qwen2"
        eps = key("attention.layer_norm_rms_epsilon")
        self.E = [rint(self.D * eps * 2.0 ** (2 * (14 - sh))) for sh in range(7)]
        self.C = isqrt(self.D << 80)
        self.c = rint(LOG2E / math.sqrt(self.hd) * 65536.0)
        self.tables(key)
        self.warnings = []
        if program is not None:
            self.adopt(program)
        self.compile_layers()

    def tables(self, key):
        self.EXP2 = [rint(2.0 ** 15 * math.pow(2.0, -i / 256)) for i in range(256)]
        self.SIG = [rint(2.0 ** 15 / (1.0 + math.exp(-(j - 4096) / 256))) for j in range(8192)]
        self.EXP2S = [rint(2.0 ** 30 * math.pow(2.0, -i / 4096)) for i in range(4096)]
        base = key("rope.freq_base", 10000.0)
        freq = [math.pow(base, -2.0 * i / self.hd) for i in range(self.hd // 2)]
        if "rope_freqs.weight" in self.t:
            freq = [f / d for f, d in zip(freq, self.t["rope_freqs.weight"].floats())]
        kind = key("rope.scaling.type", "none")
        if kind not in ("none", "linear"):
            raise ValueError("rope scaling " + kind)
        if kind == "linear" and key("rope.scaling.factor") is not None:
            freq = [f / key("rope.scaling.factor") for f in freq]
        self.cos = [[rint(16384.0 * math.cos(p * f)) for f in freq] for p in range(self.context)]
        self.sin = [[rint(16384.0 * math.sin(p * f)) for f in freq] for p in range(self.context)]

    def adopt(self, program):
        """Takes the five tables from the program's file, each within 1 of its own."""
        c = Cursor(program["constants"])
        c.take(16 + 56)
        for name in ("EXP2", "SIG", "EXP2S"):
            n = c.num("I")
            theirs = list(struct.unpack("<%di" % n, c.take(4 * n)))
            setattr(self, name, self.near(name, getattr(self, name), theirs))
        n = self.hd // 2
        flat = struct.unpack("<%dh" % (2 * self.context * n), program["rope"])
        for k, name in enumerate(("cos", "sin")):
            theirs = flat[k * self.context * n:(k + 1) * self.context * n]
            self.near(name, [x for row in getattr(self, name) for x in row], list(theirs))
            setattr(self, name, [list(theirs[p * n:(p + 1) * n]) for p in range(self.context)])

    def near(self, name, mine, theirs):
        if len(mine) != len(theirs) or any(abs(x - y) > 1 for x, y in zip(mine, theirs)):
            raise ValueError("table %s is not within 1 of its formula" % name)
        off = sum(x != y for x, y in zip(mine, theirs))
        if off:
            self.warnings.append("%s: %d entries differ by 1 from this machine's libm" % (name, off))
        return theirs

    def gain(self, name):
        v = self.t[name].floats()
        if not all(abs(x) < 4096 for x in v):
            raise ValueError(name + ": a gain of 4096 or more")
        return v, [rint(x * 4096.0) for x in v]

    def compile_layers(self):
        self.L = []
        for n in range(self.layers):
            p = "blk.%d." % n
            lay = {"ag": self.gain(p + "attn_norm.weight"), "fg": self.gain(p + "ffn_norm.weight"), "b": [], "f": []}
            for x in "qkv":
                m = self.t[p + "attn_%s.weight" % x]
                b = self.t.get(p + "attn_%s.bias" % x)
                b = b.floats() if b else []
                lay["f"].append(exponent(m, lay["ag"][0], b))
                lay["b"].append([rint(v * 16384.0) for v in b])
            bound = 28 + (self.context - 1).bit_length() + max(0, 16 - lay["f"][2])
            if bound > 61:
                raise ValueError("the attention's sums may not fit")
            for x in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
                lay[x] = self.t[p + x + ".weight"]
            self.L.append(lay)
        self.og = self.gain("output_norm.weight")

    # ---- section 7: roots

    def matrices(self):
        yield self.emb
        for lay in self.L:
            for x in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
                yield lay[x]
        if self.out is not self.emb:
            yield self.out

    def sections(self):
        s = {}
        s["shape"] = text(self.arch) + struct.pack("<9I", self.layers, self.D, self.H, self.KV, self.hd, self.ff,
                                                   self.vocab, self.context, 0)[:-4] + bytes([self.halves])
        s["constants"] = struct.pack("<9q", self.c, self.C, *self.E) + ints(self.EXP2) + ints(self.SIG) + ints(self.EXP2S)
        b = b""
        for lay in self.L:
            b += struct.pack("<3i", *lay["f"]) + ints(lay["ag"][1]) + ints(lay["fg"][1])
            b += b"".join(ints(x) for x in lay["b"])
        s["layers"] = b + ints(self.og[1])
        s["rope"] = b"".join(struct.pack("<%dh" % len(r), *r) for r in self.cos + self.sin)
        ms = list(self.matrices())
        s["weights"] = struct.pack("<I", len(ms)) + b"".join(
            text(m.name) + struct.pack("<BII", m.type, m.rows, m.cols) + m.root() for m in ms)
        return s


def text(s):
    b = s.encode("utf-8")
    return struct.pack("<I", len(b)) + b


def ints(v):
    return struct.pack("<I%di" % len(v), len(v), *v)


def read_program(raw):
    c = Cursor(raw)
    if c.take(16) != b"assay/program/1\n":
        raise ValueError("not a program's file")
    out = {}
    for _ in range(c.num("I")):
        name = c.take(c.num("I")).decode("ascii")
        out[name] = c.take(c.num("I"))
    if list(out) != SECTIONS or c.at != len(raw):
        raise ValueError("the program's sections")
    return out


def masked_ids(vocabulary, rows):
    """Bits of the ids that the vocabulary does not have, or has as placeholders (type 5)."""
    out = bytearray((rows + 7) // 8)
    if not vocabulary:
        return bytes(out)
    c = Cursor(vocabulary)
    for _ in range(3):
        c.take(c.num("I"))
    c.take(24)
    size = c.num("I")
    for i in range(rows):
        if i < size:
            c.take(c.num("I"))
        if i >= size or c.num("I") == 5:
            out[i // 8] |= 1 << i % 8
    return bytes(out)


def biased(layers, count, width):
    """Which of q, k and v have a bias, a byte a layer."""
    c, out = Cursor(layers), bytearray()
    for _ in range(count):
        c.take(12 + 2 * (4 + 4 * width))
        flags = 0
        for bit in range(3):
            n = c.num("I")
            c.take(4 * n)
            flags |= (n > 0) << bit
        out.append(flags)
    return bytes(out)


def program_root(sections):
    shape = Cursor(sections["shape"])
    shape.take(shape.num("I"))
    sizes = [shape.num("I") for _ in range(8)]
    all_of = [(name, sections[name]) for name in SECTIONS]
    all_of.append(("masked", masked_ids(sections["tokenizer"], sizes[6])))
    all_of.append(("biases", biased(sections["layers"], sizes[0], sizes[1])))
    b = b"assay/program/2" + struct.pack("<I", len(all_of))
    for name, raw in all_of:
        blocks = [sha(b"\0" + raw[i:i + 1024]) for i in range(0, len(raw), 1024)]
        b += text(name) + struct.pack("<I", len(raw)) + (tree(blocks) if blocks else sha(b""))
    return sha(b).hex()


# ---- sections 4 and 5: running ----------------------------------------------------------------------

def quantise(y, b):
    sh = max(0, bits(max(map(abs, y))) - (b - 1))
    return [clamp(rdiv(v, sh), b) for v in y], sh


class Run:
    def __init__(self, model):
        self.m, self.sat_count, self.clamp_count = model, 0, 0
        self.left_shifts = 0
        self.K = [[] for _ in model.L]
        self.V = [[] for _ in model.L]

    def sat(self, x):
        top = (1 << 30) - 1
        if -top <= x <= top:
            return x
        self.sat_count += 1
        return top if x > 0 else -top

    def clamp14(self, x):
        y = clamp(x, 14)
        self.clamp_count += x != y
        return y

    def linear(self, m, a, sh, f_in, f_out, bias=None):
        s = 24 + f_in - sh - f_out
        self.left_shifts += s < 0
        out = []
        for r, row in enumerate(m.w()):
            z = rdiv(sum(map(mul, row, a)), s)
            out.append(self.sat(z + bias[r] if bias else z))
        return out

    def norm(self, x, g):
        x, sh = quantise(x, 25)
        r = max(1, isqrt(sum(v * v for v in x) + self.m.E[sh]))
        k = self.m.C // r
        return [rdiv(rdiv(v * k, 24) * w, 12) for v, w in zip(x, g)]

    def rope(self, y, pos, f):
        m, out = self.m, list(y)
        half_head = m.hd // 2
        for h in range(0, len(y), m.hd):
            for i in range(half_head):
                a, b = (h + i, h + i + half_head) if m.halves else (h + 2 * i, h + 2 * i + 1)
                c, s = m.cos[pos][i], m.sin[pos][i]
                out[a] = self.clamp14(rdiv(y[a] * c - y[b] * s, 28 - f))
                out[b] = self.clamp14(rdiv(y[a] * s + y[b] * c, 28 - f))
        return out

    def attention(self, q, K, V, f):
        m, out = self.m, []
        for h in range(m.H):
            k0 = h // (m.H // m.KV) * m.hd
            qh = q[h * m.hd:(h + 1) * m.hd]
            S = [sum(map(mul, qh, k[k0:k0 + m.hd])) for k in K]
            top = max(S)
            p = []
            for s in S:
                u = rdiv((top - s) * m.c, f[0] + f[1] + 8)
                p.append(rdiv(m.EXP2[u & 255], min(u >> 8, 40)))
            Z = sum(p)
            for e in range(m.hd):
                num = rdiv(sum(w * v[k0 + e] for w, v in zip(p, V)), f[2] - 16)
                out.append((2 * num + Z) // (2 * Z))
        return out

    def gate(self, g, u):
        sig = self.m.SIG
        return [rdiv(rdiv(a * sig[max(-4096, min(4095, rdiv(a, 4))) + 4096], 15) * b, 12) for a, b in zip(g, u)]

    def add(self, x, y):
        return [self.sat(a + b) for a, b in zip(x, y)]

    def token(self, ident, pos):
        """The residuals after the embedding and after each layer, then the logits."""
        m = self.m
        x = [self.sat(rdiv(w, 10)) for w in m.emb.w()[ident]]
        out = [x]
        for n, lay in enumerate(m.L):
            f = lay["f"]
            y, sh = quantise(self.norm(x, lay["ag"][1]), 13)
            q, k, v = (self.linear(lay["attn_" + c], y, sh, 16, 14, lay["b"][i]) for i, c in enumerate("qkv"))
            q, k = self.rope(q, pos, f[0]), self.rope(k, pos, f[1])
            self.K[n].append(k)
            self.V[n].append([self.clamp14(rdiv(e, 14 - f[2])) for e in v])
            y, sh = quantise(self.attention(q, self.K[n], self.V[n], f), 13)
            x = self.add(x, self.linear(lay["attn_output"], y, sh, 16, 14))
            y, sh = quantise(self.norm(x, lay["fg"][1]), 13)
            g, u = (self.linear(lay[c], y, sh, 16, 12) for c in ("ffn_gate", "ffn_up"))
            y, sh = quantise(self.gate(g, u), 13)
            x = self.add(x, self.linear(lay["ffn_down"], y, sh, 12, 14))
            out.append(x)
        y, sh = quantise(self.norm(x, m.og[1]), 13)
        out.append(self.linear(m.out, y, sh, 16, 16))
        return out


def digest(vectors):
    h = hashlib.sha256()
    for v in vectors:
        h.update(struct.pack("<%di" % len(v), *v))
    return h.hexdigest()


# ---- section 6: the sampler -------------------------------------------------------------------------

def weight(exp2s, u):
    return rdiv(exp2s[u & 4095], min(u >> 12, 62))


def request(p, prompt):
    digest_of_ids = sha(b"assay/ids/1" + struct.pack("<I%di" % len(prompt), len(prompt), *prompt))
    return struct.pack("<q", p["seed"]) + digest_of_ids + struct.pack("<i", p.get("choice", 0))


def state(p, prompt):
    """The sampler's state after the ids generated before."""
    s = sha(b"assay/sampler/1" + request(p, prompt) + p["canonical"].encode("utf-8"))
    for i in p.get("generated", []):
        s = sha(b"assay/sampler/1" + s + struct.pack("<i", i))
    return s.hex()


def pick(model, prompt, logits, p):
    """One pick; p holds the parameters, the ids generated before, the seed, the choice.

    A case may shift the logits right before, so that more than one id has a chance, and mask ids.
    """
    score = [l >> p.get("logits_shift", 0) for l in logits]
    for i, b in p.get("logit_bias", {}).items():
        score[int(i)] += rint(b * 65536.0)
    before = p.get("generated", [])
    for i in set(before):
        score[i] -= rint(p.get("presence_penalty", 0.0) * 65536.0)
        score[i] -= before.count(i) * rint(p.get("frequency_penalty", 0.0) * 65536.0)
    ids = [i for i in range(len(score)) if i not in p.get("masked", [])]
    top = max(score[i] for i in ids)
    if p["temperature"] == 0:
        return min(i for i in ids if score[i] == top)
    rt = min(rint(65536.0 / p["temperature"]), 1 << 26)
    w = [weight(model.EXP2S, rdiv(rdiv((top - s) * rt, 16) * 94548, 20)) for s in score]
    order = sorted(ids, key=lambda i: (-w[i], i))
    if p.get("top_k", 0) > 0:
        order = order[:p["top_k"]]
    order = [i for i in order if w[i] * 65536 >= rint(p.get("min_p", 0.0) * 65536.0) * w[order[0]]]
    total, run, kept = sum(w[i] for i in order), 0, []
    for i in order:
        kept.append(i)
        run += w[i]
        if run * 65536 >= rint(p.get("top_p", 1.0) * 65536.0) * total:
            break
    d = sha(b"assay/draw/1" + request(p, prompt) + struct.pack("<i", len(prompt) + len(before)))
    target = int.from_bytes(d[:8], "big") * run >> 64
    run = 0
    for i in sorted(kept):
        run += w[i]
        if run > target:
            return i
    raise AssertionError("the running sum must exceed the target")


def log_probabilities(model, logits):
    top = max(logits)
    z = sum(weight(model.EXP2S, rdiv((top - s) * 94548, 20)) for s in logits)
    whole = z.bit_length() - 31
    m, frac = z >> whole, 0
    for _ in range(16):
        m = m * m >> 30
        bit = int(m >= 1 << 31)
        m >>= bit
        frac = frac << 1 | bit
    lz = rdiv(((whole << 16) + frac) * 45426, 16)
    return [s - top - lz for s in logits]


# ---- the command ------------------------------------------------------------------------------------

def compute(model_path, program_path, tokens, sampling):
    program = read_program(slurp(program_path)) if program_path else None
    model = Model(slurp(model_path), program)
    out, problems = {}, list(model.warnings)
    sections = model.sections()
    if program:
        for name, b in sections.items():
            if program[name] != b:
                raise ValueError("section %s differs from the program's file" % name)
        out["program_root"] = program_root(program)
    run = Run(model)
    rows = [run.token(t, i) for i, t in enumerate(tokens)]
    stages = list(zip(*rows))
    out["embedding"] = digest(stages[0])
    out["layers"] = [digest(s) for s in stages[1:-1]]
    out["logits"] = digest(stages[-1])
    out["saturations"] = run.sat_count + run.clamp_count
    out["clamps_of_qkv"] = run.clamp_count
    out["left_shifts"] = run.left_shifts
    out["exponents"] = [lay["f"] for lay in model.L]
    out["matrix_roots"] = {m.name: m.root().hex() for m in model.matrices()}
    out["weight_root"] = sha(b"assay/weights/1" + sections["weights"]).hex()
    last = rows[-1][-1]
    shifted = [v for sh in (12, 15) for v in log_probabilities(model, [l >> sh for l in last])]
    out["log_probabilities"] = sha(struct.pack("<%dq" % len(shifted), *shifted)).hex()
    out["picks"] = [[pick(model, tokens, last, p), state(p, tokens)] for p in sampling]
    return out, problems


def check(path):
    with open(path, encoding="utf-8") as f:
        expected = json.load(f)
    here, bad = os.path.dirname(os.path.abspath(path)), 0
    for case in expected["models"]:
        print(case["model"])
        mine, notes = compute(os.path.join(here, case["model"]), os.path.join(here, case["program"]),
                              case["tokens"], case["sampling"])
        for n in notes:
            print("  note: " + n)
        for k, v in mine.items():
            if k not in case["expected"]:
                print("  %-18s %s" % (k, v))
                continue
            same = case["expected"][k] == v
            bad += not same
            print("  %-18s %s" % (k, "same" if same else "DIFFERS\n    expected %s\n    computed %s" % (case["expected"].get(k), v)))
    print("all the same" if bad == 0 else "%d differ" % bad)
    return bad


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("model", nargs="?")
    a.add_argument("--program")
    a.add_argument("--tokens", default="1")
    a.add_argument("--sampling", help="a JSON list of sampling parameters")
    a.add_argument("--expected")
    o = a.parse_args()
    if o.expected:
        sys.exit(1 if check(o.expected) else 0)
    if not o.model:
        a.error("a model, or --expected")
    out, notes = compute(o.model, o.program, [int(t) for t in o.tokens.split(",")], json.loads(o.sampling or "[]"))
    print(json.dumps(out, indent=1))
    for n in notes:
        print("note: " + n, file=sys.stderr)


if __name__ == "__main__":
    main()
