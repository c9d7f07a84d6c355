"""The form above a list, and fields that every room uses."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _


class FilterForm(forms.Form):
    """Narrows a list by what stands in the address; every field is optional."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs.setdefault("class", f"{kind} {kind}-sm")

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the form asks for."""
        return rows

    @property
    def is_active(self) -> bool:
        """Whether anything is asked for."""
        return any(self.data.get(self.add_prefix(name)) for name in self.fields)


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A calendar day, picked or typed as 2026-10-31."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control form-control-sm"})
    return forms.DateField(label=label, input_formats=["%Y-%m-%d"], widget=widget, **kwargs)


class OnForm(forms.Form):
    """The date on which a loan is looked at."""

    on = day_field(_("As of"))


def asked_day(data: Any, today: dt.date) -> dt.date:
    """The date somebody asked for in the address; today where there is none or it is not a date."""
    form = OnForm(data)
    return form.cleaned_data["on"] if form.is_valid() else today
