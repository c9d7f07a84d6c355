"""Addresses of what waits for a second pair of eyes."""

from django.urls import path

from approvals import case_views, views

app_name = "approvals"
urlpatterns = [
    path("", views.ApprovalList.as_view(), name="list"),
    path("my-day/", views.my_day, name="my_day"),
    path("<int:pk>/", views.approval_page, name="approval"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("cases/<int:pk>/panel/", case_views.panel, name="panel"),
    path("cases/<int:pk>/ask/<str:kind>/", case_views.ask, name="ask"),
    path("cases/<int:pk>/visits-waived/", case_views.waive, name="waive"),
]
