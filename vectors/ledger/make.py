"""Writes transactions.json, stock.json, secp256k1.json and keystores.json beside this file.

The signer is eth-account (PyPI), so the vectors are independent of the Java code. The types come from
eip712.json, which is the published schema.

    pip install eth-account==0.14.0
    python make.py
"""
import hashlib
import json
import os

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys import keys
from eth_keyfile import create_keyfile_json
from eth_utils import keccak, to_checksum_address

HERE = os.path.dirname(os.path.abspath(__file__))
CHAIN = 0x41535341 << 20
NUMBERS = ("nonce", "treeSize", "validAfter", "validBefore", "deadline", "withdrawDelay", "tokens", "number", "power",
           "fileBytes", "bytes", "macsPerToken")
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def load(name):
    with open(os.path.join(HERE, name)) as f:
        return json.load(f)


def save(name, value):
    with open(os.path.join(HERE, name), "w") as f:
        json.dump(value, f, indent=1, sort_keys=False, ensure_ascii=False)
        f.write("\n")


def sha(text):
    return hashlib.sha256(text.encode()).digest()


def sample(kind, types, field, seed):
    """A value of this type that depends on the seed alone."""
    if kind.endswith("[]"):
        count = seed % 4
        return [sample(kind[:-2], types, field, seed * 7 + i + 1) for i in range(count)]
    if kind in types:
        return {m["name"]: sample(m["type"], types, m["name"], seed * 31 + i) for i, m in enumerate(types[kind])}
    h = sha(f"{field}/{seed}")
    if kind == "address":
        return to_checksum_address(h[:20])
    if kind == "bytes32":
        return "0x" + h.hex()
    if kind == "bytes" and field == "proof":
        return "0x" + (h + sha(f"{field}/{seed}/more")).hex()
    if kind == "bytes":
        return "0x" + (h + sha(f"{field}/{seed}/more") + h[:1]).hex()
    if kind == "string":
        return ["", "smollm2-135m", "naïve – 模型 🦙", "x" * 60][seed % 4]
    if kind == "uint64":
        # Amounts end at 10^18; as strings, as our own JSON has them. Sizes and nonces are numbers.
        values = [0, 1, 143, 10**18]
        value = values[seed % 4] if seed % 5 else int.from_bytes(h[:7], "big")
        return value if field in NUMBERS else str(value)
    if kind == "bool":
        return seed % 2 == 1
    if kind == "uint32":
        return [0, 1, 300000, 2**31 - 1][seed % 4]
    raise ValueError(kind)


def closure(name, types, out):
    out[name] = types[name]
    for m in types[name]:
        inner = m["type"].replace("[]", "")
        if inner in types and inner not in out:
            closure(inner, types, out)
    return out


def transactions():
    types = load("eip712.json")
    nested = {m["type"].replace("[]", "") for fields in types.values() for m in fields}
    vectors = []
    for name in types:
        if name == "EIP712Domain" or name in nested:
            continue
        for i in range(6):
            key = sha(f"key {i % 3}")
            account = Account.from_key(key)
            chain = CHAIN + (i * 1000 if i < 5 else 2**20 - 1)
            message = sample(name, types, name, i)
            if "from" in message:
                message["from"] = account.address
            data = {
                "types": {"EIP712Domain": types["EIP712Domain"], **closure(name, types, {})},
                "primaryType": name,
                "domain": {"name": "Assay", "version": "1", "chainId": chain},
                "message": message,
            }
            encodable = json.loads(json.dumps(data), parse_float=None)
            numbers(encodable["message"], name, types)
            signable = encode_typed_data(full_message=encodable)
            signed = account.sign_message(signable)
            vectors.append(
                {
                    "id": f"{name}-{i}",
                    "privateKey": "0x" + key.hex(),
                    "typedData": data,
                    "digest": "0x" + keccak(b"\x19" + signable.version + signable.header + signable.body).hex(),
                    "signature": "0x" + signed.signature.hex().removeprefix("0x"),
                }
            )
    save("transactions.json", {"comment": "EIP-712 signatures made by eth-account", "vectors": vectors})


def numbers(message, name, types):
    """eth-account wants integers where our JSON has decimal strings."""
    for m in types[name]:
        inner = m["type"].replace("[]", "")
        value = message[m["name"]]
        if inner in types:
            for item in value if m["type"].endswith("[]") else [value]:
                numbers(item, inner, types)
        elif m["type"] == "uint64":
            message[m["name"]] = int(value)


