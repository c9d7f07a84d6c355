"""What supervisors fill in to give cases to people."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.assignment_selectors import DeskStatus
from cases.assignment_services import Asked
from cases.lifecycle import OPEN
from cases.models import Strategy
from staff.models import User
from ui.forms import day_field

POOL, ALL = "pool", "all"
# One city a line, or with whatever people put between words in a list.
BETWEEN_CITIES = re.compile(r"[\n\r,;，；、]+")


class HandOverForm(forms.Form):
    """Which cases are to be given away, how, and why."""

    source = forms.ChoiceField(label=_("Which cases"))
    stage = forms.ChoiceField(
        label=_("Stage"),
        choices=[("", _("Every stage")), *((stage.value, stage.label) for stage in OPEN)],
        required=False,
    )
    strategy = forms.ChoiceField(label=_("How they are spread"), choices=Strategy)
    keep_promises = forms.BooleanField(
        label=_("Keep promises with who took them"),
        required=False,
        initial=True,
        help_text=_("A case with an open promise goes to who took it, where they are there and have room."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stays in the history of the cases."))

    def __init__(self, *args: Any, givers: Sequence[tuple[User, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.givers = {str(person.pk): person for person, _count in givers}
        theirs = [
            (str(person.pk), _("Cases of %(person)s (%(count)s)") % {"person": person, "count": count})
            for person, count in givers
        ]
        source = self.fields["source"]
        assert isinstance(source, forms.ChoiceField)
        source.choices = [(POOL, _("The pool: cases without an owner")), *theirs, (ALL, _("All open cases"))]

    @property
    def asked(self) -> Asked:
        """What was asked for; the form is valid."""
        said = self.cleaned_data
        return Asked(
            strategy=said["strategy"],
            giver=self.givers.get(said["source"]),
            from_pool=said["source"] == POOL,
            stage=said["stage"],
            keep_promises=said["keep_promises"],
        )


class DeskForm(forms.Form):
    """How many cases somebody can own, where, and when they are away."""

    capacity = forms.IntegerField(label=_("Capacity"), min_value=0, max_value=5000, help_text=_("Open cases at most."))
    cities = forms.CharField(
        label=_("Cities"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, written as in the borrowers' addresses; only needed to spread by district."),
    )
    away_from_on = day_field(_("Away from"), required=False)
    back_on = day_field(
        _("Back on"), required=False, help_text=_("The first day they are there again; empty while nobody knows.")
    )

    def clean_cities(self) -> list[str]:
        """The cities one by one."""
        cities = [city.strip() for city in BETWEEN_CITIES.split(self.cleaned_data["cities"])]
        if any(len(city) > 40 for city in cities):
            raise forms.ValidationError(_("A city has 40 characters at most."))
        return [city for city in cities if city]


class AssignForm(forms.Form):
    """Who gets one case, and why."""

    owner = forms.ChoiceField(label=_("Owner"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, desks: Sequence[DeskStatus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(desk.person.pk): desk.person for desk in desks}
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        owner.choices = [("", _("The pool")), *((str(desk.person.pk), _desk_label(desk)) for desk in desks)]

    @property
    def chosen(self) -> User | None:
        """Who was chosen, or nobody; the form is valid."""
        return self.people.get(self.cleaned_data["owner"])


def _desk_label(desk: DeskStatus) -> str:
    values = {"person": desk.person, "load": desk.load, "capacity": desk.desk.capacity}
    if desk.is_away:
        return str(_("%(person)s · away") % values)
    return str(_("%(person)s · %(load)s of %(capacity)s cases") % values)
