"""Checks with eth-account (PyPI) what Assay wrote. Nothing in it uses Assay's code; its last line is JSON.

    pip install eth-account==0.14.0
    python wallets.py check FILE       signatures: [{id, address, typedData, signature}]
    python wallets.py open FILE PASSWORD    a keystore; prints the private key
    python wallets.py encrypt KEY PASSWORD  prints a fresh keystore
"""
import json
import sys

from eth_account import Account
from eth_account.messages import encode_typed_data


def numbers(message, name, types):
    """eth-account wants integers where our JSON has decimal strings."""
    for m in types[name]:
        inner = m["type"].replace("[]", "")
        value = message[m["name"]]
        if inner in types:
            for item in value if m["type"].endswith("[]") else [value]:
                numbers(item, inner, types)
        elif m["type"].startswith("uint"):
            message[m["name"]] = int(value)


def check(file):
    with open(file, encoding="utf-8") as f:
        everything = json.load(f)
    for v in everything:
        data = v["typedData"]
        numbers(data["message"], data["primaryType"], data["types"])
        signer = Account.recover_message(encode_typed_data(full_message=data), signature=v["signature"])
        if signer != v["address"]:
            raise SystemExit(f"{v['id']}: {signer} signed it, not {v['address']}")
    return {"checked": len(everything)}


def open_keystore(file, password):
    with open(file, encoding="utf-8") as f:
        return {"privateKey": "0x" + bytes(Account.decrypt(json.load(f), password)).hex()}


def encrypt(key, password):
    return Account.encrypt(key, password)


verbs = {"check": check, "open": open_keystore, "encrypt": encrypt}
print(json.dumps(verbs[sys.argv[1]](*sys.argv[2:])))
