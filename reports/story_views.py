"""The page that tells the whole life of a case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cases.selectors import cases_visible_to
from cases.services import labels
from reports.story_selectors import balances, story
from staff.access import person_of, requires


@require_GET
@requires("cases.view")
@never_cache
def story_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened to a case from the first day on, who did it, why, by which policy version, and where money went."""
    user, today = person_of(request), timezone.localdate()
    case = get_object_or_404(cases_visible_to(user), pk=pk)
    context = {
        "case": case,
        "chapters": story(case, user),
        "balances": balances(case, today),
        "labels": labels(),
        "today": today,
    }
    return render(request, "reports/story.html", context)
