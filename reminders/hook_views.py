"""Where gateways tell what became of messages. Nobody signs in here: every call is signed."""

import datetime as dt
import hashlib

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from borrowers.models import Medium
from reminders.hook_events import HookEvent, Malformed, read_events
from reminders.receipt_services import Replayed, record_event
from reminders.signatures import is_signed

LARGEST = 64 * 1024  # bytes of a body
UNKNOWN = ("unknown_key", "unknown_number")

log = structlog.get_logger(__name__)


class HookRefused(Exception):
    """Why a call was not taken; nothing was changed by it."""

    def __init__(self, status: int, why: str, **said: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.said = said


@csrf_exempt
@login_not_required
@never_cache
def take(request: HttpRequest, medium: str) -> HttpResponse:
    """Take what a gateway tells of messages: 204 for one new event, else what came of each."""
    at, body = timezone.now(), b""
    try:
        _refuse_odd(request, medium)
        body = request.read(LARGEST + 1)
        events = _events(request, medium, body, at)
    except HookRefused as refused:
        digest = hashlib.sha256(body).hexdigest() if body else ""
        said = {"why": refused.why, "medium": medium[:20], "remote": request.META.get("REMOTE_ADDR", "")}
        log.warning("hook refused", **said, digest=digest)
        answer = JsonResponse({"error": refused.why, **refused.said}, status=refused.status)
        if refused.status == 405:
            answer["Allow"] = "POST"
        return answer
    return _answer(events, medium, at)


def _refuse_odd(request: HttpRequest, medium: str) -> None:
    """Raise HookRefused for what can be told before anything of the body is read."""
    if request.method != "POST":
        raise HookRefused(405, "method")
    if medium not in Medium.values:
        raise HookRefused(404, "medium")
    if request.content_type != "application/json":
        raise HookRefused(415, "content_type")
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > LARGEST:
        raise HookRefused(413, "too_large")


def _events(request: HttpRequest, medium: str, body: bytes, at: dt.datetime) -> list[HookEvent]:
    if len(body) > LARGEST:
        raise HookRefused(413, "too_large")
    timestamp = request.headers.get("X-Timestamp", "")
    signature = request.headers.get("X-Signature", "")
    path = request.get_full_path()
    if not is_signed(settings.HOOK_KEYS, signature, timestamp, "POST", path, body, now=at.timestamp()):
        raise HookRefused(401, "signature")
    try:
        return read_events(body, medium, at)
    except Malformed as malformed:
        raise HookRefused(400, "malformed", field=malformed.field, problem=malformed.why) from None


def _answer(events: list[HookEvent], medium: str, at: dt.datetime) -> HttpResponse:
    """Each event is a transaction of its own, so that a call that broke off goes on where it stopped when repeated."""
    came_to: dict[str, str] = {}
    seen: list[str] = []
    for event in events:
        try:
            came_to[event.event] = record_event(event=event, medium=medium, at=at)
        except Replayed:
            seen.append(event.event)
            continue
        if came_to[event.event] in UNKNOWN:
            log.warning("hook about nobody", why=came_to[event.event], medium=medium, hook_event=event.event)
    if len(events) == 1 and not seen:
        return HttpResponse(status=204)
    return JsonResponse({"came_to": came_to, "seen": seen})
