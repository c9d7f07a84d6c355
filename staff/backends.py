"""Answers "may this person?" from the table of roles."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from staff.models import User
from staff.roles import permissions_of


class RoleBackend(ModelBackend):
    """Password sign-in as Django does it; permissions only from `staff.roles.PERMISSIONS`."""

    def get_all_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: Any = None) -> set[str]:
        """What the person may do; nothing for somebody who left."""
        if not isinstance(user_obj, User) or not user_obj.is_active:
            return set()
        return permissions_of(user_obj.role)
