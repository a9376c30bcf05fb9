"""Opens sample.receipt with the libraries of the supply-chain world instead of ours.

    pip install securesystemslib==1.6.0 cryptography in-toto-attestation==0.9.3
    python3 check_intoto.py
"""
import base64
import copy
import json
import pathlib

from google.protobuf.json_format import Parse
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

envelope = json.loads((pathlib.Path(__file__).parent / "sample.receipt").read_text("utf-8"))["envelope"]
payload = base64.b64decode(envelope["payload"])
predicate = json.loads(payload)["predicate"]
key = SSlibKey(envelope["signatures"][0]["keyid"], "ed25519", "ed25519", {"public": predicate["node"]["key"]})
Envelope.from_dict(copy.deepcopy(envelope)).verify([key], 1)
tampered = dict(envelope, payload=base64.b64encode(payload.replace(b'"sealed":false', b'"sealed":true')).decode())
try:
    Envelope.from_dict(copy.deepcopy(tampered)).verify([key], 1)
    raise SystemExit("a tampered payload was accepted")
except VerificationError:
    pass
statement = Statement.copy_from_pb(Parse(payload, statement_pb2.Statement()))
statement.validate()
print("securesystemslib verifies the envelope, in-toto-attestation reads the statement:", statement.pb.predicate_type)
