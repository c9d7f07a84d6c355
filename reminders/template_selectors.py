"""Reading texts: which the policies ask for, what is in use, what waits for a second person, what a version changed."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from django.db.models import QuerySet

from borrowers.models import Medium
from loans.models import Portfolio
from loans.selectors import portfolios_visible_to
from policies.selectors import DEFAULT_LINE, terms_history
from reminders.models import Anchor, Language, Template, TemplateVersion, Voice
from reminders.template_lifecycle import VersionState
from reminders.text_selectors import phrases_of
from reminders.text_wording import step_label
from rulebook.message_text import ALLOWED, PLACEHOLDERS, Finding, Placeholder, lint
from rulebook.terms import ReminderStep
from staff.models import User

IN_WORK = (VersionState.DRAFT, VersionState.SUBMITTED)
ANCHORS = list(Anchor.values)
# A placeholder, a Latin word or number, white space, or one sign of any other script.
WORD = re.compile(r"\{\w+\}|[A-Za-z0-9]+|\s+|.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is used: for which step, by what, in which language; `days` is None where no policy has the step."""

    step: str
    anchor: str
    medium: str
    language: str
    days: int | None

    @property
    def when(self) -> str:
        """When the step comes, in words."""
        return self.step if self.days is None else step_label(self.anchor, self.days)

    @property
    def by(self) -> str:
        """What it goes by, in the reader's words."""
        return str(Medium(self.medium).label)

    @property
    def speaks(self) -> str:
        """The language it is written in, in the reader's words."""
        return str(Language(self.language).label)

    @property
    def placeholders(self) -> list[Placeholder]:
        """What a text there may name."""
        return [each for name, each in PLACEHOLDERS.items() if name in ALLOWED[self.anchor]]


@dataclass(frozen=True, slots=True)
class Row:
    """A place with the version in use and the one somebody works on, if there are any."""

    place: Place
    in_use: TemplateVersion | None
    in_work: TemplateVersion | None


class Piece(NamedTuple):
    """A part of a text and what happened to it: "same", "in" or "out"."""

    kind: str
    text: str


def rows(on: dt.date) -> list[Row]:
    """Every text that a policy asks for on a day, and those on file that none asks for any more, by step."""
    versions: dict[tuple[str, str, str], dict[bool, TemplateVersion]] = {}
    live = TemplateVersion.objects.filter(state__in=(VersionState.APPROVED, *IN_WORK)).select_related("template")
    for its in live:
        key = (its.template.step, its.template.medium, its.template.language)
        versions.setdefault(key, {})[its.state == VersionState.APPROVED] = its
    places = {(place.step, place.medium, place.language): place for place in _places(on)}
    for template in Template.objects.order_by("pk"):
        key = (template.step, template.medium, template.language)
        places.setdefault(key, Place(*key[:1], template.anchor, *key[1:], None))
    return [
        Row(place, versions.get(key, {}).get(True), versions.get(key, {}).get(False)) for key, place in places.items()
    ]


def row_of(step: str, medium: str, language: str, on: dt.date) -> Row | None:
    """One text of the list; None for what neither a policy nor the file has."""
    sought = (step, medium, language)
    return next((row for row in rows(on) if (row.place.step, row.place.medium, row.place.language) == sought), None)


def _places(on: dt.date) -> Iterator[Place]:
    for step in sorted(_steps(on), key=lambda step: (ANCHORS.index(step.anchor), step.days, step.code)):
        for medium in step.media:
            for language in Language.values:
                yield Place(step.code, step.anchor, medium, language, step.days)


def _steps(on: dt.date) -> Collection[ReminderStep]:
    """The steps of the policies in force for the portfolios on file; of one code that of the first line."""
    lines = sorted(set(Portfolio.objects.values_list("policy_line", flat=True))) or [DEFAULT_LINE]
    found: dict[str, ReminderStep] = {}
    for line in lines:
        for step in terms_history(line).on(on).terms.reminders.steps:
            found.setdefault(step.code, step)
    return found.values()


def versions_of(place: Place) -> list[TemplateVersion]:
    """Every version of a text, the newest first."""
    its = TemplateVersion.objects.filter(
        template__step=place.step, template__medium=place.medium, template__language=place.language
    )
    return list(its.select_related("template").order_by("-number"))


def to_approve() -> QuerySet[TemplateVersion]:
    """What waits for a second person, the oldest first."""
    waiting = TemplateVersion.objects.filter(state=VersionState.SUBMITTED)
    return waiting.select_related("template").order_by("submitted_at", "pk")


def findings_of(title: str, body: str, place: Place) -> list[Finding]:
    """Everything wrong with a wording; what the rules of any portfolio forbid counts, since a text binds them all."""
    return lint(title, body, place.medium, place.language, ALLOWED[place.anchor], _phrases())


def _phrases() -> frozenset[str]:
    presets = set(Portfolio.objects.values_list("rule_preset", flat=True)) | {"cn"}
    return frozenset().union(*(phrases_of(name) for name in presets))


def difference(old: str, new: str) -> list[Piece]:
    """What was taken out and put in, word by word and in Chinese sign by sign."""
    before, after = WORD.findall(old), WORD.findall(new)
    pieces: list[Piece] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[i1:i2])))
            continue
        gone, come = "".join(before[i1:i2]), "".join(after[j1:j2])
        pieces += [piece for piece in (Piece("out", gone), Piece("in", come)) if piece.text]
    return pieces


@dataclass(frozen=True, slots=True)
class LenderRow:
    """What messages about a portfolio say of its lender, and the fields that are empty, which block sending."""

    portfolio: Portfolio
    voice: Voice | None
    missing: Sequence[str]


SAID_OF_A_LENDER = ("lender", "lender_zh", "how_to_pay", "how_to_pay_zh", "hotline")


def lenders_visible_to(user: User) -> list[LenderRow]:
    """The lenders of the portfolios somebody may see, all of them for whoever writes the texts."""
    portfolios = portfolios_of_texts(user).order_by("code")
    voices = {voice.portfolio_id: voice for voice in Voice.objects.filter(portfolio__in=portfolios)}
    return [LenderRow(its, voice := voices.get(its.pk), _missing(voice)) for its in portfolios]


def portfolios_of_texts(user: User) -> QuerySet[Portfolio]:
    """The portfolios whose lender somebody may read about; texts bind all, so whoever writes them sees all."""
    return Portfolio.objects.all() if user.has_perm("templates.edit") else portfolios_visible_to(user)


def _missing(voice: Voice | None) -> list[str]:
    names = {name: str(Voice._meta.get_field(name).verbose_name) for name in SAID_OF_A_LENDER}  # type: ignore[union-attr]
    return [label for name, label in names.items() if voice is None or not getattr(voice, name).strip()]
