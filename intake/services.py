"""Bringing a tape in: receive, check, load, discard; every move of an import is made here, under its row lock."""

import datetime as dt
import hashlib
import zlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from django_fsm import can_proceed
from redis.exceptions import RedisError

from audit.services import record
from borrowers.services import reseal_file, seal_file, unseal_file
from intake.lifecycle import UNDER_WAY, State
from intake.loading import Progress, load
from intake.models import ImportFile, ImportRun
from intake.readers import TapeFile
from intake.rejects import reject_files
from intake.selectors import KEPT_FOR, progress_key, progress_of
from intake.verdicts import Verdict, judge_files
from staff.models import Team, User

LARGEST_TAPE = 50 * 1024 * 1024
# Errors kept for the page; the reject files hold all of them.
ERRORS_KEPT = 500
# A check or load that nobody has begun with after this time was lost on the way to a worker.
QUEUE_PATIENCE = dt.timedelta(minutes=5)
# One load at a time, so that no two tapes bring the same reference at once; any fixed number does.
LOADS = 7_209_431


class ImportRefused(Exception):
    """Why an import cannot go on, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


class TapeRefused(Exception):
    """A tape was not loaded, because rows of it were refused; `verdict` says which."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"{len(verdict.findings)} errors")
        self.verdict = verdict


@transaction.atomic
@sensitive_variables("files")
def import_tape(
    *,
    files: list[TapeFile],
    partial: bool,
    by: User | None,
    team: Team | None,
    at: dt.datetime,
    on: dt.date,
    progress: Progress,
) -> Verdict:
    """Check a tape and load it in one go: all of it, or with `partial` its good rows. Raises TapeRefused.

    Portfolios that are named for the first time are seen by `team`, and so is the import.
    """
    _one_load_at_a_time()
    verdict = judge_files(files, by=by, on=on)
    _refuse_bad(verdict, partial)
    run = ImportRun.objects.create(uploaded_by=by, team=team, uploaded_at=at, requested_at=at, partial=partial)
    ImportFile.objects.bulk_create(_kept_file(run, file, content=None) for file in files)
    _keep_verdict(run, verdict, at)
    run.start_loading()
    load(verdict.new, by=by, team=run.team, at=at, on=on, progress=progress)
    _finish(run, verdict, by, at)
    return verdict


@transaction.atomic
@sensitive_variables("files")
def receive(*, files: Sequence[TapeFile], by: User, at: dt.datetime) -> ImportRun:
    """Keep an uploaded tape, encrypted, until it is checked and loaded."""
    _may_load(by)
    if by.team is None:
        raise ImportRefused("no_team", _("You belong to no team, so nobody could see what you import."))
    if not files:
        raise ImportRefused("no_files", _("Choose at least one file."))
    if len({file.name for file in files}) < len(files):
        raise ImportRefused("same_name", _("Two of the files have the same name."))
    if sum(len(file.content) for file in files) > LARGEST_TAPE:
        raise ImportRefused("too_large", _("A tape may have 50 MB at most; send a larger one in parts."))
    run = ImportRun.objects.create(uploaded_by=by, team=by.team, uploaded_at=at, requested_at=at)
    ImportFile.objects.bulk_create(
        _kept_file(run, file, content=seal_file(zlib.compress(file.content, 1))) for file in files
    )
    details = {"files": {file.name: hashlib.sha256(file.content).hexdigest() for file in files}}
    record(actor=by, action="intake.receive", subject=str(run), details=details, at=at)
    return run


def check_run(*, run_id: int, attempt: int, on: dt.date, at: dt.datetime) -> None:
    """Check a received tape and keep what was found; a task left over from an older attempt does nothing."""
    with transaction.atomic():
        run = _locked(run_id)
        if run.state != State.CHECKING or run.attempt != attempt:
            return
        _report(run, 0, 0)
        _keep_verdict(run, judge_files(_files(run), by=run.uploaded_by, on=on), at)
        run.save()


