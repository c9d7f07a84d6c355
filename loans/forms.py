"""What people fill in about loans."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from loans.models import Loan, Portfolio
from ui.forms import FilterForm


class LoanFilter(FilterForm):
    """Narrows the list of loans."""

    loan_no = forms.CharField(label=_("Loan"), max_length=40)
    portfolio = forms.ModelChoiceField(label=_("Portfolio"), queryset=Portfolio.objects.none(), empty_label=_("All"))
    arrears = forms.ChoiceField(
        label=_("Arrears"), choices=[("", _("All")), ("yes", _("In arrears")), ("no", _("Not in arrears"))]
    )

    def __init__(self, *args: Any, portfolios: QuerySet[Portfolio], on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        cast(forms.ModelChoiceField[Portfolio], self.fields["portfolio"]).queryset = portfolios

    def narrow(self, rows: QuerySet[Loan]) -> QuerySet[Loan]:
        """The loans that the form asks for."""
        asked = self.cleaned_data
        if asked["loan_no"]:
            rows = rows.filter(loan_no__istartswith=asked["loan_no"].strip())
        if asked["portfolio"]:
            rows = rows.filter(portfolio=asked["portfolio"])
        if asked["arrears"]:
            late = Q(oldest_unpaid_due_on__lt=self.on, closed_on=None)
            rows = rows.filter(late) if asked["arrears"] == "yes" else rows.exclude(late)
        return rows


class SearchForm(forms.Form):
    """Finds a borrower; sent in the body, so that no phone number stands in an address or a log."""

    q = forms.CharField(
        label=_("Phone, ID number, full name, pinyin, or the last four digits"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


class RevealForm(forms.Form):
    """Which personal value somebody needs to see, and why."""

    field = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why do you need to see it?"), max_length=300)
