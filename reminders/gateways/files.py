"""The demo's gateway: each letter becomes one sealed file on this machine, and nobody gets mail."""

import json
import os
import tempfile
import time
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from borrowers.services import reseal_file, seal_file, unseal_file
from reminders.gateways.emails import email_of
from reminders.gateways.letters import KEY, Known, Letter, Memory, Result, Sent, reason_of

FOLDER = "outbox"
ENDINGS = {"sms": "json", "email": "eml"}


class FileGateway:
    """Files under the portal's own folder; what is written has arrived."""

    def __init__(self, medium: str, *, sender: str) -> None:
        self.medium = medium
        self._sender = sender

    def open(self) -> None:
        """Nothing to connect to."""

    def close(self) -> None:
        """Nothing to end."""

    def send(self, letter: Letter) -> Sent:
        """Write one letter, sealed as all personal data is; a key that is there already is not written again."""
        path = path_of(self.medium, letter.key)
        try:
            content = _content(self.medium, letter, self._sender)
        except ValueError:
            return Sent(Result.REJECTED, detail="message: cannot be written")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                _write(path, seal_file(content))
        except OSError as broken:
            return Sent(Result.NOT_SENT, detail=f"file: {reason_of(broken)}")
        return Sent(Result.ACCEPTED, reference=path.name, delivered=True)

    def ask(self, key: str) -> Known:
        """Whether the file is there."""
        if KEY.fullmatch(key) and path_of(self.medium, key).exists():
            return Known(Memory.RECEIVED, _("The file of this message is there."))
        return Known(Memory.UNKNOWN, _("There is no file of this message."))


def path_of(medium: str, key: str) -> Path:
    """Where the file of a letter lies."""
    return _folder_of(medium) / f"{key}.{ENDINGS[medium]}"


def _folder_of(medium: str) -> Path:
    return Path(settings.VAR_DIR) / FOLDER / medium


def reseal_letters() -> int:
    """Encrypt every file that was written again with the newest key; says how many, or raises WrongKey."""
    paths = [path for medium, ending in ENDINGS.items() for path in sorted(_folder_of(medium).glob(f"*.{ending}"))]
    for path in paths:
        _write(path, reseal_file(path.read_bytes()))
    return len(paths)


def read_letter(medium: str, key: str) -> Letter | None:
    """A letter that was written, in clear, or None when there is no file; raises WrongKey when no field key opens it.

    The caller writes down who read it.
    """
    try:
        content = unseal_file(path_of(medium, key).read_bytes()) if KEY.fullmatch(key) else b""
    except FileNotFoundError:
        return None
    if not content:
        return None
    if medium == "sms":
        said = json.loads(content)
        return Letter(key, to=said["to"], subject="", body=said["text"], language=said["language"])
    mail = message_from_bytes(content, policy=SMTP)
    body = mail.get_content().replace("\r\n", "\n").removesuffix("\n")
    return Letter(key, to=mail["To"], subject=mail["Subject"], body=body, language=mail["Content-Language"])


def _content(medium: str, letter: Letter, sender: str) -> bytes:
    if medium == "sms":
        facts = {"key": letter.key, "to": letter.to, "text": letter.body, "language": letter.language}
        return json.dumps(facts, ensure_ascii=False).encode()
    return email_of(letter, sender=sender, at=time.time()).as_bytes()


def _write(path: Path, content: bytes) -> None:
    """The whole file or none, and it outlives a power cut."""
    draft, name = tempfile.mkstemp(dir=path.parent, prefix=".")  # made with mode 600
    try:
        with open(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
