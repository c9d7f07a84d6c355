"""How personal data looks on a page, in an error and in a log: enough to recognise, too little to use."""

import re
import unicodedata
from collections.abc import Callable

STARS = "****"
# What personal data looks like in the middle of free text: a Chinese ID number, a Chinese mobile, an e-mail address.
_ID_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
_PHONE_IN_TEXT = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])")
_EMAIL_IN_TEXT = re.compile(r"[^\s@<>,;:]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ID_SHAPE = re.compile(r"[0-9]{14,17}[0-9Xx]")
_DOMAIN_SHAPE = re.compile(r"([A-Za-z0-9-]+\.)+[A-Za-z]{2,}")


def mask_name(value: str) -> str:
    """Show the first character only, never how long the name is: 张三丰 is 张*."""
    text = unicodedata.normalize("NFKC", value).strip()
    return text[0] + "*" if len(text) > 1 else "*" * len(text)


def mask_phone(value: str) -> str:
    """Show the first three and last four digits of a full number: 138****1234; a short one shows two, or none."""
    digits = "".join(mark for mark in unicodedata.normalize("NFKC", value) if mark in "0123456789")
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) >= 11:
        return digits[:3] + STARS + digits[-4:]
    if len(digits) >= 7:
        return STARS + digits[-2:]
    return STARS if value.strip() else ""


def mask_id_number(value: str) -> str:
    """Hide the birthday in the middle: 990000********0022; anything that is no ID number is hidden whole."""
    text = unicodedata.normalize("NFKC", value).strip()
    if _ID_SHAPE.fullmatch(text):
        return text[:6] + "*" * (len(text) - 10) + text[-4:]
    return "*" * len(text)


def mask_email(value: str) -> str:
    """Show the first letter and the domain: b***@example.test."""
    local, at_sign, domain = value.strip().rpartition("@")
    if not at_sign or not _DOMAIN_SHAPE.fullmatch(domain):
        return "***" if value.strip() else ""
    return local[:1] + "***@" + domain


def mask_address(value: str, *, province: str = "", city: str = "") -> str:
    """Show the province and the city, which are told apart from the street, and hide the street whole."""
    place = city if city == province else province + city
    return place + (STARS if value.strip() else "")


def redact(text: str) -> str:
    """Mask whatever looks like an ID number, a mobile number or an e-mail address inside free text."""
    text = _EMAIL_IN_TEXT.sub(lambda found: mask_email(found.group()), text)
    text = _ID_IN_TEXT.sub(lambda found: mask_id_number(found.group()), text)
    return _PHONE_IN_TEXT.sub(lambda found: mask_phone(found.group()), text)


# Codes stand beside personal columns in a tape: a row that slipped by one column must not show a phone as a "source".
_MASKS: dict[str, Callable[[str], str]] = {
    "name": mask_name,
    "id_number": mask_id_number,
    "phone": mask_phone,
    "email": mask_email,
    "address": mask_address,
    **dict.fromkeys(("phone_source", "source", "relation", "language", "province", "city"), redact),
}


def mask(field: str, value: str) -> str:
    """Mask the value of one field of a tape; fields without personal data come back unchanged."""
    return _MASKS[field](value) if field in _MASKS else value
