"""What people fill in about loans."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from loans.models import Channel, Loan, Portfolio
from ui.forms import FilterForm


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A calendar day, picked or typed as 2026-10-31."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control form-control-sm"})
    return forms.DateField(label=label, input_formats=["%Y-%m-%d"], widget=widget, **kwargs)


class OnForm(forms.Form):
    """The date on which a loan is looked at."""

    on = day_field(_("As of"))


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
            late = Q(oldest_unpaid_due_on__lt=self.on)
            rows = rows.filter(late) if asked["arrears"] == "yes" else rows.exclude(late)
        return rows


class SearchForm(forms.Form):
    """Finds a borrower; sent in the body, so that no phone number stands in an address or a log."""

    q = forms.CharField(
        label=_("Phone, ID number, full name, pinyin, or the last four digits"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


class PaymentForm(forms.Form):
    """One payment to book."""

    amount = forms.DecimalField(label=_("Amount"), max_digits=14, decimal_places=2, min_value=0)
    received_on = day_field(_("Value date"), help_text=_("The day the money arrived; it may lie in the past."))
    reference = forms.CharField(
        label=_("Reference"), max_length=60, help_text=_("The bank's number, so that it is booked once.")
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel)


class ReversalForm(forms.Form):
    """Why something booked is undone."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stays on file beside the reversal."))


class RevealForm(forms.Form):
    """Which personal value somebody needs to see, and why."""

    field = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why do you need to see it?"), max_length=300)


class SeenForm(forms.Form):
    """What a preview was made from: the date shown and the last event known then."""

    on = forms.DateField(input_formats=["%Y-%m-%d"], widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)


def asked_day(data: Any, today: dt.date) -> dt.date:
    """The date somebody asked for in the address; today where there is none or it is not a date."""
    form = OnForm(data)
    return form.cleaned_data["on"] if form.is_valid() else today
