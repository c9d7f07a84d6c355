"""What a supervisor fills in to decide on a promise."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DecideForm(forms.Form):
    """Whether a promise beyond the limits is agreed to, by the button that was pressed, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stays in the promise's history."))

    def clean(self) -> dict[str, Any]:
        """Neither button is no answer: a promise is never declined by accident."""
        agree, decline = "agree" in self.data, "decline" in self.data
        if agree == decline:
            raise forms.ValidationError(_("Say whether you agree."))
        return {**self.cleaned_data, "agreed": agree}