@transaction.atomic
def ask_to_load(*, run_id: int, partial: bool, by: User, at: dt.datetime) -> ImportRun:
    """Send a checked tape on its way; of two people who ask at once, the second is refused."""
    _may_load(by)
    run = _free(run_id)
    if not can_proceed(run.start_loading) or run.checked_at is None:
        raise ImportRefused("not_now", _not_now(run))
    if not run.is_clean and not (partial and run.can_load_part):
        raise ImportRefused("not_clean", _("Rows of this tape were refused: load the good rows only, or mend it."))
    run.start_loading()
    run.partial, run.loaded_by = partial, by
    return _next_attempt(run, at)


@transaction.atomic
def ask_to_check_again(*, run_id: int, by: User, at: dt.datetime) -> ImportRun:
    """Check a tape once more whose check was interrupted."""
    _may_load(by)
    run = _free(run_id)
    if not can_proceed(run.check_again):
        raise ImportRefused("not_now", _not_now(run))
    run.check_again()
    return _next_attempt(run, at)


def load_run(*, run_id: int, attempt: int, on: dt.date, at: dt.datetime) -> None:
    """Load a tape in one transaction. It is checked again first: other tapes may have come in since.

    The row stays locked all the while, which is how others see that somebody is at work. An older attempt does nothing.
    """
    with transaction.atomic():
        run = _locked(run_id)
        if run.state != State.LOADING or run.attempt != attempt:
            return
        _report(run, 0, 0)
        _one_load_at_a_time()
        verdict = judge_files(_files(run), by=run.loaded_by, on=on)
        try:
            _refuse_bad(verdict, run.partial)
        except TapeRefused:
            _keep_verdict(run, verdict, at)
            run.save()
            return
        run.summary, run.findings = _summary(verdict), _shown(verdict)
        load(
            verdict.new,
            by=run.loaded_by,
            team=run.team,
            at=at,
            on=on,
            progress=lambda done, total: _report(run, done, total),
        )
        _finish(run, verdict, run.loaded_by, at)


@transaction.atomic
def notice_interruption(*, run_id: int, at: dt.datetime) -> None:
    """Say so when nobody works on an import any more: a killed worker lets go of the row it had locked."""
    run = ImportRun.objects.select_for_update(skip_locked=True).filter(pk=run_id, state__in=UNDER_WAY).first()
    if run is None:
        return
    if progress_of(run) or at - run.requested_at > QUEUE_PATIENCE:
        run.interrupt()
        run.save()


@transaction.atomic
def mark_interrupted(*, run_id: int, attempt: int) -> None:
    """Say that a check or a load broke off; what it had begun was undone."""
    run = _locked(run_id)
    if run.attempt == attempt and can_proceed(run.interrupt):
        run.interrupt()
        run.save()


@transaction.atomic
def discard(*, run_id: int, by: User, at: dt.datetime) -> ImportRun:
    """Throw a tape away that was not loaded, its files with it."""
    _may_load(by)
    run = _free(run_id)
    if not can_proceed(run.discard):
        raise ImportRefused("not_now", _not_now(run))
    run.discard()
    run.save()
    run.files.update(content=None, rejects=None)
    record(actor=by, action="intake.discard", subject=str(run), at=at)
    return run


@transaction.atomic
def take_reject_file(*, file: ImportFile, by: User, at: dt.datetime) -> bytes:
    """Hand out the refused rows of a file in clear, and write down who took them."""
    _may_load(by)
    if file.rejects is None:
        raise ImportRefused("no_rejects", _("There is no reject file any more."))
    record(actor=by, action="intake.take_rejects", subject=str(file.run), details={"file": file.name}, at=at)
    return zlib.decompress(unseal_file(bytes(file.rejects)))


def _may_load(by: User) -> None:
    if not by.has_perm("intake.load"):
        raise PermissionDenied("intake.load")


def _locked(run_id: int) -> ImportRun:
    return ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)


