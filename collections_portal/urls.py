"""Every address of the portal; each room owns the part under its prefix."""

from django.urls import include, path

urlpatterns = [
    path("", include("staff.urls")),
    path("audit/", include("audit.urls")),
    path("imports/", include("intake.urls")),
    path("", include("loans.urls")),
]
