"""A letter as an e-mail."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from reminders.gateways.letters import Letter

# Seven bits: a server on the way need not speak 8BITMIME, and the text arrives byte for byte.
POLICY = SMTP.clone(cte_type="7bit")


def email_of(letter: Letter, *, sender: str, at: float) -> EmailMessage:
    """The e-mail as it is sent at `at` (Unix seconds); raises ValueError when a header cannot hold its value."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = sender
    mail["To"] = letter.to
    mail["Subject"] = letter.subject
    mail["Date"] = formatdate(at)
    mail["Message-ID"] = message_id(letter.key, sender)
    # Nobody's absence note answers it (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.body, charset="utf-8")
    mail["Content-Language"] = letter.language  # after the content, which clears what it finds of this kind
    return mail


def message_id(key: str, sender: str) -> str:
    """The name of a letter in the logs of mail servers, and in what comes back."""
    return f"<{key}@{domain_of(sender)}>"


def domain_of(address: str) -> str:
    """What stands behind the @."""
    return address.rpartition("@")[2]
