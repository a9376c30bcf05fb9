"""Writes small random models (NAME.gguf.gz) and what two programs make of them (NAME.json).

Each JSON file has the token ids, and for every position and every row of the vocabulary
 - "float": the logits of the forward pass below, in float64, from the weights as the public gguf
   package dequantises them;
 - "llama": those of llama.cpp from the same file;
both as base64 of little-endian float32, positions first; and llama.cpp's distance from "float".
Run with: python make_models.py (needs gguf, numpy, llama-cpp-python). Models do not depend on the
machine; llama.cpp's logits do, within its noise.
"""
import base64
import gzip
import json
import tempfile
from pathlib import Path

import gguf
import llama_cpp
import numpy as np
from gguf import GGMLQuantizationType as T
from gguf import quants

HERE = Path(__file__).parent
VOCABULARY, CONTEXT, POSITIONS = 272, 256, 16
BASE = dict(arch="llama", layers=2, width=64, heads=4, kv=2, head=16, ff=96, tied=True, eps=1e-5, base=10000.0,
            type=T.F32, types={}, rope_freqs=False, linear=None)
K = dict(layers=1, width=256, heads=4, kv=1, head=16, ff=256, types={"attn_output": T.Q8_0})
MODELS = {
    "llama-f32": dict(layers=1, ff=64),
    "llama-f16": dict(type=T.F16, heads=8, kv=1, head=8),
    "llama-bf16": dict(type=T.BF16, kv=4),
    "llama-q4_0": dict(type=T.Q4_0, eps=1e-6),
    "llama-q4_1": dict(type=T.Q4_1, tied=False, types={"output": T.Q8_0}),
    "llama-q5_0-rope-freqs": dict(type=T.Q5_0, rope_freqs=True, base=500000.0),
    "llama-q5_1": dict(type=T.Q5_1, layers=3, base=100000.0),
    "llama-q8_0-linear": dict(type=T.Q8_0, linear=4.0),
    "llama-q8_0-wide-heads": dict(type=T.Q8_0, head=32, kv=1),
    "llama-q4_k": dict(K, type=T.Q4_K),
    "llama-q5_k": dict(K, type=T.Q5_K, tied=False, types={"attn_output": T.F16, "output": T.Q4_0}),
    "llama-q6_k": dict(K, type=T.Q6_K),
    "qwen2-f16": dict(arch="qwen2", type=T.F16, tied=False, base=1000000.0),
    "qwen2-q4_0": dict(arch="qwen2", type=T.Q4_0),
    "qwen2-q8_0": dict(arch="qwen2", type=T.Q8_0, heads=2, kv=1, head=32),
    "qwen2-q4_k_m": dict(K, arch="qwen2", type=T.Q4_K, head=64, types={"ffn_down": T.Q6_K, "token_embd": T.Q6_K}),
}


def f16(values):
    return np.asarray(values, dtype=np.float16).astype("<f2").view(np.uint8).reshape(-1, 2)


def random_k_blocks(rng, kind, blocks, deviation):
    """K-quant blocks of random codes under sensible scales: the gguf package cannot make them."""
    size = gguf.GGML_QUANT_SIZES[kind][1]
    raw = rng.integers(0, 256, (blocks, size), dtype=np.uint8)
    s = deviation * rng.uniform(0.5, 1.5, blocks)
    if kind == T.Q6_K:
        raw[:, 208:] = f16(s / (18.5 * 74))
        return raw
    middle, spread = (7.5, 4.6) if kind == T.Q4_K else (15.5, 9.2)
    raw[:, 0:2] = f16(s / spread / 44)
    raw[:, 2:4] = f16(s / spread / 44 * middle)
    scales = rng.integers(24, 64, (blocks, 8))
    minimums = np.clip(scales + rng.integers(-3, 4, (blocks, 8)), 0, 63)
    for j in range(4):
        raw[:, 4 + j] = scales[:, j] | scales[:, j + 4] >> 4 << 6
        raw[:, 8 + j] = minimums[:, j] | minimums[:, j + 4] >> 4 << 6
        raw[:, 12 + j] = scales[:, j + 4] & 15 | (minimums[:, j + 4] & 15) << 4
    return raw


