"""What people fill in about referrals."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from legal.lifecycle import Ending
from legal.list_selectors import ending_soon, ready, to_open, under_way, with_deadline
from legal.models import CostKind
from loans.models import Loan, Portfolio
from staff.models import User
from ui.forms import FilterForm, day_field


class LegalFilter(FilterForm):
    """Which cases the list shows; without it those under way."""

    show = forms.ChoiceField(
        label=_("Show"),
        choices=[
            ("", _("Under way")),
            ("deadline", _("Deadline near or passed")),
            ("limitation", _("Limitation ends soon")),
            ("ready", _("Ready for legal")),
            ("to_open", _("Referral to be opened")),
            ("all", _("Ever in court")),
        ],
    )
    portfolio = forms.ModelChoiceField(label=_("Portfolio"), queryset=Portfolio.objects.none(), empty_label=_("All"))

    def __init__(self, *args: Any, portfolios: QuerySet[Portfolio], user: User, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.on = user, on
        cast(forms.ModelChoiceField[Portfolio], self.fields["portfolio"]).queryset = portfolios

    def narrow(self, rows: QuerySet[Case]) -> QuerySet[Case]:
        """The cases that the form asks for."""
        show, portfolio = self.cleaned_data["show"], self.cleaned_data["portfolio"]
        if portfolio:
            rows = rows.filter(portfolio=portfolio)
        if show == "all":
            return rows.filter(referrals__isnull=False).distinct()
        if show == "to_open":
            return rows.filter(pk__in=to_open(self.user).values("pk"))
        if find := {"deadline": with_deadline, "limitation": ending_soon, "ready": ready}.get(show):
            return rows.filter(pk__in=find(self.user, self.on))
        return rows.filter(pk__in=under_way(self.user).values("pk"))


class StepForm(forms.Form):
    """The next step of a referral."""

    step = forms.ChoiceField(label=_("Step"))
    happened_on = day_field(_("Day it happened"))
    document = forms.CharField(label=_("Document number"), max_length=60, required=False)
    ended_as = forms.ChoiceField(
        label=_("How it ended"),
        choices=[("", _("it has not ended")), *Ending.choices],
        required=False,
        help_text=_("Only where the referral ends."),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    seen_step_id = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, steps: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["step"]).choices = steps


class CorrectionForm(forms.Form):
    """Why the last step was a mistake."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Both rows stay in the referral's history.")
    )
    seen_step_id = forms.IntegerField(widget=forms.HiddenInput)


class AccelerationForm(forms.Form):
    """Which loan is made due as a whole, and why."""

    loan = forms.ModelChoiceField(label=_("Loan"), queryset=Loan.objects.none(), empty_label=None)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("The clause of the contract that allows it, and what happened.")
    )

    def __init__(self, *args: Any, loans: QuerySet[Loan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField[Loan], self.fields["loan"]).queryset = loans


class CostForm(forms.Form):
    """A cost that the borrower has to bear."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CostKind)
    amount = forms.DecimalField(label=_("Amount"), max_digits=14, decimal_places=2, min_value=0)
    incurred_on = day_field(_("Day it was paid"))
    reference = forms.CharField(
        label=_("Reference"), max_length=60, help_text=_("The number of the invoice, so that it is charged once.")
    )
    receipt = forms.FileField(
        label=_("Receipt of the cost"),
        required=False,
        help_text=_("A PDF or a picture; it goes into the evidence bundle."),
    )
