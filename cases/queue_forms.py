"""What narrows the queue."""

from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cases.lifecycle import CHASED, Stage
from cases.models import Case
from cases.queue_wording import LINES
from loans.models import Portfolio
from rulebook.priority import Line
from staff.models import User
from ui.forms import FilterForm

OURS, MINE, POOL, TEAM = "", "mine", "pool", "team"
WHOSE = [(OURS, _("Mine and the pool")), (MINE, _("Mine")), (POOL, _("The pool")), (TEAM, _("The whole team"))]


class QueueFilter(FilterForm):
    """Narrows the queue; without it one sees one's own cases and the pool's, less what waits."""

    whose = forms.ChoiceField(label=_("Whose"), choices=WHOSE)
    line = forms.ChoiceField(label=_("Queue line"))
    stage = forms.ChoiceField(label=_("Stage"))
    portfolio = forms.ModelChoiceField(label=_("Portfolio"), queryset=Portfolio.objects.none(), empty_label=_("All"))

    def __init__(self, *args: Any, portfolios: QuerySet[Portfolio], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        cast(forms.ModelChoiceField[Portfolio], self.fields["portfolio"]).queryset = portfolios
        lines = [(line.name.lower(), LINES[line]) for line in Line]
        cast(forms.ChoiceField, self.fields["line"]).choices = [("", _("All but waiting")), *lines]
        stages = [(stage.value, stage.label) for stage in Stage if stage in CHASED]
        cast(forms.ChoiceField, self.fields["stage"]).choices = [("", _("All")), *stages]

    def narrow(self, rows: QuerySet[Case]) -> QuerySet[Case]:
        """The cases that the form asks for."""
        asked = self.cleaned_data
        mine, pool = Q(owner=self.user), Q(owner=None)
        whose = {OURS: mine | pool, MINE: mine, POOL: pool, TEAM: Q()}
        rows = rows.filter(whose[asked["whose"]])
        if asked["stage"]:
            rows = rows.filter(stage=asked["stage"])
        if asked["portfolio"]:
            rows = rows.filter(portfolio=asked["portfolio"])
        return rows.filter(line=Line[asked["line"].upper()]) if asked["line"] else rows.filter(line__lt=Line.WAITING)
