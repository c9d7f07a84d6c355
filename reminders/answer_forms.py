"""What people fill in about what a borrower wrote."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AnswerForm(forms.Form):
    """What was done about a borrower's message."""

    note = forms.CharField(
        label=_("What was done"), max_length=200, error_messages={"required": _("Say what was done.")}
    )
