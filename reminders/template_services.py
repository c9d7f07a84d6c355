"""Writing texts and agreeing to them: the only place that moves a version, and what is said of a lender."""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from audit.services import record
from borrowers.models import Medium
from loans.models import Portfolio
from reminders.models import Language, Template, TemplateVersion, Voice
from reminders.template_lifecycle import VersionState
from reminders.template_selectors import IN_WORK, SAID_OF_A_LENDER, Place, findings_of
from reminders.text_wording import finding_text
from rulebook.message_text import ALLOWED
from staff.models import User


class TemplateRefused(Exception):
    """Why a text was not written or moved, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Words) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@transaction.atomic
def write(
    *, place: Place, title: str, body: str, note: str, seen: dt.datetime | None, by: User, at: dt.datetime
) -> TemplateVersion:
    """Keep a draft of a text; whoever wrote last is its author. Raises TemplateRefused.

    `seen` is when the draft was written that the person looked at, None where there was none: what a colleague wrote
    meanwhile is not written over.
    """
    _demand(by, "templates.edit")
    template = _template_at(place)
    draft = template.versions.filter(state__in=IN_WORK).first()
    if draft is not None and draft.state == VersionState.SUBMITTED:
        raise TemplateRefused("submitted", _("A version waits for a second person; it has to come back first."))
    if (draft.written_at if draft else None) != seen:
        raise TemplateRefused("changed", _("Somebody else has written a draft meanwhile; look at it first."))
    if draft is None:
        last = template.versions.aggregate(last=Max("number"))["last"] or 0
        draft = TemplateVersion(template=template, number=last + 1)
    draft.title, draft.body, draft.note = title.strip(), _in_unix_lines(body), note.strip()
    draft.author_id_then, draft.author_name, draft.written_at = by.pk, by.get_username(), at
    draft.save()
    return draft


def _template_at(place: Place) -> Template:
    """The text, locked until the transaction ends; made if there is none yet."""
    if place.anchor not in ALLOWED or place.medium not in Medium.values or place.language not in Language.values:
        raise TemplateRefused("place", _("There is no such text."))
    key = {"step": place.step, "medium": place.medium, "language": place.language}
    template, _made = Template.objects.get_or_create(**key, defaults={"anchor": place.anchor})
    return Template.objects.select_for_update().get(pk=template.pk)


def _in_unix_lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@transaction.atomic
def submit(*, version: TemplateVersion, by: User, at: dt.datetime) -> TemplateVersion:
    """Ask a second person to agree to a draft that nothing is wrong with. Raises TemplateRefused."""
    _demand(by, "templates.edit")
    locked = _locked(version, "submit")
    _refuse_faults(locked)
    in_use = locked.template.versions.filter(state=VersionState.APPROVED).first()
    if in_use and (in_use.title, in_use.body) == (locked.title, locked.body):
        raise TemplateRefused("same", _("It says the same as the version in use."))
    locked.submit()
    locked.submitted_at = at
    locked.save()
    _record(by, "submit", locked, at)
    return locked


@transaction.atomic
def withdraw(*, version: TemplateVersion, by: User, at: dt.datetime) -> TemplateVersion:
    """Take one's own version back before anybody decided, to go on writing. Raises TemplateRefused."""
    _demand(by, "templates.edit")
    locked = _locked(version, "take_back")
    if locked.author_id_then != by.pk:
        raise TemplateRefused("not_yours", _("Only its author takes it back; you can send it back."))
    locked.take_back()
    locked.submitted_at = None
    locked.save()
    _record(by, "withdraw", locked, at)
    return locked


@transaction.atomic
def approve(*, version: TemplateVersion, said: str, by: User, at: dt.datetime) -> TemplateVersion:
    """Agree to what another person wrote: it is sent from now on. Raises TemplateRefused."""
    locked = _decided(version, "approve", said, by, at)
    _refuse_faults(locked)
    for old in locked.template.versions.filter(state=VersionState.APPROVED):
        old.supersede()
        old.save()
    locked.approve()
    locked.save()
    _record(by, "approve", locked, at, said)
    return locked


@transaction.atomic
def send_back(*, version: TemplateVersion, said: str, by: User, at: dt.datetime) -> TemplateVersion:
    """Do not agree to what another person wrote, and say why. Raises TemplateRefused."""
    locked = _decided(version, "send_back", said, by, at)
    if not said.strip():
        raise TemplateRefused("reason", _("Say why."))
    locked.send_back()
    locked.save()
    _record(by, "send_back", locked, at, said)
    return locked


@transaction.atomic
def describe_lender(*, portfolio: Portfolio, said: Mapping[str, str], by: User | None, at: dt.datetime) -> Voice:
    """Say who the lender of a portfolio is, how to pay and whom to call; what is left empty blocks sending.

    `said` has the fields of SAID_OF_A_LENDER; `by=None` is the portal itself.
    """
    if by is not None:
        _demand(by, "templates.edit")
    Portfolio.objects.select_for_update().get(pk=portfolio.pk)
    voice = Voice.objects.filter(portfolio=portfolio).first() or Voice(portfolio=portfolio)
    changes = {name: [getattr(voice, name), " ".join(said[name].split())] for name in SAID_OF_A_LENDER}
    changes = {name: [old, new] for name, (old, new) in changes.items() if old != new}
    for name, (_old, new) in changes.items():
        setattr(voice, name, new)
    voice.save()
    if changes:
        subject = f"portfolio {portfolio.code}"
        record(actor=by, action="templates.describe_lender", subject=subject, details=changes, at=at)
    return voice


def _demand(by: User, permission: str) -> None:
    if not by.has_perm(permission):
        raise PermissionDenied(permission)


def _locked(version: TemplateVersion, move: str) -> TemplateVersion:
    """The version with its text locked, so that two people do not move it, or two versions of it, at once."""
    template = Template.objects.select_for_update().get(pk=version.template_id)
    locked = template.versions.get(pk=version.pk)
    if not can_proceed(getattr(locked, move)):
        raise TemplateRefused("state", _("Somebody has moved it on meanwhile."))
    return locked


def _decided(version: TemplateVersion, move: str, said: str, by: User, at: dt.datetime) -> TemplateVersion:
    _demand(by, "templates.approve")
    locked = _locked(version, move)
    if locked.author_id_then == by.pk:
        raise TemplateRefused("own", _("You wrote it yourself: another person has to decide."))
    locked.decided_by_id_then, locked.decided_by_name = by.pk, by.get_username()
    locked.decided_at, locked.decision = at, said.strip()
    return locked


def _refuse_faults(version: TemplateVersion) -> None:
    its = version.template
    place = Place(its.step, its.anchor, its.medium, its.language, None)
    faults = [finding for finding in findings_of(version.title, version.body, place) if finding.severity == "block"]
    if faults:
        raise TemplateRefused("faults", " ".join(finding_text(fault) for fault in faults))


def _record(by: User, verb: str, version: TemplateVersion, at: dt.datetime, said: str = "") -> None:
    record(actor=by, action=f"templates.{verb}", subject=f"text {version}", reason=said.strip(), at=at)
