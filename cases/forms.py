"""What people fill in about cases."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.lifecycle import OPEN, Stage
from cases.models import Case
from loans.models import Portfolio
from ui.forms import FilterForm


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
