"""`manage.py verify_bundle FILE`: is an evidence bundle whole, and is it the one that the portal made?"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from legal.bundle_selectors import Origin, origin_of
from rulebook.bundle import Fault, FaultKind, NotABundle, check

SENTENCES = {
    FaultKind.DAMAGED: "is damaged: it cannot be read",
    FaultKind.NO_MANIFEST: "is missing: this is no bundle, or not a whole one",
    FaultKind.MANIFEST: "is not the list that was sealed",
    FaultKind.MISSING: "is missing",
    FaultKind.CHANGED: "was changed: its hash is another than in the manifest",
    FaultKind.EXTRA: "does not belong to the bundle",
}
ORIGINS = {
    Origin.SAME: "The portal has made exactly this file.",
    Origin.OTHER: "The portal has made a bundle of this case at that moment, but its ZIP was another file.",
    Origin.UNKNOWN: "This portal knows no such bundle; only the ZIP itself was checked.",
}


class Command(BaseCommand):
    """Checks every file of a bundle against its manifest; needs nothing but the ZIP."""

    help = "Check an evidence bundle: every file with its hash, nothing missing, nothing extra."

    def add_arguments(self, parser: CommandParser) -> None:
        """The ZIP."""
        parser.add_argument("file", type=Path, help="the ZIP")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Name everything that is wrong, and end with 1 where anything is."""
        if not file.is_file():
            raise CommandError(f"{file}: there is no such file.")
        try:
            about, faults = check(file)
        except NotABundle as error:
            raise CommandError(f"{file} cannot be read as a ZIP: {error}") from error
        for fault in faults:
            self.stderr.write(_told(fault))
        if faults:
            raise CommandError(f"{file}: {len(faults)} fault(s); this bundle proves nothing.")
        self.stdout.write(f"{about.get('case')}, as of {about.get('as_of')}: {len(about['files'])} files, all whole.")
        self._compare_with_portal(file, about)

    def _compare_with_portal(self, file: Path, about: dict[str, Any]) -> None:
        try:
            origin = origin_of(file, about)
        except OperationalError:
            self.stdout.write("The portal's database was not there to be asked; only the ZIP itself was checked.")
            return
        if origin is Origin.OTHER:
            raise CommandError(f"{file}: {ORIGINS[origin]}")
        self.stdout.write(ORIGINS[origin])


def _told(fault: Fault) -> str:
    return f"{fault.name} {SENTENCES[fault.kind]}."
