"""Digests by which a person is found without anything being decrypted, and without the search being written down."""

import hmac
import json
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import phonenumbers
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext_lazy as _

from borrowers.spellings import folded, spellings

# Half of SHA-256: no two values of a country collide, and the index stays small.
DIGEST_BYTES = 16
# Numbers without a country code are read as Chinese ones.
REGION = "CN"
MIN_LETTERS = 2
MIN_PHONE_DIGITS = 7
MAX_TEXT = 100


class KeyKind(models.TextChoices):
    """What a search key was made of."""

    BORROWER_NO = "borrower_no", _("Borrower number")
    PHONE = "phone", _("Phone")
    PHONE_LAST4 = "phone_last4", _("Last four digits of the phone")
    ID_NUMBER = "id_number", _("ID number")
    ID_LAST4 = "id_last4", _("Last four characters of the ID number")
    NAME = "name", _("Full name")
    PINYIN = "pinyin", _("Pinyin")
    INITIALS = "initials", _("Pinyin initials")


Key = tuple[KeyKind, bytes]


@lru_cache(maxsize=64)
def _key_for(secret: str, purpose: str) -> bytes:
    if not secret:
        raise ImproperlyConfigured("BLIND_INDEX_KEY is empty: people could not be found.")
    # One key for each purpose: equal values under two purposes must not look equal.
    return hmac.digest(secret.encode(), f"borrowers:{purpose}".encode(), "sha256")


def digest(purpose: str, text: str) -> bytes:
    """The keyed digest of a normalised text; the same text has another digest for another purpose."""
    return hmac.digest(_key_for(settings.BLIND_INDEX_KEY, purpose), text.encode(), "sha256")[:DIGEST_BYTES]


def row_digest(purpose: str, values: Iterable[str]) -> str:
    """The keyed digest of a whole row, to see whether it is the same row without decrypting the one on file."""
    return digest(purpose, json.dumps(list(values), ensure_ascii=False)).hex()


def phone_digits(text: str) -> str:
    """A phone number in one form: national digits for China, with the country code for others."""
    plain = unicodedata.normalize("NFKC", text)
    try:
        number = phonenumbers.parse(plain, REGION)
    except phonenumbers.NumberParseException:
        return "".join(mark for mark in plain if mark in "0123456789")
    if number.country_code == phonenumbers.country_code_for_region(REGION):
        return str(number.national_number)
    return f"{number.country_code}{number.national_number}"


def plain_name(text: str) -> str:
    """A name in one form: NFKC, lower case, letters and their marks only, so that spaces and · do not matter."""
    letters = unicodedata.normalize("NFKC", text).casefold()
    return "".join(mark for mark in letters if unicodedata.category(mark)[0] in "LM")


def _code(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def keys_of_person(*, borrower_no: str, name: str, id_number: str) -> set[Key]:
    """Every key under which a borrower is found by number, ID number or name."""
    whole, initials = spellings(name)
    found = {(KeyKind.BORROWER_NO, _code(borrower_no)), (KeyKind.NAME, plain_name(name))}
    if identity := _code(id_number):
        found |= {(KeyKind.ID_NUMBER, identity), (KeyKind.ID_LAST4, identity[-4:])}
    found |= {(KeyKind.PINYIN, spelling) for spelling in whole}
    found |= {(KeyKind.INITIALS, letters) for letters in initials}
    return {(kind, digest(kind, text)) for kind, text in found}


def keys_of_phone(number: str) -> set[Key]:
    """The keys under which a borrower is found by one of their phones."""
    digits = phone_digits(number)
    if not digits:
        return set()
    found = {(KeyKind.PHONE, digits), (KeyKind.PHONE_LAST4, digits[-4:])}
    return {(kind, digest(kind, text)) for kind, text in found}


def keys_of_search(text: str) -> set[Key]:
    """What a typed text may mean; empty when it is empty, too short or too long to mean anybody."""
    code = _code(text)
    if not MIN_LETTERS <= len(code) <= MAX_TEXT:
        return set()
    found = {(KeyKind.BORROWER_NO, code)}
    digits = "".join(mark for mark in code if mark not in "+-().")
    body = digits[:-1] if digits.endswith("X") else digits
    if body.isascii() and body.isdigit():
        found |= _numbers(digits, text)
    elif not any(mark.isdigit() for mark in code):
        found |= _names(text)
    return {(kind, digest(kind, meaning)) for kind, meaning in found if meaning}


def _numbers(digits: str, text: str) -> set[tuple[KeyKind, str]]:
    if len(digits) == 4:
        return {(KeyKind.PHONE_LAST4, digits), (KeyKind.ID_LAST4, digits)}
    if len(digits) in (15, 18):
        return {(KeyKind.ID_NUMBER, digits), (KeyKind.PHONE, phone_digits(text))}
    return {(KeyKind.PHONE, phone_digits(text))} if len(digits) >= MIN_PHONE_DIGITS else set()


def _names(text: str) -> set[tuple[KeyKind, str]]:
    name, typed = plain_name(text), folded(text)
    if len(name) < MIN_LETTERS:
        return set()
    found = {(KeyKind.NAME, name)}
    # Latin letters, with or without tone marks, are pinyin or initials; 李George is only a name.
    if len(typed) == len(name):
        found |= {(KeyKind.PINYIN, typed), (KeyKind.INITIALS, typed)}
    return found
