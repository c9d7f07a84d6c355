"""What a supervisor fills in to decide on a promise."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DecideForm(forms.Form):
    """Why a promise beyond the limits is agreed to or not."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stays in the promise's history."))
