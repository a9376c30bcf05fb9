"""Writes blocks-TYPE.json: quantised blocks and 2^24 times each of their weights, exactly.

The integers come from ggml's definition of each type, in Python integers and fractions. Every block
is also given to the public gguf package: its float32 must be the nearest one to the exact value, or
the script stops. Run with: python make_blocks.py (needs gguf and numpy).
"""
import json
import math
import random
import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType as T
from gguf import quants

ONE = 1 << 24


def f16(raw):
    """The value of an IEEE 754 binary16, or None for infinities and NaN."""
    bits = int.from_bytes(raw, "little")
    sign, exponent, fraction = bits >> 15, bits >> 10 & 31, bits & 1023
    if exponent == 31:
        return None
    size = Fraction(fraction, ONE) if exponent == 0 else Fraction(1024 + fraction, 1) * Fraction(2) ** (exponent - 25)
    return -size if sign else size


def signed(byte):
    return byte - 256 if byte > 127 else byte


def nibbles(raw):
    return [b & 15 for b in raw] + [b >> 4 for b in raw]


def fifths(raw, low):
    high = int.from_bytes(raw, "little")
    return [q | (high >> j & 1) << 4 for j, q in enumerate(low)]


def k_scales(raw):
    """The eight 6-bit scales and eight 6-bit minimums that Q4_K and Q5_K pack into 12 bytes."""
    sc, mn = [], []
    for j in range(8):
        if j < 4:
            sc.append(raw[j] & 63)
            mn.append(raw[j + 4] & 63)
        else:
            sc.append(raw[j + 4] & 15 | raw[j - 4] >> 6 << 4)
            mn.append(raw[j + 4] >> 4 | raw[j] >> 6 << 4)
    return sc, mn


def k_codes(raw):
    """Per 64 weights, 32 bytes: the low nibbles are the first 32."""
    return [q for i in range(0, 128, 32) for q in nibbles(raw[i:i + 32])]


def q4_0(b):
    return [f16(b[:2]) * (q - 8) for q in nibbles(b[2:])]


def q4_1(b):
    return [f16(b[:2]) * q + f16(b[2:4]) for q in nibbles(b[4:])]


def q5_0(b):
    return [f16(b[:2]) * (q - 16) for q in fifths(b[2:6], nibbles(b[6:]))]


def q5_1(b):
    return [f16(b[:2]) * q + f16(b[2:4]) for q in fifths(b[4:8], nibbles(b[8:]))]


def q8_0(b):
    return [f16(b[:2]) * signed(q) for q in b[2:]]


