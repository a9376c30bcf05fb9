"""Checks sample.receipt, sample.transcript and digests.json from docs/protocol alone; no Assay code.

    python3 check.py
"""
import base64
import hashlib
import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent


def h(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# Ed25519 verification, RFC 8032, section 6.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    i = 2 * a[2] * b[2] % P
    e, g, i, f = f - e, i - g, i + g, f + e
    return e * g % P, i * f % P, g * i % P, e * f % P


def mul(n, point):
    out = (0, 1, 1, 0)
    while n:
        if n & 1:
            out = add(out, point)
        point = add(point, point)
        n >>= 1
    return out


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - x2) % P == 0 and y < P
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def signed(key, message, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    assert s < L
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    base_y = 4 * pow(5, P - 2, P) % P
    left = mul(s, point(base_y.to_bytes(32, "little")))
    right = add(point(r), mul(k, point(key)))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def ids(values):
    return h(b"assay/ids/1", struct.pack("<I", len(values)), *(struct.pack("<i", v) for v in values))


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def answer(salt, choices):
    out = struct.pack("<I", len(choices))
    for token_ids, content in choices:
        text = compact(content)
        out += ids(token_ids) + struct.pack("<I", len(text)) + text
    return h(b"assay/answer/1", salt, out)


def seed(body, authorisation):
    return struct.unpack(">q", h(b"assay/seed/1", body, authorisation)[:8])[0]


def java(x):
    """Double.toString for the plain decimals of the sample."""
    return repr(float(x))


def sampling(body):
    lines = ["temperature=" + java(body["temperature"]), "top_k=" + str(body.get("top_k", 0)),
             "top_p=" + java(body["top_p"]), "min_p=" + java(body.get("min_p", 0)),
             "presence_penalty=" + java(body.get("presence_penalty", 0)),
             "frequency_penalty=" + java(body.get("frequency_penalty", 0))]
    for key in sorted(body.get("logit_bias", {}), key=int):
        lines.append("logit_bias." + key + "=" + java(body["logit_bias"][key]))
    lines += ["max_tokens=" + str(body["max_tokens"]), "n=" + str(body["n"]), "logprobs=false", "top_logprobs=0"]
    lines += ["stop." + str(len(s)) + "=" + s for s in body.get("stop", [])]
    return ("\n".join(lines) + "\n").encode()


def check_digests():
    v = json.loads((HERE / "digests.json").read_text("utf-8"))
    body = h(b"assay/body/1", v["body"].encode())
    assert body.hex() == v["body_digest"]
    assert str(seed(body, bytes.fromhex(v["authorisation"]))) == v["seed"]
    roots = [bytes.fromhex(r) for r in v["roots"]]
    traces = h(b"assay/traces/1", struct.pack("<I", len(roots)), *roots)
    assert traces.hex() == v["traces"]
    assert h(traces, bytes.fromhex(v["trace_salt"])).hex() == v["blinded"]
    assert ids(v["ids"]).hex() == v["ids_digest"]
    assert answer(bytes.fromhex(v["answer_salt"]), [(v["ids"], v["content"])]).hex() == v["answer"]


def check_receipt():
    file = json.loads((HERE / "sample.receipt").read_text("utf-8"))
    assert file["format"] == "assay/receipt-file/1"
    envelope = file["envelope"]
    payload = base64.b64decode(envelope["payload"], validate=True)
    statement = json.loads(payload)
    assert payload == compact(statement)
    p = statement["predicate"]
    key = bytes.fromhex(p["node"]["key"])
    kind = envelope["payloadType"].encode()
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    (signature,) = envelope["signatures"]
    assert signature["keyid"] == h(key).hex()[:16]
    assert signed(key, pae, base64.b64decode(signature["sig"]))

    log = file["log"]
    node = h(b"\0", h(payload), struct.pack("<q", log["weight"]))
    text, lines = log["checkpoint"].rsplit("\n\n", 1)
    text += "\n"
    origin, size, root, weight = text.split("\n")[:4]
    assert origin == p["node"]["log"] and weight.startswith("assay-weight ")
    fn, sn = log["index"], int(size) - 1
    for step in map(bytes.fromhex, log["path"]):
        if fn & 1 or fn == sn:
            node = h(b"\1", step, node)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = h(b"\1", node, step)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and node == base64.b64decode(root)
    dash, name, note = lines.strip().split(" ")
    raw = base64.b64decode(note)
    assert dash == "\u2014" and name == origin
    assert raw[:4] == h(origin.encode(), b"\n\x01", key)[:4]
    assert signed(key, text.encode(), raw[4:])

    usage, price = p["usage"], p["price"]
    exact = ((usage["prompt"] - usage["cached"]) * price["prompt"] + usage["cached"] * price["cached"]
             + usage["completion"] * price["completion"])
    assert p["payment"]["amount"] == -(-exact // 1_000_000)
    return statement


def check_transcript(statement):
    t = json.loads((HERE / "sample.transcript").read_text("utf-8"))
    p = statement["predicate"]
    salt, body = bytes.fromhex(t["salt"]), base64.b64decode(t["body"])
    assert h(b"assay/request/1", salt, body).hex() == p["request"]["digest"]
    assert h(b"assay/sampling/1", salt, sampling(json.loads(body))).hex() == p["request"]["sampling"]
    assert h(b"assay/prompt/1", salt, ids(t["prompt"])).hex() == p["prompt"]
    choices = [(c["ids"], {"content": c["content"]}) for c in t["choices"]]
    assert answer(salt, choices).hex() == statement["subject"][0]["digest"]["sha256"]
    assert [c["finish"] for c in t["choices"]] == [c["finish"] for c in p["choices"]]


check_digests()
check_transcript(check_receipt())
print("receipt, log proof, checkpoint, transcript and digests hold")
