"""What the relapse rate is asked for."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.models import CaseMove
from loans.models import Portfolio
from ui.forms import FilterForm


class FollowUpFilter(FilterForm):
    """Narrows the cures to one portfolio."""

    portfolio = forms.ModelChoiceField(label=_("Portfolio"), queryset=Portfolio.objects.none(), empty_label=_("All"))

    def __init__(self, *args: Any, portfolios: QuerySet[Portfolio], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField[Portfolio], self.fields["portfolio"]).queryset = portfolios

    def narrow(self, rows: QuerySet[CaseMove]) -> QuerySet[CaseMove]:
        """The cures that the form asks for."""
        asked = self.cleaned_data["portfolio"]
        return rows.filter(case__portfolio=asked) if asked else rows
