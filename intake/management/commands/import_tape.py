"""`manage.py import_tape DIR`: check a lender's tape and load it, all of it or nothing."""

import argparse
import datetime as dt
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from intake import services
from intake.columns import Kind, kind_of_name
from intake.facts import Finding
from intake.readers import READERS, TapeFile, ending_of
from intake.rejects import reject_files, reject_name
from intake.rules import sentence
from intake.verdicts import Verdict, judge_files
from staff.models import Team

# Rows that hang on a rejected one are many and need no mending; the others are all printed.
DEPENDENT, DEPENDENT_PRINTED = "depends_on_rejected", 20


class Command(BaseCommand):
    """Reads borrowers, contacts, loans, instalments and payments (.csv or .xlsx) from a folder."""

    help = "Check a lender's tape and load it: all of it, or with --partial its good rows."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The folder and how far to go."""
        parser.add_argument("folder", type=Path, metavar="DIR")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        how.add_argument("--partial", action="store_true", help="load the good rows, write the others to reject files")
        parser.add_argument(
            "--rejects", type=Path, metavar="DIR", help="folder for reject files (default: DIR/rejects)"
        )
        parser.add_argument("--team", metavar="NAME", help="team that sees the import and its new portfolios")
        parser.add_argument("--on", type=dt.date.fromisoformat, metavar="DATE", help="today's business date")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, load, and say what was found; exit code 1 when anything was refused."""
        files = self._tape_files(options["folder"])
        team = _team(options["team"])
        on = options["on"] or timezone.localdate()
        if options["dry_run"]:
            verdict = judge_files(files, by=None, on=on)
        else:
            rejects = options["rejects"] or options["folder"] / "rejects"
            verdict = self._load(files, rejects, partial=options["partial"], team=team, on=on)
        self._tell(
            verdict, loaded=not options["dry_run"] and (verdict.clean or (options["partial"] and verdict.readable))
        )
        if not verdict.clean:
            raise SystemExit(1)

    def _tape_files(self, folder: Path) -> list[TapeFile]:
        wanted = ", ".join(Kind)
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        tables = [path for path in sorted(folder.iterdir()) if ending_of(path.name) in READERS]
        paths = [path for path in tables if kind_of_name(path.name)]
        for path in sorted(set(tables) - set(paths)):
            self.stderr.write(f"{path.name}: not read; its name is none of {wanted}")
        if not paths:
            raise CommandError(f"{folder} holds none of the files of a tape: {wanted} (.csv or .xlsx).")
        try:
            return [TapeFile(path.name, path.read_bytes()) for path in paths]
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from None

    def _load(self, files: list[TapeFile], rejects: Path, *, partial: bool, team: Team | None, on: dt.date) -> Verdict:
        # Reject files first, commit last: good rows are never on file while the others are nowhere.
        try:
            with transaction.atomic():
                verdict = services.import_tape(
                    files=files, partial=partial, by=None, team=team, at=timezone.now(), on=on, progress=_silent
                )
                self._write_rejects(verdict, rejects)
        except services.TapeRefused as refused:
            return refused.verdict
        except OSError as error:
            raise CommandError(
                f"{rejects}: reject files cannot be written ({error.strerror}); nothing was loaded."
            ) from None
        return verdict

    def _write_rejects(self, verdict: Verdict, folder: Path) -> None:
        for name, content in reject_files(verdict).items():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / reject_name(name)
            path.unlink(missing_ok=True)
            # Personal data: for the owner only, from the first byte on.
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            self.stdout.write(f"rejected rows of {name} are in {path}")

    def _tell(self, verdict: Verdict, *, loaded: bool) -> None:
        for kind, counts in verdict.counts.items():
            sheet = verdict.tape.sheets[kind]
            self.stdout.write(
                f"{sheet.file}: {counts.read} read, {counts.new} new, {counts.unchanged} unchanged, "
                f"{counts.rejected} rejected"
            )
            if sheet.extra:
                self.stdout.write(f"{sheet.file}: columns not used: {', '.join(sheet.extra)}")
            if sheet.unread_sheets:
                self.stdout.write(f"{sheet.file}: only its first sheet was read, not {', '.join(sheet.unread_sheets)}")
        own = [finding for finding in verdict.findings if finding.rule != DEPENDENT]
        dependent = [finding for finding in verdict.findings if finding.rule == DEPENDENT]
        for finding in own + dependent[:DEPENDENT_PRINTED]:
            self.stderr.write(_line(finding))
        if (more := len(dependent) - DEPENDENT_PRINTED) > 0:
            self.stderr.write(f"... and {more} more rows that depend on rejected ones")
        self.stdout.write("loaded" if loaded else "nothing was loaded")


def _silent(done: int, total: int) -> None:
    """A terminal shows no progress bar."""


def _line(finding: Finding) -> str:
    where = f"{finding.file}:{finding.line}" if finding.line else finding.file
    value = f" {finding.field}={finding.value!r}" if finding.field else ""
    return f"{where}:{value} {finding.rule}: {sentence(finding.rule, dict(finding.details))}"


def _team(name: str | None) -> Team | None:
    if name is None:
        return None
    try:
        return Team.objects.get(name=name)
    except Team.DoesNotExist:
        known = ", ".join(Team.objects.order_by("name").values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no team {name}; known are: {known}.") from None
