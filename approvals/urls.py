"""Addresses of what waits for a second pair of eyes."""

from django.urls import URLPattern

app_name = "approvals"
urlpatterns: list[URLPattern] = []
