"""Pays a node for a streamed answer with the stock packages: openai and x402.

    pip install openai "x402[evm,httpx]"
    PRIVATE_KEY=0x… python pay.py http://127.0.0.1:11435 "What is a receipt?" [exact|upto|batch-settlement]

The key is an ordinary Ethereum account's; on a network of play money, fund it with
`assay wallet send ADDRESS 10`. Nothing here knows anything of Assay but the address of its token.
"""

import asyncio
import json
import os
import sys

from eth_account import Account
from openai import AsyncOpenAI
from x402 import x402Client
from x402.http.clients import x402HttpxClient
from x402.http.utils import decode_payment_response_header
from x402.mechanisms.evm.batch_settlement.client import BatchSettlementEvmScheme
from x402.mechanisms.evm.exact import ExactEvmClientScheme
from x402.mechanisms.evm.upto import UptoEvmClientScheme

ASSAY_TOKEN = "0x44C3eD3ec9ee4a73E35676af8fe948C10cd3ae3A"
SCHEMES = {"exact": ExactEvmClientScheme, "upto": UptoEvmClientScheme, "batch-settlement": BatchSettlementEvmScheme}


async def main(node, question="What is a receipt?", scheme="exact", times="1"):
    account = Account.from_key(os.environ["PRIVATE_KEY"])

    # What this client is willing to pay with, and how much at a time.
    payer = x402Client().register(os.environ.get("NETWORK", "eip155:*"), SCHEMES[scheme](account))
    asset = {"network": "eip155:*", "asset": os.environ.get("ASSET", ASSAY_TOKEN), "max_amount_per_payment": "1000000"}
    payer.set_spend_controls({"allowed_assets": [asset]})

    paid = []

    async def note(response):
        header = response.headers.get("payment-response")
        if header:
            paid.append(decode_payment_response_header(header).model_dump(by_alias=True, exclude_none=True))

    http = x402HttpxClient(payer, event_hooks={"response": [note]}, timeout=120)
    openai = AsyncOpenAI(base_url=node + "/v1", api_key="none", http_client=http)  # x402 pays, no key is needed

    model = (await openai.models.list()).data[0].id
    answers = []
    for _ in range(int(times)):
        stream = await openai.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": question}],
            max_tokens=24,
            stream=True,
            stream_options={"include_usage": True},
        )
        text, last = "", None
        async for chunk in stream:
            piece = (chunk.choices[0].delta.content or "") if chunk.choices else ""
            print(piece, end="", flush=True)
            text, last = text + piece, chunk
        print()
        answers.append({"text": text, "usage": last.usage.model_dump(), "receipt": last.model_extra["assay"]})
    print(json.dumps({"client": "x402-python", "scheme": scheme, "payer": account.address, "paid": paid, "answers": answers}))


asyncio.run(main(*sys.argv[1:]))
