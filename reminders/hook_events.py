"""What gateways tell of messages, as they write it; anything else is refused by the name of its field."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

MOST = 100  # events in one call
LONGEST_ID = 58  # characters; with the medium before it, it fits the column
# An event may lie so far ahead, since no two clocks agree, and so far back, since a gateway may have been away.
AHEAD = dt.timedelta(minutes=5)
BACK = dt.timedelta(days=90)


class Malformed(Exception):
    """A body that is not understood: which field, as "at" or "3.at", and why, without anything that stood in it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("no control characters")
    return text


Word = Annotated[str, AfterValidator(_printable)]


class HookEvent(BaseModel):
    """One thing that happened to a message: it was delivered, failed, came back, or was replied to.

    `event` is the gateway's own number for it and is taken once; `key` is the one the message was sent with. `medium`
    may be left out, since the address says it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    event: Annotated[str, StringConstraints(pattern=rf"^[A-Za-z0-9._:-]{{1,{LONGEST_ID}}}$")]
    kind: Literal["delivered", "failed", "bounced", "replied"]
    at: AwareDatetime
    medium: Literal["sms", "email"] | None = None
    reason: Annotated[Word, StringConstraints(max_length=300)] = ""
    # Whether the number or address itself is bad, so that nobody should write to it again.
    permanent: bool = False
    sender: Annotated[Word, StringConstraints(max_length=254), Field(alias="from", validate_default=True)] = ""
    text: Annotated[str, StringConstraints(max_length=20_000), Field(validate_default=True)] = ""
    key: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{32})?$"), Field(validate_default=True)] = ""

    @field_validator("text")
    @classmethod
    def _a_reply_says_something(cls, text: str, info: ValidationInfo) -> str:
        if info.data.get("kind") == "replied" and not text.strip():
            raise ValueError("a reply has a text")
        return text

    @field_validator("key")
    @classmethod
    def _says_which_message(cls, key: str, info: ValidationInfo) -> str:
        by_number = info.data.get("kind") == "replied" and info.data.get("sender")
        if not key and not by_number:
            raise ValueError("needed, unless a reply says where it is from")
        return key

    def refuse_impossible(self, medium: str, now: dt.datetime, place: str) -> Self:
        """Raise Malformed for another medium than the address says, and a moment still to come or long past."""
        if self.medium not in (None, medium):
            raise Malformed(f"{place}medium", "is another than that of the address")
        if not now - BACK <= self.at <= now + AHEAD:
            raise Malformed(f"{place}at", "is still to come or more than 90 days past")
        return self


_ONE = TypeAdapter(HookEvent)
_MANY: TypeAdapter[list[HookEvent]] = TypeAdapter(Annotated[list[HookEvent], Field(min_length=1, max_length=MOST)])


def read_events(body: bytes, medium: str, now: dt.datetime) -> list[HookEvent]:
    """The events of a body, which is one or a list of at most a hundred. Raises Malformed."""
    is_list = body.lstrip()[:1] == b"["
    try:
        events = _MANY.validate_json(body) if is_list else [_ONE.validate_json(body)]
    except ValidationError as refused:
        first = refused.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise Malformed(field, first["msg"]) from None
    return [
        event.refuse_impossible(medium, now, f"{number}." if is_list else "") for number, event in enumerate(events)
    ]
