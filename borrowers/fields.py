"""A model field whose value is encrypted from the moment it is set until somebody reads it."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.query_utils import DeferredAttribute

from borrowers import vault

if TYPE_CHECKING:
    _TextOfString = models.TextField[str | Combinable, str]
else:
    # Django's own class takes no type parameters at run time.
    _TextOfString = models.TextField

# How a sealed value is written in a dump, so that a load knows it is not clear text.
DUMP_MARK = "sealed:"


class Sealed:
    """One encrypted value, which says nothing of itself in a log or an error page."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __repr__(self) -> str:
        return "<sealed>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)


def _sealed(value: str | Sealed) -> Sealed:
    return value if isinstance(value, Sealed) else Sealed(vault.seal(value))


class SealedAttribute(DeferredAttribute):
    """Keeps the sealed value in the object and opens it each time it is read: no clear text stays behind."""

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        return vault.unseal(value.token) if isinstance(value, Sealed) else value

    def __set__(self, instance: models.Model, value: str | Sealed) -> None:
        instance.__dict__[self.field.attname] = _sealed(value)


class EncryptedText(_TextOfString):
    """Text that the database only ever holds encrypted; it can be stored and read, not filtered by."""

    descriptor_class = SealedAttribute

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        """What a query returns stays sealed, in `values()` too."""
        return None if value is None else Sealed(value)

    def to_python(self, value: Any) -> Any:
        """Read a value of a dump."""
        if isinstance(value, str) and value.startswith(DUMP_MARK):
            return Sealed(value.removeprefix(DUMP_MARK))
        return value

    def get_prep_value(self, value: Any) -> Any:
        """Hand the database the encrypted text."""
        return None if value is None else _sealed(value).token

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Save without opening."""
        return model_instance.__dict__[self.attname]

    def value_from_object(self, obj: models.Model) -> Any:
        """What a dump or a generic form sees: the sealed value."""
        return obj.__dict__[self.attname]

    def value_to_string(self, obj: models.Model) -> str:
        """What a dump writes."""
        return f"{DUMP_MARK}{self.value_from_object(obj).token}"

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse a filter that could never find anything."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: find people with borrowers.selectors.search().")
        return super().get_lookup(lookup_name)
