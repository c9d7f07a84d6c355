"""A mail server and an SMS gateway on this machine, real ones on real sockets, that misbehave when told to.

In a test: `with MailSink() as mail: ... mail.url, mail.arrived, mail.faults`. As a process of its own, which outlives
what is killed: `python -m tests.reminders.sinks DIR`. It writes DIR/addresses.json when it listens, and a line of a key
into DIR/email.txt or DIR/sms.txt for each message that it accepted, before it answers.
"""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.reminders.faults import Arrived, Do, Fault, Faults, Step
from tests.reminders.mail_sink import MailSink
from tests.reminders.sms_sink import HOOK_SECRET, SMS_SECRET, SmsSink, post_signed

__all__ = [
    "HOOK_SECRET",
    "SMS_SECRET",
    "Arrived",
    "Do",
    "Fault",
    "Faults",
    "MailSink",
    "SmsSink",
    "Step",
    "post_signed",
    "shares_of",
]


def shares_of(share: float) -> dict[Fault, float]:
    """A few of everything that may happen to a message on its way, each with this share."""
    ways = [(Step.MAIL, Do.DROP), (Step.TEXT, Do.DROP), (Step.TAKEN, Do.DROP), (Step.TAKEN, Do.HANG)]
    return {Fault(step, do): share for step, do in [*ways, (Step.DATA, Do.HANG), (Step.DONE, Do.DROP)]}


def main(arguments: Sequence[str]) -> None:
    """Both sinks until SIGTERM, or until who started them is gone."""
    parser = argparse.ArgumentParser(prog="python -m tests.reminders.sinks")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--secret", default=SMS_SECRET)
    parser.add_argument("--share", type=float, default=0.0, help="how often each fault happens, 0 to 1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--hook", default="", help="where receipts are posted to")
    parser.add_argument("--hook-secret", default=HOOK_SECRET)
    parser.add_argument("--any-time", action="store_true", help="the portal's clock is another one than ours")
    said = parser.parse_args(arguments)
    said.dir.mkdir(parents=True, exist_ok=True)
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_signal: over.set())
    parent = os.getppid()
    mail = MailSink(record=said.dir / "email.txt")
    hooks = {"hook": said.hook, "hook_secret": said.hook_secret}
    sms = SmsSink(record=said.dir / "sms.txt", secret=said.secret, any_time=said.any_time, **hooks)
    for sink in (mail, sms):
        sink.faults.at_random(shares_of(said.share) if said.share else {}, said.seed)
    with mail, sms:
        draft = said.dir / "addresses.draft"
        draft.write_text(json.dumps({"smtp": mail.url, "sms": sms.url}), encoding="utf-8")
        draft.replace(said.dir / "addresses.json")
        while not over.wait(0.2) and os.getppid() == parent:
            pass


if __name__ == "__main__":
    main(sys.argv[1:])