def stock():
    """What stock x402 clients sign: the types are those of @x402/evm 2.27, the contracts are x402's."""
    token = to_checksum_address(keccak(b"assay/token/1")[-20:])
    permit2 = "0x000000000022D473030F116dDEE9F6B43aC78BA3"
    proxy = "0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002"
    batch = "0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003"
    collector = "0x4020806089470a89826cB9fB1f4059150b550004"
    types = {
        **{
            way + "WithAuthorization": fields(
                "address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce"
            )
            for way in ("Transfer", "Receive")
        },
        "PermitWitnessTransferFrom": fields(
            "TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,Witness witness"
        ),
        "TokenPermissions": fields("address token,uint256 amount"),
        "Witness": fields("address to,address facilitator,uint256 validAfter"),
        "ChannelConfig": fields(
            "address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,"
            "address token,uint40 withdrawDelay,bytes32 salt"
        ),
        "Voucher": fields("bytes32 channelId,uint128 maxClaimableAmount"),
    }
    vectors = []

    def sign(name, kind, domain, message, given, key):
        used = closure(kind, types, {})
        parts = [p for p in ("name", "version", "chainId", "verifyingContract") if p in domain]
        kinds = {"name": "string", "version": "string", "chainId": "uint256", "verifyingContract": "address"}
        data = {
            "types": {"EIP712Domain": [{"name": p, "type": kinds[p]} for p in parts], **used},
            "primaryType": kind,
            "domain": domain,
            "message": message,
        }
        signable = encode_typed_data(full_message=data)
        signed = Account.from_key(key).sign_message(signable)
        digest = keccak(b"\x19" + signable.version + signable.header + signable.body)
        vectors.append(
            {
                "id": name,
                "chainId": domain["chainId"],
                "given": {k: str(v) for k, v in given.items()},
                "signer": Account.from_key(key).address,
                "digest": "0x" + digest.hex(),
                "signature": "0x" + signed.signature.hex().removeprefix("0x"),
            }
        )
        return digest

    for i in range(5):
        chain = CHAIN + [0, 1, 77, 1000, 2**20 - 1][i]
        key = sha(f"key {i}")
        payer = Account.from_key(key).address
        to = to_checksum_address(sha(f"to {i}")[:20])
        helper = to_checksum_address(sha(f"facilitator {i}")[:20])
        value = [1, 143, 10**6, 10**18, 99][i]
        after, before = [0, 5, 1796000000, 7, 0][i], [1, 9, 1796000600, 2**40, 2**62][i]
        n32, salt = sha(f"nonce {i}"), sha(f"salt {i}")
        coin = {"name": "Assay", "version": "1", "chainId": chain, "verifyingContract": token}
        times = {"value": value, "validAfter": after, "validBefore": before}
        given = {"payer": payer, "to": to, **times, "nonce": "0x" + n32.hex()}
        sign(f"authorization-{i}", "TransferWithAuthorization", coin,
             {"from": payer, "to": to, **times, "nonce": n32}, given, key)
        sign(
            f"permit-{i}",
            "PermitWitnessTransferFrom",
            {"name": "Permit2", "chainId": chain, "verifyingContract": permit2},
            {
                "permitted": {"token": token, "amount": value},
                "spender": proxy,
                "nonce": int.from_bytes(n32, "big"),
                "deadline": before,
                "witness": {"to": to, "facilitator": helper, "validAfter": after},
            },
            {**given, "facilitator": helper},
            key,
        )
        domain = {"name": "x402 Batch Settlement", "version": "1", "chainId": chain, "verifyingContract": batch}
        config = {
            "payer": payer,
            "payerAuthorizer": [payer, helper, "0x" + "00" * 20][i % 3],
            "receiver": to,
            "receiverAuthorizer": helper,
            "token": token,
            "withdrawDelay": 900 + i,
            "salt": n32,
        }
        plain = {**config, "salt": "0x" + n32.hex()}
        channel = sign(f"channel-{i}", "ChannelConfig", domain, config, plain, key)
        sign(f"voucher-{i}", "Voucher", domain, {"channelId": channel, "maxClaimableAmount": value},
             {"channel": "0x" + channel.hex(), "cumulative": value}, key)
        sign(
            f"deposit-{i}",
            "ReceiveWithAuthorization",
            coin,
            {"from": payer, "to": collector, **times, "nonce": keccak(channel + salt)},
            {"payer": payer, "channel": "0x" + channel.hex(), **times, "salt": "0x" + salt.hex()},
            key,
        )
    save("stock.json", {"comment": "What stock x402 clients sign, signed by eth-account", "vectors": vectors})


def fields(text):
    return [dict(zip(("type", "name"), f.split())) for f in text.split(",")]


