from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("", views.Entries.as_view(), name="list"),
    path("verify/", views.verify, name="verify"),
    path("<int:pk>/", views.entry, name="entry"),
]
