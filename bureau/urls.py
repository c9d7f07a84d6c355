"""Addresses of the overdue record."""

from django.urls import path

from bureau import dispute_views, views

app_name = "bureau"
urlpatterns = [
    path("", views.RunList.as_view(), name="runs"),
    path("start/", views.start, name="start"),
    path("runs/<int:pk>/", views.RunPage.as_view(), name="run"),
    path("runs/<int:pk>/progress/", views.progress, name="progress"),
    path("held/", views.HeldList.as_view(), name="held"),
    path("held/notices/", views.write_notices, name="write_notices"),
    path("exports/", views.make_export, name="make_export"),
    path("exports/<int:pk>/", views.download, name="download"),
    path("disputes/", dispute_views.DisputeList.as_view(), name="disputes"),
    path("disputes/<int:pk>/", dispute_views.dispute, name="dispute"),
    path("disputes/<int:pk>/answer/", dispute_views.answer, name="answer"),
    path("disputes/<int:pk>/letter/", dispute_views.write_letter, name="write_letter"),
    path("borrowers/<str:borrower_no>/", dispute_views.borrower_record, name="borrower"),
    path("borrowers/<str:borrower_no>/dispute/", dispute_views.open_dispute, name="open_dispute"),
    path("cases/<int:pk>/panel/", dispute_views.panel, name="panel"),
    path("my-day/", dispute_views.my_day, name="my_day"),
]
