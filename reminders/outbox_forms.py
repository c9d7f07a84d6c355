"""What people fill in about messages: which to show, why a sender pauses, what became of one."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from borrowers.models import Medium
from loans.models import Portfolio
from reminders.board_selectors import Days
from reminders.lifecycle import State
from reminders.models import OutboxMessage
from reminders.sender_services import FASTEST
from reminders.wording import step_words
from ui.forms import FilterForm, day_field

# Without days in the address the board shows today and the six days before.
DAYS_BEFORE = 6
# More days than a quarter has are counted by a report, not by a page that asks for itself again.
MOST_DAYS = 92
CASE = re.compile(r"\A[Cc]?0*([0-9]{1,15})\Z")


class DaysForm(FilterForm):
    """The days a message was planned for, both counted in."""

    first_on = day_field(_("Planned from"))
    last_on = day_field(_("Planned to"))

    def clean(self) -> dict[str, Any]:
        """Days run forwards."""
        asked = self.cleaned_data
        first, last = asked.get("first_on"), asked.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("It comes before the first day."))
        return asked


class BoardForm(DaysForm):
    """The days of the board."""

    def clean(self) -> dict[str, Any]:
        """No more days than the board counts in a moment."""
        asked = super().clean()
        first, last = asked.get("first_on"), asked.get("last_on")
        if first and last and last - first >= dt.timedelta(days=MOST_DAYS):
            self.add_error("first_on", _("At most %(most)s days.") % {"most": MOST_DAYS})
        return asked


def asked_days(data: Mapping[str, Any], today: dt.date) -> tuple[Days, BoardForm]:
    """The days somebody asked for in the address, and the form that shows them; a week until today where they did not.

    One day alone is that day.
    """
    form = BoardForm(data)
    first = last = None
    if form.is_valid():
        first, last = form.cleaned_data["first_on"], form.cleaned_data["last_on"]
        first, last = first or last, last or first
    days = Days(first, last) if first and last else Days(today - dt.timedelta(days=DAYS_BEFORE), today)
    return days, form if form.errors else BoardForm({"first_on": days.first, "last_on": days.last})


class OutboxFilter(DaysForm):
    """Narrows the list of messages."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *State.choices])
    step = forms.ChoiceField(label=_("Step"))
    medium = forms.ChoiceField(label=_("Medium"), choices=[("", _("All")), *Medium.choices])
    portfolio = forms.ModelChoiceField(label=_("Portfolio"), queryset=Portfolio.objects.none(), empty_label=_("All"))
    case = forms.RegexField(CASE, label=_("Case"), strip=True)
    field_order = ("state", "step", "medium", "portfolio", "first_on", "last_on", "case")

    def __init__(
        self, *args: Any, portfolios: QuerySet[Portfolio], steps: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField[Portfolio], self.fields["portfolio"]).queryset = portfolios
        choices = [(step, step_words(anchor, step)) for anchor, step in steps]
        # A step that the policy had once still has its messages.
        asked = self.data.get("step", "")
        if asked and asked not in dict(choices):
            choices.append((asked, asked))
        cast(forms.ChoiceField, self.fields["step"]).choices = [("", _("All")), *choices]

    def narrow(self, rows: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
        """The messages that the form asks for."""
        asked = self.cleaned_data
        found = {name: asked[name] for name in ("state", "step", "medium", "portfolio") if asked[name]}
        if asked["first_on"]:
            found["planned_on__gte"] = asked["first_on"]
        if asked["last_on"]:
            found["planned_on__lte"] = asked["last_on"]
        if case := CASE.fullmatch(asked["case"]):
            found["case"] = int(case[1])
        return rows.filter(**found)


class PauseForm(forms.Form):
    """Why a sender pauses."""

    reason = forms.CharField(label=_("Why"), max_length=200, required=False)


class RateForm(forms.Form):
    """How fast a sender goes."""

    per_minute = forms.IntegerField(label=_("Messages a minute"), min_value=1, max_value=FASTEST)


class SettleForm(forms.Form):
    """What became of a message that needs a look, and how somebody knows."""

    arrived = forms.TypedChoiceField(
        label=_("Did it go out?"),
        choices=[("yes", _("Yes, it went out")), ("no", _("No, it did not go out"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("How you know"), max_length=200, help_text=_("It stays in the message's history."))
    by_another_way = forms.BooleanField(
        label=_("Write again by another way"),
        required=False,
        help_text=_("Only where it did not go out: to the next number, or by the other medium."),
    )


class CallOffForm(forms.Form):
    """Why a planned message is called off."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stays in the message's history."))
