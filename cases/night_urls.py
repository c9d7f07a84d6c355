import datetime as dt

from django.urls import path, register_converter

from cases import night_views


class DayConverter:
    """A calendar day as 2026-10-31."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        """The day; ValueError, and so 404, where the calendar has none."""
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        """As it stands in the address."""
        return value.isoformat()


register_converter(DayConverter, "day")

app_name = "nights"
urlpatterns = [
    path("", night_views.NightList.as_view(), name="list"),
    path("<day:on>/", night_views.night_page, name="night"),
    path("<day:on>/progress/", night_views.progress, name="progress"),
    path("<day:on>/moves/<str:move>/", night_views.NightMoves.as_view(), name="moves"),
    path("set-aside/<int:pk>/try-again/", night_views.try_again, name="try_again"),
]