def q4_k(b):
    sc, mn = k_scales(b[4:16])
    d, dmin = f16(b[:2]), f16(b[2:4])
    return [d * sc[i // 32] * q - dmin * mn[i // 32] for i, q in enumerate(k_codes(b[16:]))]


def q5_k(b):
    sc, mn = k_scales(b[4:16])
    d, dmin = f16(b[:2]), f16(b[2:4])
    high = b[16:48]
    codes = [q | (high[i % 32] >> (i // 32) & 1) << 4 for i, q in enumerate(k_codes(b[48:]))]
    return [d * sc[i // 32] * q - dmin * mn[i // 32] for i, q in enumerate(codes)]


def q6_k(b):
    low, high, sc, d = b[:128], b[128:192], b[192:208], f16(b[208:])
    out = []
    for i in range(256):
        half, j = divmod(i, 128)
        quarter, k = divmod(j, 32)
        nibble = low[64 * half + 32 * (quarter & 1) + k] >> (4 * (quarter >> 1)) & 15
        bits = high[32 * half + k] >> (2 * quarter) & 3
        out.append(d * signed(sc[i // 16]) * ((nibble | bits << 4) - 32))
    return out


def plain_f16(b):
    return [f16(b[i:i + 2]) for i in range(0, len(b), 2)]


def bf16(b):
    return [Fraction(struct.unpack("<f", b"\0\0" + b[i:i + 2])[0]) for i in range(0, len(b), 2)]


def f32(b):
    return [Fraction(struct.unpack("<f", b[i:i + 4])[0]) for i in range(0, len(b), 4)]


# type: (bytes, weights, decoder, offsets of the f16 scales)
TYPES = {
    T.Q4_0: (18, 32, q4_0, [0]),
    T.Q4_1: (20, 32, q4_1, [0, 2]),
    T.Q5_0: (22, 32, q5_0, [0]),
    T.Q5_1: (24, 32, q5_1, [0, 2]),
    T.Q8_0: (34, 32, q8_0, [0]),
    T.Q4_K: (144, 256, q4_k, [0, 2]),
    T.Q5_K: (176, 256, q5_k, [0, 2]),
    T.Q6_K: (210, 256, q6_k, [208]),
    T.F16: (64, 32, plain_f16, []),
    T.BF16: (64, 32, bf16, []),
    T.F32: (128, 32, f32, []),
}

# binary16: the least, the greatest subnormal, the least normal, one, the greatest, zeros.
EXTREME_SCALES = [0x0001, 0x8001, 0x03FF, 0x0400, 0x3C00, 0xBC00, 0x7BFF, 0xFBFF, 0x0000, 0x8000]


def finite_f16(rng):
    while True:
        bits = rng.getrandbits(16)
        if bits >> 10 & 31 != 31:
            return bits


def quantised_cases(rng, size, scales, random_count):
    def block(fill, scale_bits):
        raw = bytearray(fill)
        for offset, bits in zip(scales, scale_bits):
            raw[offset:offset + 2] = bits.to_bytes(2, "little")
        return bytes(raw)

    for i, bits in enumerate(EXTREME_SCALES):
        fill = [b"\xff" * size, b"\x00" * size, rng.randbytes(size)][i % 3]
        yield f"scale {bits:#06x}", block(fill, [bits, EXTREME_SCALES[(i + 3) % len(EXTREME_SCALES)]])
    yield "all codes at their greatest", block(b"\x7f" * size, [0x7BFF, 0xFBFF])
    yield "sign bits alone", block(b"\x80" * size, [0x7BFF, 0x7BFF])
    for i in range(random_count):
        yield f"random {i}", block(rng.randbytes(size), [finite_f16(rng), finite_f16(rng)])


def float_cases(rng, kind):
    if kind == T.F16:
        bits = EXTREME_SCALES * 3 + [0x7BFF, 0x0002]
        yield "extremes", b"".join(x.to_bytes(2, "little") for x in bits)
        for i in range(10):
            yield f"random {i}", b"".join(finite_f16(rng).to_bytes(2, "little") for _ in range(32))
        return
    # Weights in float32 or bfloat16 are rounded to multiples of 2^-24, halves to even.
    ties = [(2 * k + 1) * 2.0 ** -25 for k in range(-8, 8)]
    near = [float(np.nextafter(np.float32(t), np.float32(s * 4))) for t, s in zip(ties, [1, -1] * 8)]
    yield "halves and their neighbours", pack(kind, ties + near)
    small = [0.0, -0.0, 2.0 ** -24, -(2.0 ** -24), 2.0 ** -25, 2.0 ** -26, 2.0 ** -126, 2.0 ** -149]
    large = [1.0, -1.0, 32767.996, -32767.996, 0.1, -0.1, 255.0, 4096.5]
    yield "small and large", pack(kind, (small + large) * 2)
    for i in range(10):
        yield f"random {i}", pack(kind, [rng.gauss(0, 1) * 2.0 ** rng.randint(-26, 10) for _ in range(32)])


def pack(kind, values):
    words = np.array(values, dtype=np.float32).view(np.uint32)
    return words.astype("<u4").tobytes() if kind == T.F32 else (words >> 16).astype("<u2").tobytes()


def check_against_gguf(kind, raw, exact):
    got = quants.dequantize(np.frombuffer(raw, dtype=np.uint8), kind) if kind not in (T.F16, T.F32) else \
        np.frombuffer(raw, dtype="<f2" if kind == T.F16 else "<f4").astype(np.float32)
    # Every exact value has fewer than 53 bits, so float() is exact and float32 rounds once.
    want = np.array([float(x) for x in exact], dtype=np.float64).astype(np.float32)
    assert np.array_equal(np.asarray(got).reshape(-1), want), kind


def main():
    for kind, (size, weights, decode, scales) in TYPES.items():
        rng = random.Random(f"assay blocks {kind.name}")
        cases = float_cases(rng, kind) if not scales else \
            quantised_cases(rng, size, scales, 20 if weights == 32 else 8)
        vectors = []
        for comment, raw in cases:
            assert len(raw) == size, (kind, comment, len(raw))
            exact = decode(raw)
            assert len(exact) == weights
            check_against_gguf(kind, raw, exact)
            integers = [round(x * ONE) for x in exact]  # Fractions round halves to even
            if kind not in (T.BF16, T.F32):
                assert all(Fraction(n, ONE) == x for n, x in zip(integers, exact)), kind
            vectors.append({
                "id": f"{kind.name.lower()}-{len(vectors)}", "comment": comment,
                "input": {"type": kind.name, "block": raw.hex()}, "expect": {"weights24": integers}})
        text = "[\n" + ",\n".join(json.dumps(v, separators=(",", ":")) for v in vectors) + "\n]\n"
        Path(__file__).with_name(f"blocks-{kind.name.lower()}.json").write_text(text)
        print(kind.name, len(vectors), "blocks")


main()
