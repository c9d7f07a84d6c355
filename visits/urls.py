"""Addresses of visits."""

from django.urls import path

from visits import board_views, today_views, views

app_name = "visits"
urlpatterns = [
    path("", board_views.board, name="board"),
    path("all/", board_views.VisitList.as_view(), name="list"),
    path("today/", today_views.today, name="today"),
    path("my-day/", views.my_day, name="my_day"),
    path("case/<int:pk>/", views.panel, name="panel"),
    path("case/<int:pk>/request/", views.request_visit, name="request"),
    path("<int:pk>/", views.visit_page, name="visit"),
    path("<int:pk>/decide/", board_views.decide, name="decide"),
    path("<int:pk>/plan/", board_views.plan, name="plan"),
    path("<int:pk>/address/", today_views.address, name="address"),
    path("<int:pk>/accept/", today_views.accept, name="accept"),
    path("<int:pk>/arrive/", today_views.arrive, name="arrive"),
    path("<int:pk>/finish/", today_views.finish, name="finish"),
    path("<int:pk>/photos/", today_views.add_photo, name="add_photo"),
    path("<int:pk>/photos/<int:number>/", views.photo, name="photo"),
    path("<int:pk>/answer/", today_views.answer, name="answer"),
    path("<int:pk>/review/", views.review, name="review"),
]
