"""What people fill in about visits."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from borrowers.models import Address
from staff.models import User
from ui.forms import FilterForm, day_field
from visits.lifecycle import AHEAD, State
from visits.made_services import Position
from visits.models import Visit
from visits.plan_selectors import Plan


class RequestForm(forms.Form):
    """Where to go, and what for."""

    address = forms.TypedChoiceField(label=_("Address"), coerce=int)
    wish = forms.CharField(label=_("What for"), max_length=200, required=False)

    def __init__(self, *args: Any, addresses: Sequence[Address], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {address.pk: address for address in addresses}
        choices = [(address.pk, address.masked_street) for address in addresses]
        cast(forms.ChoiceField, self.fields["address"]).choices = choices

    def clean_address(self) -> Address:
        """The address itself."""
        return self.known[self.cleaned_data["address"]]


class DecideForm(forms.Form):
    """What a supervisor does with a visit, and why."""

    STEPS = ("approve", "decline", "cancel", "unschedule", "earlier", "later")
    step = forms.ChoiceField(choices=[(step, step) for step in STEPS], widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


def _time(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 900})
    return forms.TimeField(label=label, input_formats=["%H:%M"], widget=widget)


class PlanForm(forms.Form):
    """When, and who; the times are those where the borrower is."""

    day = day_field(_("Day"))
    from_time = _time(_("Window from"))
    until_time = _time(_("Window until"))
    lead = forms.ModelChoiceField(label=_("Lead"), queryset=User.objects.none())
    companion = forms.ModelChoiceField(label=_("Companion"), queryset=User.objects.none())

    def __init__(self, *args: Any, agents: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lead", "companion"):
            cast(forms.ModelChoiceField[User], self.fields[name]).queryset = agents

    def plan(self) -> Plan:
        """The plan that was filled in."""
        return Plan(**self.cleaned_data)


class TelephoneClock(forms.DateTimeField):
    """What a telephone says the time is; nothing where its clock says a year that is none."""

    def clean(self, value: Any) -> dt.datetime | None:
        """The moment, of a year that the database can hand back."""
        said: dt.datetime | None = super().clean(value)
        return said if said and 1970 <= said.year < 9999 else None


class ArriveForm(forms.Form):
    """Where the telephone says it is, and why it does not say so exactly."""

    latitude = forms.DecimalField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    longitude = forms.DecimalField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    accuracy_m = forms.DecimalField(min_value=0, max_value=10**7, required=False, widget=forms.HiddenInput)
    device_at = TelephoneClock(required=False, widget=forms.HiddenInput)
    explanation = forms.CharField(label=_("If the position is missing or rough: why"), max_length=300, required=False)

    def position(self) -> Position:
        """What the telephone said."""
        said = self.cleaned_data
        accuracy: Decimal | None = said["accuracy_m"]
        return Position(
            latitude=said["latitude"],
            longitude=said["longitude"],
            accuracy_m=accuracy.quantize(Decimal("0.1")) if accuracy is not None else None,
            device_at=said["device_at"],
        )


class PhotoForm(forms.Form):
    """A photo, by the camera of a telephone or from a file, and when that says it was taken."""

    photo = forms.FileField(
        label=_("Photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
    )
    device_at = TelephoneClock(required=False, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """What visitors answer to a reviewer."""

    answer = forms.CharField(label=_("Your answer"), max_length=200)


class ReviewForm(forms.Form):
    """Whether a visit stands, and what is missing where it does not."""

    accepted = forms.TypedChoiceField(
        label=_("Your finding"),
        choices=[("yes", _("It stands")), ("no", _("Return it to the visitors"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False, help_text=_("Needed to return it."))


class VisitFilter(FilterForm):
    """Narrows the list of visits; without it those that are still to be made are shown."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("To be made")), *State.choices])
    agent = forms.ModelChoiceField(label=_("Visitor"), queryset=User.objects.none(), empty_label=_("All"))
    from_on = day_field(_("From"))
    until_on = day_field(_("Until"))

    def __init__(self, *args: Any, agents: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField[User], self.fields["agent"]).queryset = agents

    def narrow(self, rows: QuerySet[Visit]) -> QuerySet[Visit]:
        """The visits that the form asks for."""
        asked = self.cleaned_data
        if asked["agent"]:
            rows = rows.filter(lead=asked["agent"]) | rows.filter(companion=asked["agent"])
        if asked["from_on"]:
            rows = rows.filter(day__gte=asked["from_on"])
        if asked["until_on"]:
            rows = rows.filter(day__lte=asked["until_on"])
        return rows.filter(state__in=[asked["state"]] if asked["state"] else [*AHEAD, State.ARRIVED])


# The window somebody gets who chooses none.
MORNING = (dt.time(9), dt.time(12))
