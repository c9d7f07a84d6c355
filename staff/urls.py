from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path

from staff import views

app_name = "staff"
urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.SignIn.as_view(), name="login"),
    # Also for somebody whose session ended meanwhile: signing out is never refused.
    path("logout/", login_not_required(LogoutView.as_view()), name="logout"),
    path("language/", views.language, name="language"),
    path("password/", views.password, name="password"),
    path("staff/", views.People.as_view(), name="people"),
    path("staff/add/", views.add_person, name="add_person"),
    path("staff/<int:pk>/", views.person, name="person"),
    path("staff/<int:pk>/password/", views.temporary_password, name="temporary_password"),
    path("teams/", views.Teams.as_view(), name="teams"),
    path("teams/add/", views.add_team, name="add_team"),
    path("teams/<int:pk>/", views.team, name="team"),
]
