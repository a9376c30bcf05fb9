"""Writes cases.json: texts, and whether Python's json module takes them.

    python3 make.py > cases.json

Stricter than Python in four ways, as assay.core.codec.JsonText is: keys are unique, NaN and Infinity are
no numbers, the bytes are UTF-8 without a byte order mark, and escapes make no half surrogate pair.
"""
import base64
import json
import random

random.seed(20261130)
ATOMS = ["0", "-0", "1", "12", "-7", "1.5", "1e3", "-0.5E-2", "01", "1.", ".5", "+1", "0x1", "NaN", "-Infinity",
         "true", "false", "null", "tru", "True", '""', '"a"', '"\\n"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\ud83d"',
         '"\\ude00"', '"\\x"', '"é"', '"😀"', '"\x7f"', '"\x01"', '"a\nb"', '"\\/"', '"', "'a'", '"\\u12"']
SPACES = ["", "", "", " ", "\t", "\n\r", "\u00a0", "\f", "/**/"]


def text(depth):
    kind = random.randrange(6 if depth else 4)
    space = random.choice(SPACES) if random.random() < 0.2 else ""
    if kind < 4:
        return space + random.choice(ATOMS if random.random() < 0.15 else ATOMS[:8] + ATOMS[15:18] + ATOMS[20:25])
    items = [text(depth - 1) for _ in range(random.randrange(4))]
    comma = "," + (random.choice(SPACES) if random.random() < 0.2 else "")
    tail = "," if random.random() < 0.03 else ""
    if kind == 4:
        return space + "[" + comma.join(items) + tail + "]"
    keys = [random.choice(['"a"', '"b"', '"c"', '"\\u0061"', '"é"', "a", '""']) for _ in items]
    return space + "{" + comma.join(k + ":" + v for k, v in zip(keys, items)) + tail + "}"


def pairs(items):
    keys = [k for k, _ in items]
    if len(set(keys)) != len(keys):
        raise ValueError("duplicate key")
    return dict(items)


def refuse(literal):
    raise ValueError(literal)


class Literal(str):
    pass


def compact(value):
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(compact(k) + ":" + compact(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def case(raw):
    out = {"text": base64.b64encode(raw).decode()}
    try:
        decoded = raw.decode("utf-8")
        value = json.loads(decoded, object_pairs_hook=pairs, parse_constant=refuse, parse_int=Literal,
                           parse_float=Literal)
        out["compact"] = compact(value)
        out["compact"].encode("utf-8")
    except ValueError:
        out.pop("compact", None)
    return out


def main():
    seen = []
    for atom in ATOMS:
        seen.append(atom.encode())
    while len(seen) < 600:
        raw = text(3).encode()
        if random.random() < 0.1:
            at = random.randrange(len(raw))
            raw = raw[:at] + bytes([random.randrange(256)]) + raw[at + 1:]
        if raw not in seen and len(raw) < 200:
            seen.append(raw)
    print('{"comment":"written by make.py; without compact: refused","cases":[')
    print(",\n".join(json.dumps(case(raw), ensure_ascii=False) for raw in seen))
    print("]}")


main()