def matrix(rng, kind, rows, columns, deviation):
    """Raw bytes of a matrix and its weights in float64."""
    if kind in (T.Q4_K, T.Q5_K, T.Q6_K):
        raw = random_k_blocks(rng, kind, rows * columns // 256, deviation).reshape(rows, -1)
    else:
        # A few weights far out, as trained models have them.
        w = rng.normal(0, deviation, (rows, columns)) * np.where(rng.random((rows, columns)) < 0.01, 4, 1)
        w = w.astype(np.float32)
        raw = w if kind == T.F32 else w.astype(np.float16) if kind == T.F16 else quants.quantize(w, kind)
    exact = raw if kind in (T.F32, T.F16) else quants.dequantize(raw, kind)
    return raw, np.asarray(exact, dtype=np.float64).reshape(rows, columns)


def tensors(rng, p):
    """name -> (type, raw array, float64 weights), in the order of the file."""
    out = {}

    def add(name, rows, columns, deviation):
        part = name.split(".")[-2]
        kind = p["types"].get(part, p["type"])
        out[name] = (kind, *matrix(rng, kind, rows, columns, deviation))

    def vector(name, values):
        v = np.asarray(values, dtype=np.float32)
        out[name] = (T.F32, v, v.astype(np.float64))

    width, wide = p["width"], 1.5 / np.sqrt(p["width"])
    add("token_embd.weight", VOCABULARY, width, 0.5)
    for i in range(p["layers"]):
        b = f"blk.{i}."
        vector(b + "attn_norm.weight", rng.uniform(0.5, 1.5, width))
        for part, heads in (("attn_q", p["heads"]), ("attn_k", p["kv"]), ("attn_v", p["kv"])):
            add(b + part + ".weight", heads * p["head"], width, wide)
            if p["arch"] == "qwen2":
                vector(b + part + ".bias", rng.normal(0, 1, heads * p["head"]))
        add(b + "attn_output.weight", width, p["heads"] * p["head"], wide)
        vector(b + "ffn_norm.weight", rng.uniform(0.5, 1.5, width))
        add(b + "ffn_gate.weight", p["ff"], width, wide)
        add(b + "ffn_up.weight", p["ff"], width, wide)
        add(b + "ffn_down.weight", width, p["ff"], 1 / np.sqrt(p["ff"]))
    vector("output_norm.weight", rng.uniform(0.5, 1.5, width))
    if not p["tied"]:
        add("output.weight", VOCABULARY, width, wide)
    if p["rope_freqs"]:
        vector("rope_freqs.weight", 1 + np.arange(p["head"] // 2))
    return out


def byte_characters():
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = iter(range(256, 512))
    return [chr(b) if b in visible else chr(next(hidden)) for b in range(256)]


def write(path, name, p, weights):
    w = gguf.GGUFWriter(path, p["arch"])
    w.add_name(name)
    w.add_license("cc0-1.0")
    w.add_block_count(p["layers"])
    w.add_context_length(CONTEXT)
    w.add_embedding_length(p["width"])
    w.add_feed_forward_length(p["ff"])
    w.add_head_count(p["heads"])
    w.add_head_count_kv(p["kv"])
    w.add_key_length(p["head"])
    w.add_value_length(p["head"])
    w.add_rope_dimension_count(p["head"])
    w.add_rope_freq_base(p["base"])
    w.add_layer_norm_rms_eps(p["eps"])
    w.add_vocab_size(VOCABULARY)
    if p["linear"]:
        w.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        w.add_rope_scaling_factor(p["linear"])
    controls = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokens = byte_characters() + ["he", "\u0120t", "in", "re", "an", "\u0120the", "on", "er", "\u0120a", "\u0120s"]
    first = len(tokens)
    tokens += controls
    tokens += [f"<|unused{i}|>" for i in range(len(tokens), VOCABULARY)]
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("qwen2" if p["arch"] == "qwen2" else "smollm")
    w.add_token_list(tokens)
    w.add_token_types([1 if i < first else 3 for i in range(VOCABULARY)])
    w.add_token_merges(["h e", "\u0120 t", "i n", "r e", "a n", "\u0120t he", "o n", "e r", "\u0120 a", "\u0120 s"])
    w.add_bos_token_id(first)
    w.add_eos_token_id(first + 2)
    w.add_add_bos_token(False)
    for tensor, (kind, raw, _) in weights.items():
        w.add_tensor(tensor, raw, raw_dtype=kind)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def norm(x, gain, eps):
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + float(np.float32(eps))) * gain


def rope(x, p, factors):
    """x: (positions, heads, head). Pairs (2i, 2i+1) for llama, (i, i + head/2) for qwen2."""
    half = p["head"] // 2
    angle = float(np.float32(p["base"])) ** (-2 * np.arange(half) / p["head"]) / factors
    angle = np.arange(len(x))[:, None, None] / (p["linear"] or 1.0) * angle
    neox = p["arch"] == "qwen2"
    first, second = (x[..., :half], x[..., half:]) if neox else (x[..., 0::2], x[..., 1::2])
    a = first * np.cos(angle) - second * np.sin(angle)
    b = first * np.sin(angle) + second * np.cos(angle)
    return np.concatenate([a, b], -1) if neox else np.stack([a, b], -1).reshape(x.shape)


def forward(p, weights, ids):
    """Logits of every position, (positions, vocabulary), in float64 throughout."""
    w = {name: exact for name, (_, _, exact) in weights.items()}
    n, heads, kv, head = len(ids), p["heads"], p["kv"], p["head"]
    factors = w.get("rope_freqs.weight", 1.0)
    causal = np.triu(np.full((n, n), -np.inf), 1)
    x = w["token_embd.weight"][ids]
    for i in range(p["layers"]):
        b = f"blk.{i}."
        y = norm(x, w[b + "attn_norm.weight"], p["eps"])
        q, k, v = (y @ w[b + s + ".weight"].T + w.get(b + s + ".bias", 0.0) for s in ("attn_q", "attn_k", "attn_v"))
        q = rope(q.reshape(n, heads, head), p, factors)
        k = rope(k.reshape(n, kv, head), p, factors).repeat(heads // kv, 1)
        v = v.reshape(n, kv, head).repeat(heads // kv, 1)
        scores = np.einsum("ihd,jhd->hij", q, k) / np.sqrt(head) + causal
        e = np.exp(scores - scores.max(-1, keepdims=True))
        o = np.einsum("hij,jhd->ihd", e / e.sum(-1, keepdims=True), v).reshape(n, heads * head)
        x = x + o @ w[b + "attn_output.weight"].T
        y = norm(x, w[b + "ffn_norm.weight"], p["eps"])
        gate = y @ w[b + "ffn_gate.weight"].T
        x = x + (gate / (1 + np.exp(-gate)) * (y @ w[b + "ffn_up.weight"].T)) @ w[b + "ffn_down.weight"].T
    x = norm(x, w["output_norm.weight"], p["eps"])
    return x @ w["token_embd.weight" if p["tied"] else "output.weight"].T


def llama_logits(path, ids):
    model = llama_cpp.Llama(str(path), n_ctx=CONTEXT, n_batch=CONTEXT, n_threads=1, n_threads_batch=1,
                            logits_all=True, verbose=False)
    model.eval(ids)
    logits = np.array(model.scores[:len(ids)], dtype=np.float64)
    model.close()
    return logits


def log_softmax(l):
    l = l - l.max(-1, keepdims=True)
    return l - np.log(np.exp(l).sum(-1, keepdims=True))


def distance(got, want):
    a, b = log_softmax(want), log_softmax(got)
    return {"maxAbs": float(np.abs(got - want).max()), "meanKl": float((np.exp(a) * (a - b)).sum(-1).mean()),
            "sameTop": float((got.argmax(-1) == want.argmax(-1)).mean())}


def packed(logits):
    return base64.b64encode(logits.astype("<f4").tobytes()).decode()


def main():
    for name, changes in MODELS.items():
        p = BASE | changes
        rng = np.random.default_rng(list(name.encode()))
        weights = tensors(rng, p)
        ids = [int(i) for i in rng.integers(0, 269, POSITIONS)]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.gguf"
            write(path, name, p, weights)
            llama = llama_logits(path, ids)
            model = path.read_bytes()
        (HERE / f"{name}.gguf.gz").write_bytes(gzip.compress(model, 9, mtime=0))
        reference = forward(p, weights, ids)
        far = distance(llama, reference)
        vector = {"id": name, "comment": f"random weights; llama.cpp of llama-cpp-python {llama_cpp.__version__}",
                  "input": {"model": f"{name}.gguf.gz", "tokens": ids},
                  "expect": {"positions": POSITIONS, "rows": VOCABULARY, "float": packed(reference),
                             "llama": packed(llama), "llamaDistance": far}}
        (HERE / f"{name}.json").write_text(json.dumps(vector, indent=1) + "\n")
        print(f"{name:24} {len(model):8} bytes  logits' deviation {reference.std():.2f}  llama.cpp: {far}")


main()
