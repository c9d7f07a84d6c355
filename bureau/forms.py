"""What people fill in about the overdue record."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bureau.dispute_services import LONGEST
from bureau.models import Code, Decision, HeldBack, RecordDispute, RecordRow, ReportRun
from loans.models import Loan, Portfolio
from ui.forms import FilterForm, day_field


def _offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    cast(forms.ModelChoiceField[Any], form.fields[name]).queryset = rows


class PortfolioFilter(FilterForm):
    """Narrows a list to one portfolio."""

    portfolio = forms.ModelChoiceField(label=_("Portfolio"), queryset=Portfolio.objects.none(), empty_label=_("All"))

    def __init__(self, *args: Any, portfolios: QuerySet[Portfolio], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "portfolio", portfolios)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the portfolio."""
        asked = self.cleaned_data["portfolio"]
        return rows.filter(portfolio=asked) if asked else rows


class RunFilter(PortfolioFilter):
    """Narrows the list of reports."""

    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month", "class": "form-control form-control-sm"}),
    )

    def narrow(self, rows: QuerySet[ReportRun]) -> QuerySet[ReportRun]:
        """The reports that the form asks for."""
        asked: dt.date | None = self.cleaned_data["month"]
        found = super().narrow(rows)
        return found.filter(month_end__year=asked.year, month_end__month=asked.month) if asked else found


class RowFilter(FilterForm):
    """Narrows the rows of a report."""

    code = forms.ChoiceField(label=_("Code"), choices=[("", _("All"))])
    only = forms.ChoiceField(
        label=_("Show"),
        choices=[("", _("All rows")), ("corrected", _("Corrections")), ("late", _("Reported late"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = cast(forms.ChoiceField, self.fields["code"])
        codes.choices = [("", _("All")), *((code.value, f"{code.value} · {code.label}") for code in Code)]

    def narrow(self, rows: QuerySet[RecordRow]) -> QuerySet[RecordRow]:
        """The rows that the form asks for."""
        asked = self.cleaned_data
        if asked["code"]:
            rows = rows.filter(code=asked["code"])
        if asked["only"] == "corrected":
            rows = rows.filter(version__gt=1)
        return rows.filter(reason="notice") if asked["only"] == "late" else rows


class HeldFilter(PortfolioFilter):
    """Narrows what waits for a notice."""

    show = forms.ChoiceField(
        label=_("Show"), choices=[("", _("All")), ("none", _("Without a notice")), ("soon", _("Notice not old enough"))]
    )

    def narrow(self, rows: QuerySet[HeldBack]) -> QuerySet[HeldBack]:
        """The rows that the form asks for."""
        found, asked = super().narrow(rows), self.cleaned_data["show"]
        return found.filter(earliest_on__isnull=asked == "none") if asked else found


class DisputeFilter(PortfolioFilter):
    """Narrows the list of disputes; without it the open ones are shown."""

    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("not answered yet")), ("late", _("late and not answered")), *Decision.choices]
    )

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def narrow(self, rows: QuerySet[RecordDispute]) -> QuerySet[RecordDispute]:
        """The disputes that the form asks for."""
        found, asked = super().narrow(rows), self.cleaned_data["state"]
        if asked in Decision.values:
            return found.filter(decision=asked)
        return found.filter(Q(due_on__lt=self.on) if asked else Q(), decision="")


class StartForm(forms.Form):
    """Which month of which portfolio is reported."""

    portfolio = forms.ModelChoiceField(label=_("Portfolio"), queryset=Portfolio.objects.none())
    month_end = day_field(_("As of"), help_text=_("The last day of a month that is over."))

    def __init__(self, *args: Any, portfolios: QuerySet[Portfolio], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "portfolio", portfolios)


class PortfolioForm(forms.Form):
    """Which portfolio something is done for."""

    portfolio = forms.ModelChoiceField(
        label=_("Portfolio"),
        queryset=Portfolio.objects.none(),
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
    )

    def __init__(self, *args: Any, portfolios: QuerySet[Portfolio], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "portfolio", portfolios)


class DisputeForm(forms.Form):
    """What a borrower disputes."""

    loan = forms.ModelChoiceField(label=_("Loan"), queryset=Loan.objects.none())
    opened_on = day_field(_("Came in"), help_text=_("The days to answer count from this one."))
    text = forms.CharField(
        label=_("What the borrower says"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, loans: QuerySet[Loan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "loan", loans)


class AnswerForm(forms.Form):
    """How a dispute is answered."""

    decision = forms.ChoiceField(label=_("Decision"), choices=Decision, widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("What was found"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("It stands in the letter to the borrower."),
    )
    statement = forms.CharField(
        label=_("Statement of the borrower"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only where the record is upheld and the borrower wants their side to go with it."),
    )
