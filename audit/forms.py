"""The filter of the audit list."""

import datetime as dt

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.models import AuditEntry
from ui.forms import FilterForm


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


class EntryFilter(FilterForm):
    """Who, what, about whom, and when."""

    actor = forms.CharField(label=_("Who"))
    action = forms.CharField(
        label=_("Action"), widget=forms.TextInput(attrs={"placeholder": "borrowers.reveal", "spellcheck": "false"})
    )
    subject = forms.CharField(
        label=_("Subject"), widget=forms.TextInput(attrs={"placeholder": "loan L00000001", "spellcheck": "false"})
    )
    since = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The entries the filter asks for; an action may be only its beginning, such as a room."""
        asked = self.cleaned_data
        if asked["actor"]:
            rows = rows.filter(actor_name=asked["actor"])
        if asked["action"]:
            rows = rows.filter(action__startswith=asked["action"])
        if asked["subject"]:
            rows = rows.filter(subject__startswith=asked["subject"])
        if asked["since"]:
            rows = rows.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            rows = rows.filter(at__lt=_midnight(asked["until"] + dt.timedelta(days=1)))
        return rows
