"""Runs llama.cpp for the benches: one JSON command a line on standard input, one JSON answer a line.

    python llama_peer.py MODEL THREADS CONTEXT

    {"op": "decode", "prompt": [ids], "count": n}  -> {"seconds": s}: n greedy steps after the prompt
    {"op": "prefill", "ids": [ids]}                -> {"seconds": s}: until the last one's logits
    {"op": "many", "prompts": [[ids]...], "count": n} -> {"seconds": s}: all at once, prompts included
    {"op": "logits", "ids": [ids]}                 -> {"positions": p, "rows": v}, then p * v float32

Only llama.cpp's own C interface is timed; batches are filled before the clock starts. The answer to
the start is {"version": ..., "system": ...}. Ends with its standard input.
"""
import json
import sys
import time

import llama_cpp
import numpy as np

BATCH = 512


class Peer:
    def __init__(self, path, threads, context):
        self.quiet = llama_cpp.llama_log_callback(lambda *_: None)
        llama_cpp.llama_log_set(self.quiet, None)
        llama_cpp.llama_backend_init()
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), llama_cpp.llama_model_default_params())
        if not self.model:
            raise SystemExit(f"llama.cpp cannot load {path}")
        p = llama_cpp.llama_context_default_params()
        p.n_ctx, p.n_batch, p.n_ubatch, p.n_seq_max = context, BATCH, BATCH, 8
        p.kv_unified = True
        p.n_threads = p.n_threads_batch = threads
        self.context = llama_cpp.llama_init_from_model(self.model, p)
        self.rows = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))
        self.batch = llama_cpp.llama_batch_init(BATCH, 0, 1)

    def clear(self):
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)

    def fill(self, items):
        """items: (id, position, sequence, whether its logits are wanted)."""
        self.batch.n_tokens = len(items)
        for i, (token, position, sequence, wanted) in enumerate(items):
            self.batch.token[i] = token
            self.batch.pos[i] = position
            self.batch.n_seq_id[i] = 1
            self.batch.seq_id[i][0] = sequence
            self.batch.logits[i] = wanted

    def run(self):
        code = llama_cpp.llama_decode(self.context, self.batch)
        if code:
            raise SystemExit(f"llama_decode: {code}")

    def best(self, i=-1):
        row = llama_cpp.llama_get_logits_ith(self.context, i)
        return int(np.ctypeslib.as_array(row, shape=(self.rows,)).argmax())

    def feed(self, ids, sequence=0):
        for start in range(0, len(ids), BATCH):
            part = ids[start:start + BATCH]
            last = len(ids) - 1
            self.fill([(t, start + i, sequence, start + i == last) for i, t in enumerate(part)])
            self.run()

    def decode(self, prompt, count):
        self.clear()
        self.feed(prompt)
        token = self.best()
        start = time.perf_counter()
        for i in range(count):
            self.fill([(token, len(prompt) + i, 0, True)])
            self.run()
            token = self.best()
        return {"seconds": time.perf_counter() - start}

    def prefill(self, ids):
        self.clear()
        assert len(ids) <= BATCH
        self.fill([(t, i, 0, i == len(ids) - 1) for i, t in enumerate(ids)])
        start = time.perf_counter()
        self.run()
        self.best()
        return {"seconds": time.perf_counter() - start}

    def many(self, prompts, count):
        self.clear()
        start = time.perf_counter()
        tokens = []
        for s, prompt in enumerate(prompts):
            self.feed(prompt, s)
            tokens.append(self.best())
        for i in range(count - 1):
            self.fill([(t, len(prompts[s]) + i, s, True) for s, t in enumerate(tokens)])
            self.run()
            tokens = [self.best(s) for s in range(len(prompts))]
        return {"seconds": time.perf_counter() - start}

    def logits(self, ids, out):
        self.clear()
        out.write(json.dumps({"positions": len(ids), "rows": self.rows}).encode() + b"\n")
        for start in range(0, len(ids), BATCH):
            part = ids[start:start + BATCH]
            self.fill([(t, start + i, 0, True) for i, t in enumerate(part)])
            self.run()
            everything = llama_cpp.llama_get_logits(self.context)
            size = len(part) * self.rows
            out.write(np.ctypeslib.as_array(everything, shape=(size,)).astype("<f4").tobytes())
        out.flush()


def main():
    path, threads, context = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    out = sys.stdout.buffer

    def say(answer):
        out.write(json.dumps(answer).encode() + b"\n")
        out.flush()

    peer = Peer(path, threads, context)
    system = llama_cpp.llama_print_system_info().decode()
    say({"version": f"llama-cpp-python {llama_cpp.__version__}", "system": system.strip()})
    for line in sys.stdin:
        command = json.loads(line)
        op = command.pop("op")
        if op == "logits":
            peer.logits(command["ids"], out)
        else:
            say(getattr(peer, op)(**command))


main()
