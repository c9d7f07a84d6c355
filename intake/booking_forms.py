"""What people fill in to book money on a loan."""

from django import forms
from django.utils.translation import gettext_lazy as _

from loans.models import Channel
from ui.forms import day_field


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


class SeenForm(forms.Form):
    """What a preview was made from: the date shown and the last event known then."""

    on = forms.DateField(input_formats=["%Y-%m-%d"], widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
