"""Who works here."""

from django.db.models import Count, Q, QuerySet

from staff.models import Team, User
from staff.roles import Role


def people() -> QuerySet[User]:
    """Everybody, those who left too."""
    return User.objects.select_related("team")


def teams() -> QuerySet[Team]:
    """Every team, with the number of people who work in it now."""
    return Team.objects.annotate(headcount=Count("people", filter=Q(people__is_active=True)))


def headcount() -> list[tuple[str, int]]:
    """How many people work in each role now, roles without anybody included."""
    found = dict(
        User.objects.filter(is_active=True)
        .values_list("role")
        .annotate(people=Count("pk"))
        .values_list("role", "people")
    )
    return [(str(role.label), found.get(role.value, 0)) for role in Role]