def secp256k1():
    vectors = []
    for i in range(20):
        key = keys.PrivateKey(sha(f"secp {i}"))
        digest = sha(f"digest {i}")
        sig = key.sign_msg_hash(digest)
        good = sig.r.to_bytes(32, "big") + sig.s.to_bytes(32, "big") + bytes([27 + sig.v])
        address = key.public_key.to_checksum_address()
        base = {"digest": digest.hex(), "privateKey": key.to_bytes().hex()}
        vectors.append({"id": f"valid-{i}", **base, "signature": good.hex(), "expect": address})
        high = sig.r.to_bytes(32, "big") + (N - sig.s).to_bytes(32, "big") + bytes([28 - sig.v])
        vectors.append({"id": f"high-s-{i}", **base, "signature": high.hex(), "expect": "high-s"})
    base = {"digest": sha("digest 0").hex(), "privateKey": sha("secp 0").hex()}
    r, s, v = good[:32], good[32:64], good[64:]
    zero, order = bytes(32), N.to_bytes(32, "big")
    bad = {
        "r-zero": zero + s + v,
        "s-zero": r + zero + v,
        "r-order": order + s + v,
        "s-order": r + order + v,
        "r-past-order": b"\xff" * 32 + s + v,
        "s-past-order": r + b"\xff" * 32 + v,
        "v-0": r + s + b"\0",
        "v-1": r + s + b"\1",
        "v-26": r + s + bytes([26]),
        "v-29": r + s + bytes([29]),
        "v-255": r + s + bytes([255]),
        # x = 5 is on no point: 5^3 + 7 = 132 is no square modulo p.
        "r-not-on-curve": (5).to_bytes(32, "big") + s + v,
        "zeros": bytes(65),
        "ones": b"\xff" * 65,
    }
    p = 2**256 - 2**32 - 977
    assert pow(132, (p - 1) // 2, p) == p - 1
    for name, signature in bad.items():
        vectors.append({"id": name, **base, "signature": signature.hex(), "expect": "invalid"})
    vectors += edges(p)
    save("secp256k1.json", {"comment": "recoverable signatures made by eth-keys; expect is the signer", "vectors": vectors})


G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def add(a, b, p):
    """The sum of two points of the curve; None is the point at infinity."""
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % p == 0:
        return None
    slope = 3 * a[0] ** 2 * pow(2 * a[1], -1, p) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, p)
    x = (slope * slope - a[0] - b[0]) % p
    return x, (slope * (a[0] - x) - a[1]) % p


def times(k, point, p):
    out = None
    while k:
        if k & 1:
            out = add(out, point, p)
        point = add(point, point, p)
        k >>= 1
    return out


def edges(p):
    """Numbers at their limits, in the manner of Wycheproof; eth-keys says what each means."""
    word = lambda n: n.to_bytes(32, "big")
    on_curve = lambda x: pow(x**3 + 7, (p - 1) // 2, p) == 1
    lowest = next(x for x in range(1, 100) if on_curve(x))
    highest = next(x for x in range(N - 1, N - 100, -1) if on_curve(x))
    between = next(x for x in range(N, N + 100) if on_curve(x))  # on the curve, but past the order
    half = (N - 1) // 2
    k = 7
    kx, ky = times(k, G, p)
    e = int.from_bytes(sha("edge"), "big")
    cases = {
        "r-lowest": (sha("edge"), lowest, 1234567),
        "r-highest": (sha("edge"), highest, 1234567),
        "r-of-the-generator": (sha("edge"), G[0], 99),
        "r-between-order-and-field": (sha("edge"), between, 99),
        "s-one": (sha("edge"), G[0], 1),
        "s-half": (sha("edge"), G[0], half),
        "s-half-plus-one": (sha("edge"), G[0], half + 1),
        "s-order-less-one": (sha("edge"), G[0], N - 1),
        "digest-zero": (bytes(32), G[0], 5),
        "digest-order": (word(N), G[0], 5),
        "digest-order-plus-one": (word(N + 1), G[0], 5),
        "digest-ones": (b"\xff" * 32, G[0], 5),
        "digest-equals-r": (word(G[0]), G[0], 5),
    }
    # s k = e makes the key u1 G + u2 R = (s k - e) / r G, which is infinity: nobody's.
    nobody = e % N * pow(k, -1, N) % N
    if nobody > half:
        nobody, ky = N - nobody, p - ky
    cases["key-at-infinity"] = (sha("edge"), kx, nobody)
    out = []
    for name, (digest, r, s) in cases.items():
        for v in (0, 1):
            try:
                key = keys.Signature(vrs=(v, r, s)).recover_public_key_from_msg_hash(digest)
                expect = "high-s" if s > half else key.to_checksum_address()
            except Exception:
                expect = "invalid"
            if name == "key-at-infinity":
                # eth-keys may not look: by the law above one of the two has no key.
                expect = "invalid" if v == ky % 2 else expect
            signature = word(r) + word(s) + bytes([27 + v])
            out.append({"id": f"{name}-{v}", "digest": digest.hex(), "signature": signature.hex(), "expect": expect})
    return out


def keystores():
    vectors = []
    for i, (kdf, work, password) in enumerate(
        [("scrypt", 1024, "correct horse"), ("scrypt", 2**14, "pässwörd 🔑"), ("pbkdf2", 10_000, ""), ("pbkdf2", 1000, "x")]
    ):
        key = sha(f"keystore {i}")
        store = create_keyfile_json(key, password.encode(), kdf=kdf, iterations=work)
        vectors.append({"id": f"{kdf}-{i}", "password": password, "privateKey": key.hex(), "keystore": store})
    save("keystores.json", {"comment": "Web3 Secret Storage v3 made by eth-keyfile", "vectors": vectors})


if __name__ == "__main__":
    transactions()
    stock()
    secp256k1()
    if not os.path.exists(os.path.join(HERE, "keystores.json")):
        keystores()  # salts are random: written once
