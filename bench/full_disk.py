#!/usr/bin/env python3
"""Fills the disk under a whole network, and checks that it refuses new work, loses nothing, and goes on.

    sudo bench/full_disk.py [--model NAME] [--size BYTES]      on a tmpfs of its own, by default 8 MB
    bench/full_disk.py --folder FOLDER                         on a small file system that is there already

Starts ./assay up with keys, ledger and receipts on that file system, and holds it to this:

- answers that were acknowledged have receipts, which are found again after space is free and after a restart,
  with the same digest, and are confirmed by a replay;
- on a full disk new requests get a 503 with code disk_full and Retry-After, and /ready says 503;
- a request that was being answered when the disk filled waits, and ends well once there is room;
- once space is free the node goes on by itself;
- it can be stopped while the disk is full, and starts again.

Prints a line for each check; exits with 1 at the first that fails.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATIENCE = 900

args = argparse.ArgumentParser()
args.add_argument("--model", default="smollm2-135m")
args.add_argument("--size", type=int, default=8 << 20)
args.add_argument("--folder")
args = args.parse_args()


def check(name, holds, seen=""):
    print(("ok    " if holds else "WRONG ") + name, "" if holds else repr(seen), flush=True)
    if not holds:
        raise SystemExit(1)


class Network:
    def __init__(self, folder):
        self.process = subprocess.Popen(
            [str(ROOT / "assay"), "up", "--json", "--port", "0", "--home", str(folder), "--model", args.model],
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        said = json.loads(self.process.stdout.readline() or b"{}")
        check("the network is up", "uri" in said, said)
        self.uri, self.model = said["uri"], said["model"]
        key = subprocess.run(
            [str(ROOT / "assay"), "wallet", "key", "--home", str(folder)], stdout=subprocess.PIPE, check=True
        )
        self.headers = {
            "Authorization": "Bearer " + key.stdout.decode().strip(),
            "Content-Type": "application/json",
        }

    def call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.uri + path, data=data, headers=self.headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return reply.status, small(reply.headers), json.load(reply)
        except urllib.error.HTTPError as e:
            return e.code, small(e.headers), json.load(e)

    def ask(self, text):
        body = {"model": self.model, "max_tokens": 8, "messages": [{"role": "user", "content": text}]}
        return self.call("/v1/chat/completions", body)

    def standing(self, receipt):
        return self.call("/assay/receipts/" + receipt)[2]

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)


def small(headers):
    return {name.lower(): value for name, value in headers.items()}


def until(what, seconds=PATIENCE):
    end = time.time() + seconds
    while not what() and time.time() < end:
        time.sleep(0.1)
    return what()


def keep(receipts, reply):
    status, _, answer = reply
    check("an answer is acknowledged with its receipt", status == 200 and answer["assay"]["receipt"], reply)
    receipts[answer["assay"]["receipt"]] = answer["assay"]["digest"]


def check_receipts(network, receipts):
    for receipt, digest in receipts.items():
        said = network.standing(receipt)
        check("receipt " + receipt[:8] + " is the one that was told", said.get("digest") == digest, said)
        done = until(lambda: network.standing(receipt).get("final"))
        check("receipt " + receipt[:8] + " is confirmed", done and network.standing(receipt)["status"] == "CONFIRMED")


def fill(filler):
    with open(filler, "ab", buffering=0) as out:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while out.write(b"\0" * size):
                    pass
            except OSError:
                pass


def fill_until_refused(network, filler, pool):
    """Fills the disk and asks until new work is refused; gives the answers that wait for room."""
    held = []
    for i in range(50):
        fill(filler)
        asked = pool.submit(network.ask, "What is " + str(i) + " and one?")
        try:
            status, headers, answer = asked.result(timeout=40)
        except concurrent.futures.TimeoutError:
            held.append(asked)
            continue
        if status == 503:
            check("the refusal says why", answer["error"]["code"] == "disk_full", answer)
            check("and when to come again", "retry-after" in headers, headers)
            return held
        held.append(asked)
    check("a full disk refuses new work", False)


def run(folder):
    home, filler = folder / "home", folder / "filler"
    receipts = {}
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        network = Network(home)
        for i in range(3):
            keep(receipts, network.ask("What is " + str(i) + "?"))
        held = fill_until_refused(network, filler, pool)
        check("it says that it is not ready", network.call("/ready")[0] == 503)
        again = [network.ask("And now?")[0] for _ in range(5)]
        check("it goes on refusing", again == [503] * 5, again)
        filler.unlink()
        check("with room again it is ready by itself", until(lambda: network.call("/ready")[0] == 200))
        for asked in held:
            keep(receipts, asked.result(timeout=PATIENCE))
        keep(receipts, network.ask("And after?"))
        check_receipts(network, receipts)
        fill_until_refused(network, filler, pool)
        network.stop()
        check("it ends while the disk is full", True)
    filler.unlink()
    network = Network(home)
    check_receipts(network, receipts)
    keep(receipts, network.ask("And in the end?"))
    check_receipts(network, receipts)
    network.stop()
    print("ok    " + str(len(receipts)) + " receipts, none lost")


if args.folder:
    run(pathlib.Path(args.folder))
else:
    if os.geteuid() != 0:
        sys.exit("needs to be root to mount a small file system, or --folder with one")
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" + str(args.size), "tmpfs", place], check=True)
        try:
            run(pathlib.Path(place))
        finally:
            subprocess.run(["umount", "-l", place], check=True)
