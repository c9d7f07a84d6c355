"""Addresses of the texts of messages."""

from django.urls import path

from reminders import template_views as views

app_name = "texts"
urlpatterns = [
    path("", views.text_list, name="list"),
    path("lenders/", views.lenders, name="lenders"),
    path("lenders/<int:pk>/", views.lender, name="lender"),
    path("versions/<int:pk>/submit/", views.submit, name="submit"),
    path("versions/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("versions/<int:pk>/decide/", views.decide, name="decide"),
    path("<slug:step>/<slug:medium>/<slug:language>/", views.text, name="text"),
    path("<slug:step>/<slug:medium>/<slug:language>/write/", views.write, name="write"),
    path("<slug:step>/<slug:medium>/<slug:language>/preview/", views.preview, name="preview"),
]
