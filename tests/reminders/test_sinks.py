"""The servers of these tests: as a process they outlive what is killed, and what they took is on record."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
from django.conf import settings

from reminders.gateways import Result
from reminders.gateways.sms_http import SmsGateway
from reminders.gateways.smtp import SmtpGateway
from reminders.signatures import is_signed
from tests.reminders.letters import mail, text_message
from tests.reminders.sinks import HOOK_SECRET, SMS_SECRET, Do, Fault, SmsSink, Step

COMMAND = [sys.executable, "-m", "tests.reminders.sinks"]


def addresses(folder: Path) -> dict[str, str]:
    deadline = time.monotonic() + 30
    while not (folder / "addresses.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    found: dict[str, str] = json.loads((folder / "addresses.json").read_text())
    return found


def test_a_process_of_its_own_writes_a_line_for_each_message_it_took(tmp_path: Path) -> None:
    sinks = subprocess.Popen([*COMMAND, str(tmp_path)], cwd=settings.BASE_DIR)
    try:
        at = addresses(tmp_path)
        sms = SmsGateway(at["sms"], secret=SMS_SECRET, seconds=10)
        smtp = SmtpGateway(at["smtp"], sender="reminders@portal.example", seconds=10)
        messages, mails = [text_message() for _n in range(50)], [mail() for _n in range(50)]
        results = {sms.send(letter).result for letter in messages} | {smtp.send(letter).result for letter in mails}
        assert results == {Result.ACCEPTED}
        assert (tmp_path / "sms.txt").read_text().split() == [letter.key for letter in messages]
        assert (tmp_path / "email.txt").read_text().split() == [letter.key for letter in mails]
        sms.close()
        smtp.close()
    finally:
        sinks.send_signal(signal.SIGTERM)
        assert sinks.wait(20) == 0


def test_it_ends_when_the_one_that_started_it_is_gone(tmp_path: Path) -> None:
    start = f"import subprocess, time; print(subprocess.Popen({[*COMMAND, str(tmp_path)]!r}).pid, flush=True)"
    starter = subprocess.Popen(
        [sys.executable, "-c", f"{start}; time.sleep(60)"], cwd=settings.BASE_DIR, stdout=subprocess.PIPE
    )
    assert starter.stdout
    with starter.stdout as said:
        sinks = psutil.Process(int(said.readline()))
        addresses(tmp_path)
        starter.kill()
        starter.wait(10)
        psutil.wait_procs([sinks], timeout=20)
        assert not sinks.is_running() or sinks.status() == psutil.STATUS_ZOMBIE


def test_faults_at_random_are_the_same_for_the_same_seed() -> None:
    done = []
    for _round in range(2):
        with SmsSink() as sink:
            sink.faults.at_random({Fault(Step.TAKEN, Do.DROP): 0.3}, seed=7)
            gateway = SmsGateway(sink.url, secret=SMS_SECRET, seconds=5)
            done.append([gateway.send(text_message()).result for _n in range(30)])
            assert sink.faults.done[Fault(Step.TAKEN, Do.DROP)] == done[-1].count(Result.UNKNOWN) > 0
            assert len(sink.arrived) == 30
            gateway.close()
    assert done[0] == done[1]


def test_a_receipt_is_posted_signed_for_what_was_taken() -> None:
    letter = text_message()
    with listener() as (url, calls), SmsSink(hook=url) as sink:
        gateway = SmsGateway(sink.url, secret=SMS_SECRET, seconds=5)
        gateway.send(letter)
        gateway.close()
        deadline = time.monotonic() + 10
        while not calls and time.monotonic() < deadline:
            time.sleep(0.01)
        assert sink.post({"kind": "reply", "text": "退订"}) == 204
    receipt, reply = (json.loads(body) for _headers, body in calls)
    assert (receipt["kind"], receipt["key"], receipt["medium"]) == ("delivered", letter.key, "sms")
    assert reply["text"] == "退订"
    assert receipt["event"] != reply["event"]
    for headers, body in calls:
        call = (headers["X-Timestamp"], "POST", "/hooks/sms/", body)
        assert is_signed([HOOK_SECRET], headers["X-Signature"], *call, now=time.time())


def test_a_receipt_for_nobody_is_no_error() -> None:
    with SmsSink(hook="http://127.0.0.1:9/hooks/sms/") as sink:
        assert sink.post({"kind": "delivered"}) == 0


@contextmanager
def listener() -> Iterator[tuple[str, list[tuple[Any, bytes]]]]:
    """A web server that keeps what is posted to it."""
    calls: list[tuple[Any, bytes]] = []

    class Keep(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Keep) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hooks/sms/", calls
        finally:
            server.shutdown()
            thread.join()
