"""`manage.py rotate_keys`: after a new key was put first in FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from borrowers.services import WrongKey, rotate_keys
from intake.services import reseal_files


class Command(BaseCommand):
    """Encrypts all personal data again with the newest key; afterwards the older keys may be taken away."""

    help = "Encrypt all personal data, waiting tapes and reject files again with the first key of FIELD_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and say how many rows and files."""
        try:
            rows = rotate_keys(by=None, at=timezone.now())
            files = reseal_files(at=timezone.now())
        except WrongKey as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{rows} rows and {files} files are encrypted with the newest key.")