def _free(run_id: int) -> ImportRun:
    """The import under its lock, or a refusal at once: a load holds the lock until it is done."""
    try:
        return ImportRun.objects.select_for_update(of=("self",), nowait=True).get(pk=run_id)
    except OperationalError as busy:
        raise ImportRefused("busy", _("This import is being worked on at this moment.")) from busy


def _not_now(run: ImportRun) -> str:
    return str(_("This import is already %(state)s.") % {"state": State(run.state).label})


def _next_attempt(run: ImportRun, at: dt.datetime) -> ImportRun:
    run.attempt += 1
    run.requested_at = at
    run.save()
    return run


def _one_load_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADS])


def _refuse_bad(verdict: Verdict, partial: bool) -> None:
    if not verdict.clean and not (partial and verdict.readable):
        raise TapeRefused(verdict)


def _kept_file(run: ImportRun, file: TapeFile, *, content: bytes | None) -> ImportFile:
    digest = hashlib.sha256(file.content).hexdigest()
    return ImportFile(run=run, name=file.name, size=len(file.content), sha256=digest, content=content)


@sensitive_variables()
def _files(run: ImportRun) -> list[TapeFile]:
    kept = run.files.order_by("pk").values_list("name", "content")
    return [TapeFile(name, zlib.decompress(unseal_file(bytes(content)))) for name, content in kept if content]


def _report(run: ImportRun, done: int, total: int) -> None:
    # A tape is loaded also while nobody can be told how far it has come.
    with suppress(RedisError):
        cache.set(progress_key(run.pk, run.attempt), (done, total), KEPT_FOR)


def _keep_verdict(run: ImportRun, verdict: Verdict, at: dt.datetime) -> None:
    run.finish_checking()
    run.checked_at = at
    run.summary, run.findings = _summary(verdict), _shown(verdict)


def _finish(run: ImportRun, verdict: Verdict, by: User | None, at: dt.datetime) -> None:
    run.finish_loading()
    run.loaded_at, run.loaded_by = at, by
    run.save()
    run.files.update(content=None)
    # The command writes its reject files into a folder of its own; those of an upload wait to be fetched.
    for name, content in reject_files(verdict).items():
        run.files.filter(name=name).update(rejects=seal_file(zlib.compress(content)))
    files = dict(run.files.values_list("name", "sha256"))
    record(actor=by, action="intake.load", subject=str(run), details={**run.total, "files": files}, at=at)


def _summary(verdict: Verdict) -> dict[str, Any]:
    sheets = verdict.tape.sheets
    return {
        "readable": verdict.readable,
        "errors": len(verdict.findings),
        "dependent": sum(finding.rule == "depends_on_rejected" for finding in verdict.findings),
        "files": [
            {
                "kind": kind.value,
                "name": sheets[kind].file,
                "read": counts.read,
                "new": counts.new,
                "unchanged": counts.unchanged,
                "rejected": counts.rejected,
                "extra": list(sheets[kind].extra),
                "unread_sheets": list(sheets[kind].unread_sheets),
            }
            for kind, counts in verdict.counts.items()
        ],
    }


def _shown(verdict: Verdict) -> list[dict[str, Any]]:
    return [
        {
            "file": finding.file,
            "line": finding.line,
            "field": finding.field,
            "value": finding.value,
            "rule": finding.rule,
            "details": dict(finding.details),
        }
        for finding in verdict.findings[:ERRORS_KEPT]
    ]


def reseal_files(*, at: dt.datetime) -> int:
    """Encrypt the tapes that wait and the reject files again with the newest key; says how many files."""
    kept = ImportFile.objects.exclude(content=None, rejects=None)
    pks = list(kept.order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        with transaction.atomic():  # one at a time: a file may be large
            file = ImportFile.objects.select_for_update().get(pk=pk)
            file.content = file.content and reseal_file(bytes(file.content))
            file.rejects = file.rejects and reseal_file(bytes(file.rejects))
            file.save(update_fields=["content", "rejects"])
    record(actor=None, action="intake.rotate_keys", subject="imports", details={"files": len(pks)}, at=at)
    return len(pks)
