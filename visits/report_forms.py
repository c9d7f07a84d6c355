"""What visitors fill in at the door: only what the outcome and whom they met ask for."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import Layer, Met, NonPayment, Outcome
from contacts.said_models import Ability, Willingness
from loans.models import Channel as PaymentChannel
from ui.forms import day_field
from visits.made_services import Report

# Everything of an outcome that has no box of its own is said in the box for text.
SAID_FREELY = ("text", "type", "offer", "source", "lawyer")
OF_THE_BORROWER = ("willingness", "ability", "explained")
ALWAYS = ("met", "outcome", "text", "entered", "asked_in")
CHANNELS = [("all", _("all")), ("call", _("calls")), ("sms", _("text messages")), ("email", _("e-mail"))]


def _choice(label: Any, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "—"), *choices], required=False, **kwargs)


def _deciding() -> forms.Select:
    """A choice on which hangs what else is asked: the page asks for the fields again."""
    return forms.Select(attrs={"class": "decides"})


def goes_with(outcome: Outcome, met: str) -> bool:
    """Whether an outcome can come of meeting somebody: only the borrower can say what only the borrower can say."""
    if met == Met.DEBTOR:
        return outcome.layer in (Layer.RIGHT, Layer.ANY)
    if met == Met.NOT_FOUND:
        return bool(outcome.number_becomes)
    return outcome.layer != Layer.RIGHT


class ReportForm(forms.Form):
    """Whom they met and what came of it."""

    met = forms.ChoiceField(label=_("Whom did you meet?"), choices=[("", "—"), *Met.choices], widget=_deciding())
    outcome = forms.ChoiceField(label=_("Outcome"), widget=_deciding())
    amount = forms.DecimalField(
        label=_("Amount"), max_digits=14, decimal_places=2, min_value=Decimal("0.01"), required=False
    )
    date = day_field(_("Day"), required=False)
    method = _choice(_("How"), PaymentChannel.choices)
    receipt = forms.CharField(label=_("Receipt number"), max_length=60, required=False)
    reason = _choice(_("Reason for not paying"), NonPayment.choices)
    channel = _choice(_("Channel"), CHANNELS)
    text = forms.CharField(
        label=_("What was said"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    willingness = _choice(_("Willingness to pay"), Willingness.choices)
    ability = _choice(_("Ability to pay"), Ability.choices)
    explained = forms.BooleanField(label=_("I explained the consequences"), required=False)
    entered = forms.BooleanField(label=_("We went inside"), required=False)
    asked_in = forms.BooleanField(label=_("Whoever lives there agreed to it"), required=False)
    photo_note = forms.CharField(label=_("Why there is no photo"), max_length=300, required=False)

    def __init__(self, *args: Any, outcomes: list[Outcome], has_photo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_photo = has_photo
        self.known = {row.code: row for row in outcomes if goes_with(row, self._given("met"))}
        choices = [("", "—"), *((row.code, row.label) for row in self.known.values())]
        cast(forms.ChoiceField, self.fields["outcome"]).choices = choices

    def _given(self, name: str) -> str:
        return str(self[name].value() or "")

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields to fill in now: whom they met, then the outcome, then what goes with both."""
        met, outcome = self._given("met"), self.known.get(self._given("outcome"))
        if not met or outcome is None:
            return [self["met"], self["outcome"]] if met else [self["met"]]
        wanted = {"text" if name in SAID_FREELY else name for name in outcome.requires} | set(ALWAYS)
        if outcome.takes_promise:
            wanted.add("method")
        if met == Met.DEBTOR:
            wanted |= set(OF_THE_BORROWER)
        if not self.has_photo:
            wanted.add("photo_note")
        return [self[name] for name in self.fields if name in wanted]

    def report(self) -> Report:
        """What was filled in, as it is logged."""
        filled = self.cleaned_data
        apart = {"met", "outcome", "entered", "asked_in", "photo_note"}
        names = {field.name for field in self.asked} - apart
        said = {name: filled[name] for name in names if filled.get(name) not in (None, "", False)}
        for name in ("willingness", "ability"):
            if name in said:
                said[name] = int(said[name])
        return Report(
            outcome=filled["outcome"],
            met=filled["met"],
            said=said,
            entered=filled["entered"],
            asked_in=filled["asked_in"],
            photo_note=filled["photo_note"],
        )
