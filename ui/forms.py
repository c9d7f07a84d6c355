"""The form above a list."""

from typing import Any

from django import forms
from django.db.models import QuerySet


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
