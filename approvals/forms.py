"""What people fill in to ask for something, to decide on it, and to narrow the list."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from approvals.lifecycle import ApprovalState
from approvals.models import Approval, Kind
from approvals.selectors import Asked, addresses_of
from borrowers.models import Address
from cases.models import Case
from ui.forms import FilterForm, day_field

WAITS_FOR_ME, MINE, ALL = "me", "mine", "all"


class ApprovalFilter(FilterForm):
    """Narrows the list of requests; whose they are is chosen by the tabs above."""

    whose = forms.CharField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *ApprovalState.choices])
    kind = forms.ChoiceField(label=_("What for"), choices=[("", _("All")), *Kind.choices])

    def narrow(self, rows: QuerySet[Approval]) -> QuerySet[Approval]:
        """The requests that the form asks for."""
        asked = {name: self.cleaned_data[name] for name in ("state", "kind") if self.cleaned_data[name]}
        return rows.filter(**asked)

    @property
    def is_active(self) -> bool:
        """Whether anything is asked for beside whose they are."""
        return bool(self.data.get("state") or self.data.get("kind"))


class AddressChoice(forms.ModelChoiceField[Address]):
    """An address of the borrower as everybody may know it."""

    def label_from_instance(self, obj: Address) -> str:
        """Province and city, the street hidden."""
        return obj.masked_street


class AskForm(forms.Form):
    """Why something is asked for."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Whoever decides reads it; it stays in the case's history.")
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case

    def asked(self) -> Asked:
        """What belongs to the request beside the reason."""
        return Asked()


class AskFieldForm(AskForm):
    """Where the first visit shall be, what for, and why."""

    address = AddressChoice(label=_("Address of the first visit"), queryset=Address.objects.none(), empty_label=None)
    wish = forms.CharField(
        label=_("Wish for the first visit"),
        max_length=200,
        required=False,
        help_text=_("Such as when somebody is likely to be at home, and what is to be found out."),
    )
    field_order = ("address", "wish", "reason")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        cast(AddressChoice, self.fields["address"]).queryset = addresses_of(case)

    def asked(self) -> Asked:
        """The address and the wish."""
        return Asked(address=self.cleaned_data["address"], wish=self.cleaned_data["wish"])


class AskSettleForm(AskForm):
    """For which sum a case shall be settled, and from which day money counts."""

    agreed_sum = forms.DecimalField(
        label=_("Agreed sum"),
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        help_text=_("Once so much has come in, it can be agreed to; the rest is given up for good."),
    )
    counts_from_on = day_field(
        _("Money counts from"), help_text=_("By its value date; today, or an earlier day on which it was agreed.")
    )
    field_order = ("agreed_sum", "counts_from_on", "reason")

    def asked(self) -> Asked:
        """The sum and the day."""
        return Asked(agreed_sum=self.cleaned_data["agreed_sum"], counts_from_on=self.cleaned_data["counts_from_on"])


FORMS: dict[str, type[AskForm]] = {Kind.FIELD: AskFieldForm, Kind.SETTLE: AskSettleForm}


class DecideForm(forms.Form):
    """Whether somebody agrees, by the button that was pressed; who declines says why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Needed to decline; a remark where you agree.")
    )

    def clean(self) -> dict[str, Any]:
        """Neither button is no answer: nothing is declined by accident."""
        agree, decline = "agree" in self.data, "decline" in self.data
        if agree == decline:
            raise forms.ValidationError(_("Say whether you agree."))
        if decline and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", _("Say why."))
        return {**self.cleaned_data, "agreed": agree}


class WithdrawForm(forms.Form):
    """Why something is not asked for any more."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class WaiveForm(forms.Form):
    """Why a case may go to legal without visits, or may not after all."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("The legal officer reads it; it stays on file.")
    )
