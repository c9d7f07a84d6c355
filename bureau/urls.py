"""Addresses of the overdue record."""

from django.urls import URLPattern

app_name = "bureau"
urlpatterns: list[URLPattern] = []
