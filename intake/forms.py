"""The form that takes a tape."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ManyFiles(forms.ClearableFileInput):
    """A field of a page in which several files are chosen at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files, each checked like one."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Every file that was chosen; none at all is refused when the field is required."""
        several = (data if isinstance(data, list | tuple) else [data]) or [None]
        return [super(ManyFilesField, self).clean(file, initial) for file in several]


class TapeForm(forms.Form):
    """The files of one tape."""

    tape = ManyFilesField(
        label=_("Files"),
        max_length=200,
        help_text=_("One to five files, CSV (UTF-8 or GB18030) or XLSX, 50 MB together."),
        widget=ManyFiles(attrs={"accept": ".csv,.xlsx"}),
    )
