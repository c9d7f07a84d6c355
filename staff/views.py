"""Signing in, the first page, and the staff pages of the system admin."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import selectors as audit
from staff import selectors, services
from staff.access import person_of, requires
from staff.forms import NewPersonForm, PeopleFilter, PersonForm, SignInForm, TeamForm
from staff.models import Team, User
from staff.tables import EditablePeopleTable, EditableTeamTable, PeopleTable, TeamTable
from ui.views import ListPage

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _remember(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


class SignIn(LoginView):
    """The sign-in page; five wrong passwords lock it for a while (django-axes)."""

    template_name = "staff/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let the person in, in their own language."""
        response = super().form_valid(form)
        services.sign_in(by=person_of(self.request), at=timezone.now())
        _remember(response, person_of(self.request).language)
        return response


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch between Chinese and English; somebody who is signed in keeps the choice on every machine."""
    chosen, back = request.POST.get("language", ""), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen in dict(settings.LANGUAGES):
        _remember(response, chosen)
        if isinstance(request.user, User):
            services.choose_language(language=chosen, by=request.user)
    return response


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My day: where one's own work starts."""
    person = person_of(request)
    facts: dict[str, Any] = {"mine": audit.latest_of(person.pk)}
    if person.has_perm("audit.view"):
        facts["chain"] = audit.chain_state()
    if person.has_perm("staff.manage"):
        facts["headcount"] = selectors.headcount()
    return render(request, "staff/home.html", facts)


@get_or_post
@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """Choose one's own password."""
    person = person_of(request)
    form = PasswordChangeForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.change_own_password(password=form.cleaned_data["new_password1"], by=person, at=timezone.now())
        update_session_auth_hash(request, person)
        messages.success(request, _("Your password is changed."))
        return redirect("staff:home")
    return render(request, "staff/password.html", {"form": form})


class People(ListPage):
    """Everybody on the staff."""

    permission_required = "staff.view"
    title = gettext_lazy("People")
    filter_class = PeopleFilter
    template_name = "staff/people.html"

    def get_table_class(self) -> type[PeopleTable]:
        """With links for somebody who may change people."""
        return EditablePeopleTable if self.request.user.has_perm("staff.manage") else PeopleTable

    def rows(self) -> QuerySet[User]:
        """Everybody."""
        return selectors.people()


class Teams(ListPage):
    """Every team."""

    permission_required = "staff.view"
    title = gettext_lazy("Teams")
    template_name = "staff/teams.html"
    empty_title = gettext_lazy("No teams yet")
    empty_text = gettext_lazy("A team is who works a portfolio. Add the first one, then put people into it.")

    def get_table_class(self) -> type[TeamTable]:
        """With links for somebody who may change teams."""
        return EditableTeamTable if self.request.user.has_perm("staff.manage") else TeamTable

    def rows(self) -> QuerySet[Team]:
        """Every team."""
        return selectors.teams()


@get_or_post
@requires("staff.manage")
@never_cache
def add_person(request: HttpRequest) -> HttpResponse:
    """Add somebody and show their first password once."""
    form = NewPersonForm(request.POST or None, initial={"language": "zh-hans"})
    if request.method == "POST" and form.is_valid():
        by, at = person_of(request), timezone.now()
        person, secret = services.welcome(**form.cleaned_data, by=by, at=at)
        return render(request, "staff/temporary_password.html", {"person": person, "secret": secret, "is_new": True})
    return render(request, "staff/person_add.html", {"form": form})


@get_or_post
@requires("staff.manage")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Change somebody's role, team, name or language, or let them go."""
    somebody = get_object_or_404(selectors.people(), pk=pk)
    form = PersonForm(request.POST or None, instance=somebody)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_person(person=somebody, **form.cleaned_data, by=person_of(request), at=timezone.now())
        except services.StaffRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(person)s is changed.") % {"person": somebody})
            return redirect("staff:people")
    return render(request, "staff/person.html", {"form": form, "person": get_object_or_404(User, pk=pk)})


@get_or_post
@requires("staff.manage")
@never_cache
def temporary_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, then set a temporary password and show it once."""
    somebody = get_object_or_404(User, pk=pk)
    secret = ""
    if request.method == "POST":
        secret = services.set_temporary_password(person=somebody, by=person_of(request), at=timezone.now())
    return render(request, "staff/temporary_password.html", {"person": somebody, "secret": secret})


@get_or_post
@requires("staff.manage")
def add_team(request: HttpRequest) -> HttpResponse:
    """Add a team."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.add_team(name=form.cleaned_data["name"], by=person_of(request), at=timezone.now())
        messages.success(request, _("The team is added."))
        return redirect("staff:teams")
    return render(request, "staff/team.html", {"form": form})


@get_or_post
@requires("staff.manage")
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a team."""
    found = get_object_or_404(Team, pk=pk)
    form = TeamForm(request.POST or None, instance=Team(pk=found.pk, name=found.name))
    if request.method == "POST" and form.is_valid():
        services.rename_team(team=found, name=form.cleaned_data["name"], by=person_of(request), at=timezone.now())
        messages.success(request, _("The team is renamed."))
        return redirect("staff:teams")
    return render(request, "staff/team.html", {"form": form, "team": found})
