"""The people who work in the portal, and their teams."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.roles import Role


class Team(models.Model):
    """People who work the same portfolios."""

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class PeopleManager(UserManager["User"]):
    """Makes `manage.py createsuperuser` give the portal its first system admin."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> "User":
        """A system admin, not a superuser: nobody stands above the table of permissions."""
        return self.create_user(username, email, password, **{**extra_fields, "role": Role.SYSTEM_ADMIN})


class User(AbstractUser):
    """One member of staff: a name to sign in with, a role, and perhaps a team."""

    # One name, written as people write it: 王芳 has no "last name" field.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("full name"), max_length=80, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    team = models.ForeignKey(Team, models.PROTECT, verbose_name=_("team"), null=True, blank=True, related_name="people")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    must_change_password = models.BooleanField(_("must choose a new password"), default=False)

    objects: ClassVar[PeopleManager] = PeopleManager()
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="staff_user_role_known"),
            # A superuser would pass every permission check without being in the table of roles.
            models.CheckConstraint(condition=models.Q(is_superuser=False), name="staff_user_never_superuser"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name colleagues use."""
        return str(self)

    def get_short_name(self) -> str:
        """The name colleagues use."""
        return str(self)
