"""What people fill in about cases."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.lifecycle import OPEN, Stage
from cases.models import Case
from holds.models import Kind
from loans.models import Portfolio
from ui.forms import FilterForm, day_field


class CaseFilter(FilterForm):
    """Narrows the list of cases; without it the open ones are shown."""

    stage = forms.ChoiceField(label=_("Stage"), choices=[("", _("Open")), *Stage.choices])
    portfolio = forms.ModelChoiceField(label=_("Portfolio"), queryset=Portfolio.objects.none(), empty_label=_("All"))

    def __init__(self, *args: Any, portfolios: QuerySet[Portfolio], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField[Portfolio], self.fields["portfolio"]).queryset = portfolios

    def narrow(self, rows: QuerySet[Case]) -> QuerySet[Case]:
        """The cases that the form asks for."""
        asked = self.cleaned_data
        if asked["portfolio"]:
            rows = rows.filter(portfolio=asked["portfolio"])
        return rows.filter(stage__in=[asked["stage"]] if asked["stage"] else OPEN)


class StepBackForm(forms.Form):
    """Why a case goes back to the stage before."""

    move = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stays in the case's history."))


class HoldForm(forms.Form):
    """Why somebody must not be chased."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind)
    from_on = day_field(_("From"))
    until_on = day_field(
        _("Until"), required=False, help_text=_("The first day it no longer covers; empty until somebody lifts it.")
    )
    stops_penalty = forms.BooleanField(label=_("Stop penalty interest"), required=False)
    stops_clock = forms.BooleanField(
        label=_("Stop the overdue clock"), required=False, help_text=_("These days do not count as days past due.")
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=200,
        required=False,
        help_text=_("The document it rests on; needed where the law is behind it."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, may_pause: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever may not touch money is not asked about it.
        for name in ("stops_penalty", "stops_clock"):
            if not may_pause:
                self.fields[name].disabled = True
                self.fields[name].widget = forms.HiddenInput()


class LiftForm(forms.Form):
    """Why a hold ends."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    mistaken = forms.BooleanField(
        label=_("It was a mistake: as if it had never been"),
        required=False,
        help_text=_("Otherwise it ends today, and its days stay free of what it stopped."),
    )


class LiftOptOutForm(forms.Form):
    """Why somebody may be written to again."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Where and when the borrower asked to be written to again.")
    )
