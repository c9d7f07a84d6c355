"""What people fill in about texts and lenders."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from borrowers.models import Medium
from reminders.models import Language, Voice
from reminders.template_lifecycle import VersionState
from reminders.template_selectors import SAID_OF_A_LENDER, Place, Row
from ui.forms import FilterForm


class TextFilter(FilterForm):
    """Narrows the list of texts."""

    step = forms.CharField(label=_("Step"), max_length=30)
    medium = forms.ChoiceField(label=_("Medium"), choices=[("", _("All")), *Medium.choices])
    language = forms.ChoiceField(label=_("Language"), choices=[("", _("All")), *Language.choices])
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", _("All")),
            ("missing", _("No text in use")),
            (VersionState.SUBMITTED, _("Waits for a second person")),
            (VersionState.DRAFT, _("Somebody is writing")),
        ],
    )

    def narrowed(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that the form asks for."""
        asked = self.cleaned_data
        step = asked["step"].strip().lower()
        return [
            row
            for row in rows
            if (not step or step in row.place.step or step in row.place.when.lower())
            and (not asked["medium"] or row.place.medium == asked["medium"])
            and (not asked["language"] or row.place.language == asked["language"])
            and (not asked["state"] or _state(row) == asked["state"])
        ]


def _state(row: Row) -> str:
    return row.in_work.state if row.in_work else "" if row.in_use else "missing"


class CaseNumberForm(forms.Form):
    """On which case a wording is shown."""

    case_no = forms.CharField(
        label=_("Shown on case"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control form-control-sm", "placeholder": "C0000001"}),
        help_text=_("Empty: the first open case that it fits."),
    )


class WordingForm(forms.Form):
    """A wording; `seen` is when the draft was written that it began from."""

    title = forms.CharField(
        label=_("Subject line"),
        max_length=200,
        required=False,
        help_text=_("It shows on a locked screen: nothing about the debt."),
    )
    body = forms.CharField(label=_("Text"), max_length=5000, widget=forms.Textarea(attrs={"rows": 12}))
    note = forms.CharField(
        label=_("What changed"), max_length=200, required=False, help_text=_("For the person who has to agree.")
    )
    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if place.medium == Medium.SMS:
            del self.fields["title"]

    def clean(self) -> dict[str, Any]:
        """A text message has no subject line."""
        cleaned = super().clean() or {}
        return {"title": "", **cleaned}


class DecideForm(forms.Form):
    """What somebody says who decides about a colleague's wording."""

    said = forms.CharField(
        label=_("What you say to it"), max_length=200, required=False, help_text=_("Needed to send it back.")
    )


class LenderForm(forms.ModelForm[Voice]):
    """What messages about a portfolio say of the lender; what is left empty blocks sending."""

    class Meta:
        model = Voice
        fields = SAID_OF_A_LENDER
        help_texts = {
            "how_to_pay": _("A whole sentence."),
            "how_to_pay_zh": _("A whole sentence."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
