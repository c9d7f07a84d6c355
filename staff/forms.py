"""Forms about people and teams."""

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from staff.models import Team, User
from staff.roles import Role
from ui.forms import FilterForm


class SignInForm(AuthenticationForm):
    """Username and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class PersonForm(forms.ModelForm[User]):
    """What a system admin may change about somebody."""

    class Meta:
        model = User
        fields = ("name", "role", "team", "language", "is_active")
        labels: ClassVar[dict[str, Any]] = {"is_active": _("Works here")}
        help_texts: ClassVar[dict[str, Any]] = {
            "is_active": _("Untick when somebody leaves: they are signed out at once, and what they did stays."),
            "team": _("Collectors, field agents and supervisors see the portfolios of their team."),
        }


class NewPersonForm(forms.ModelForm[User]):
    """A new member of staff; the first password is made by the portal."""

    class Meta:
        model = User
        fields = ("username", "name", "role", "team", "language")
        help_texts: ClassVar[dict[str, Any]] = {
            "username": _("What the person types to sign in; it cannot be changed later."),
            "team": _("Collectors, field agents and supervisors see the portfolios of their team."),
        }

    def clean_username(self) -> str:
        """A name that nobody else has, whatever the case of its letters."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("Somebody already signs in with this name."))
        return username


class PeopleFilter(FilterForm):
    """Find somebody on the staff."""

    q = forms.CharField(label=_("Name"))
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Any")), *Role.choices])
    team = forms.ModelChoiceField(Team.objects.order_by("name"), label=_("Team"), empty_label=_("Any"))
    gone = forms.ChoiceField(
        label=_("Works here"), choices=[("", _("Any")), ("no", _("Works here now")), ("yes", _("Has left"))]
    )

    def narrow(self, rows: QuerySet[User]) -> QuerySet[User]:
        """The people the filter asks for."""
        asked = self.cleaned_data
        if asked["q"]:
            rows = rows.filter(Q(username__icontains=asked["q"]) | Q(name__icontains=asked["q"]))
        if asked["role"]:
            rows = rows.filter(role=asked["role"])
        if asked["team"]:
            rows = rows.filter(team=asked["team"])
        if asked["gone"]:
            rows = rows.filter(is_active=asked["gone"] == "no")
        return rows


class TeamForm(forms.ModelForm[Team]):
    """The name of a team."""

    class Meta:
        model = Team
        fields = ("name",)
