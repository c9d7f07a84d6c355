"""`manage.py rotate_keys`: after a new key was put first in FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from borrowers.services import WrongKey, rotate_keys
from bureau.key_services import reseal_disputes
from contacts.message_services import reseal_messages
from evidence.services import reseal_evidence
from intake.services import reseal_files
from reminders.key_services import reseal_outbox
from visits.key_services import reseal_visits


class Command(BaseCommand):
    """Encrypts all personal data again with the newest key; afterwards the older keys may be taken away."""

    help = (
        "Encrypt all personal data, what was written to borrowers and by them, waiting tapes, reject files, photos, "
        "letters and bundles again with the first key of FIELD_KEYS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and say how many rows and files."""
        at = timezone.now()
        try:
            rows = rotate_keys(by=None, at=at) + reseal_messages(by=None, at=at) + reseal_visits(by=None, at=at)
            rows += reseal_disputes(by=None, at=at)
            outbox, letters = reseal_outbox(by=None, at=at)
            files = letters + reseal_files(at=at) + reseal_evidence(by=None, at=at)
        except WrongKey as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{rows + outbox} rows and {files} files are encrypted with the newest key.")
