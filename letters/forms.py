"""What people fill in about letters."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from borrowers.models import Address
from contacts.letter_models import LetterKind
from letters.lifecycle import IN_WORK, State
from letters.models import Letter
from loans.models import Portfolio
from ui.forms import FilterForm, day_field

TO_DO = "to_do"
CASE = re.compile(r"\A[Cc]?0*([0-9]{1,15})\Z")
# What is asked of the writer of each kind.
ASKED: dict[str, tuple[str, ...]] = {
    LetterKind.DEMAND: ("pay_by",),
    LetterKind.ACCELERATION: ("loan_no", "accelerates_on"),
    LetterKind.REPORT_NOTICE: ("report_on",),
    LetterKind.DISPUTE_ANSWER: ("loan_no", "filed_on", "result", "answer"),
    LetterKind.CLOSING: (),
}


class LetterFilter(FilterForm):
    """Narrows the list of letters."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), (TO_DO, _("to do")), *State.choices])
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *LetterKind.choices])
    portfolio = forms.ModelChoiceField(label=_("Portfolio"), queryset=Portfolio.objects.none(), empty_label=_("All"))
    case = forms.CharField(label=_("Case"), max_length=20)

    def __init__(self, *args: Any, portfolios: QuerySet[Portfolio], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField[Portfolio], self.fields["portfolio"]).queryset = portfolios

    def clean_case(self) -> str:
        """The number of a case, however much of C0000012 somebody typed."""
        asked = str(self.cleaned_data["case"]).strip()
        if not asked:
            return ""
        found = CASE.fullmatch(asked)
        if not found:
            raise forms.ValidationError(_("This is not the number of a case."))
        return found[1]

    def narrow(self, rows: QuerySet[Letter]) -> QuerySet[Letter]:
        """The letters that the form asks for."""
        asked = self.cleaned_data
        found = {name: asked[name] for name in ("kind", "portfolio", "case") if asked[name]}
        if asked["state"]:
            found["state__in"] = IN_WORK if asked["state"] == TO_DO else [asked["state"]]
        return rows.filter(**found)


class AddressChoice(forms.ModelChoiceField[Address]):
    """An address, masked as on every page."""

    def label_from_instance(self, obj: Address) -> str:
        """广东省深圳市****, with where it came from, since two may look the same."""
        return f"{obj.masked_street} · {obj.get_source_display()} · {obj.pk}"


class WriteForm(forms.Form):
    """What a letter says besides the figures; only what its kind needs is asked for."""

    address = AddressChoice(label=_("Address"), queryset=Address.objects.none(), empty_label=None)
    loan_no = forms.ChoiceField(label=_("Loan"))
    pay_by = day_field(_("Pay by"))
    accelerates_on = day_field(_("Due as a whole on"))
    report_on = day_field(_("Reported unless paid by"))
    filed_on = day_field(_("Disputed on"))
    result = forms.ChoiceField(
        label=_("Result"),
        choices=[("corrected", _("The record was wrong and is corrected")), ("upheld", _("The record is true"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("What was found"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The borrower reads it word for word, in the language of the letter."),
    )

    def __init__(
        self,
        *args: Any,
        kind: str,
        addresses: QuerySet[Address],
        loans: Sequence[str],
        today: dt.date,
        **kwargs: Any,
    ) -> None:
        month_end = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
        days = {"pay_by": today + dt.timedelta(days=15), "accelerates_on": today, "report_on": month_end}
        kwargs["initial"] = {**days, "filed_on": today, "address": addresses.first()}
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {"address", *ASKED[kind]}:
            del self.fields[name]
        cast(forms.ModelChoiceField[Address], self.fields["address"]).queryset = addresses
        if "loan_no" in self.fields:
            cast(forms.ChoiceField, self.fields["loan_no"]).choices = [(loan_no, loan_no) for loan_no in loans]

    def more(self) -> dict[str, str]:
        """What the writer said, as the letter takes it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "address"}
        return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in said.items()}


class PostForm(forms.Form):
    """How a letter goes out."""

    way = forms.ChoiceField(
        label=_("How it goes"),
        choices=[("mail", _("Registered mail")), ("hand", _("By hand"))],
        widget=forms.RadioSelect,
        initial="mail",
    )
    number = forms.CharField(
        label=_("Number of the registered mail, or who takes it there"),
        max_length=50,
    )
    despite_changes = forms.BooleanField(label=_("I have looked: it still says the truth"), required=False)

    def __init__(self, *args: Any, has_changed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_changed:
            del self.fields["despite_changes"]

    def reference(self) -> str:
        """What is kept of the way it went, in the words of whoever posted it."""
        said = str(self.cleaned_data["number"])
        return gettext("By hand: %(who)s") % {"who": said} if self.cleaned_data["way"] == "hand" else said


class NoteForm(forms.Form):
    """What became of a letter, and how somebody knows."""

    delivered = forms.TypedChoiceField(
        label=_("The letter was"),
        choices=[("yes", _("handed over at the address")), ("no", _("sent back by the post"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    on = day_field(_("On"))
    how = forms.CharField(
        label=_("How you know"),
        max_length=200,
        help_text=_("The slip of the post, its tracking page, or who handed it over to whom."),
    )


class VoidForm(forms.Form):
    """Why a letter is called off."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
