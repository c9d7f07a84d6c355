"""What a collector fills in: the one-breath line, and the same field by field."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from borrowers.models import Relation
from cases.log_wording import CHANNELS
from contacts.models import NonPayment, Outcome
from contacts.said_models import Ability, Willingness
from loans.models import Channel as PaymentChannel
from ui.forms import day_field

LONGEST_LINE = 500
# Asked with every outcome; the others only where the outcome takes them.
ALWAYS = ("point", "outcome", "text", "inbound")
OF_THE_BORROWER = ("willingness", "ability", "explained")
# What is asked for in the box for text.
SAID_FREELY = ("text", "type", "offer", "source", "lawyer")


class LineForm(forms.Form):
    """What was said in one breath."""

    line = forms.CharField(label=_("In one breath"), max_length=LONGEST_LINE)


def _moment(label: Any, **kwargs: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, input_formats=["%Y-%m-%dT%H:%M"], widget=widget, **kwargs)


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "—"), *choices], required=False)


class LogForm(forms.Form):
    """What came of a contact, field by field; it ends in the same row as the line."""

    point = forms.ChoiceField(label=_("Number"))
    outcome = forms.ChoiceField(label=_("Outcome"))
    amount = forms.DecimalField(label=_("Amount"), max_digits=14, decimal_places=2, min_value=0, required=False)
    date = day_field(_("Day"), required=False)
    at = _moment(_("Time"), required=False)
    method = _choice(_("How"), PaymentChannel.choices)
    reason = _choice(_("Reason for not paying"), NonPayment.choices)
    relation = _choice(_("Relation"), Relation.choices)
    channel = _choice(_("Channel"), list(CHANNELS.items()))
    text = forms.CharField(label=_("What was said"), max_length=LONGEST_LINE, required=False)
    willingness = _choice(_("Willingness to pay"), Willingness.choices)
    ability = _choice(_("Ability to pay"), Ability.choices)
    explained = forms.BooleanField(label=_("I explained the consequences"), required=False)
    inbound = forms.BooleanField(label=_("They called us"), required=False)
    next_at = _moment(_("Next action"), required=False)

    def __init__(self, *args: Any, points: list[tuple[str, str]], outcomes: list[Outcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["point"].choices = points  # type: ignore[attr-defined]
        self.fields["outcome"].choices = [("", "—"), *((row.code, str(row)) for row in outcomes)]  # type: ignore[attr-defined]
        self.known = {row.code: row for row in outcomes}

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields that the chosen outcome takes; only the outcome itself while none is chosen."""
        outcome = self.known.get(str(self["outcome"].value() or ""))
        if outcome is None:
            return [self["point"], self["outcome"]]
        wanted = {"text" if name in SAID_FREELY else name for name in outcome.requires} | set(ALWAYS)
        if "amount" in outcome.requires:
            wanted.add("method")
        if outcome.right_party:
            wanted |= set(OF_THE_BORROWER)
        if not outcome.requires:
            wanted.add("next_at")
        return [self[name] for name in self.fields if name in wanted]

    def said(self) -> dict[str, Any]:
        """The fields that were filled in, as the log takes them."""
        asked = {field.name for field in self.asked} - {"point", "outcome"}
        given = {
            name: self.cleaned_data[name] for name in asked if self.cleaned_data.get(name) not in (None, "", False)
        }
        for name in ("willingness", "ability"):
            if name in given:
                given[name] = int(given[name])
        return given


class AnswerForm(forms.Form):
    """What was done about a borrower's message."""

    note = forms.CharField(label=_("What was done"), max_length=200)


class FinishForm(forms.Form):
    """How something was done."""

    note = forms.CharField(label=_("How it was done"), max_length=200)
