"""Every address of the portal; each room owns the part under its prefix."""

from django.urls import include, path

from collections_portal.health import healthz

urlpatterns = [
    path("healthz/", healthz),
    path("", include("staff.urls")),
    path("audit/", include("audit.urls")),
    path("imports/", include("intake.urls")),
    path("", include("loans.urls")),
    path("", include("intake.booking_urls")),
    path("cases/", include("cases.urls")),
    path("", include("cases.desk_urls")),
    path("assignment/", include("cases.assignment_urls")),
    path("nights/", include("cases.night_urls")),
    path("hooks/", include("reminders.hook_urls")),
    path("messages/", include("reminders.outbox_urls")),
    path("texts/", include("reminders.template_urls")),
    path("visits/", include("visits.urls")),
    path("letters/", include("letters.urls")),
    path("legal/", include("legal.urls")),
    path("bureau/", include("bureau.urls")),
    path("approvals/", include("approvals.urls")),
    path("reports/", include("reports.urls")),
]
