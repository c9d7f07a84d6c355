"""Lists of people and teams."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from staff.models import Team, User
from ui.tables import MomentColumn, NumberColumn, PortalTable


class PeopleTable(PortalTable):
    """Everybody on the staff."""

    username = tables.Column(verbose_name=_("Signs in as"))
    is_active = tables.Column(verbose_name=_("Works here"))
    last_login = MomentColumn(verbose_name=_("Last signed in"))

    class Meta(PortalTable.Meta):
        model = User
        fields = ("username", "name", "role", "team", "language", "is_active", "last_login")
        order_by = ("username",)

    def render_is_active(self, value: bool) -> Any:
        """Whether the person works here now."""
        return _("Yes") if value else _("Has left")


class EditablePeopleTable(PeopleTable):
    """The same list for somebody who may change it."""

    username = tables.Column(verbose_name=_("Signs in as"), linkify=("staff:person", {"pk": tables.A("pk")}))

    class Meta(PeopleTable.Meta):
        pass


class TeamTable(PortalTable):
    """Every team."""

    headcount = NumberColumn(verbose_name=_("People"))

    class Meta(PortalTable.Meta):
        model = Team
        fields = ("name", "headcount")
        order_by = ("name",)


class EditableTeamTable(TeamTable):
    """The same list for somebody who may change it."""

    name = tables.Column(linkify=("staff:team", {"pk": tables.A("pk")}))

    class Meta(TeamTable.Meta):
        attrs: ClassVar[dict[str, Any]] = PortalTable.Meta.attrs
