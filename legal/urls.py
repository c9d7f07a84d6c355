"""Addresses of legal referrals."""

from django.urls import path

from legal import bundle_views, money_views, views

app_name = "legal"
urlpatterns = [
    path("", views.LegalList.as_view(), name="list"),
    path("my-day/", views.my_day, name="my_day"),
    path("cases/<int:pk>/", views.case_page, name="case"),
    path("cases/<int:pk>/panel/", views.panel, name="panel"),
    path("cases/<int:pk>/open/", views.open_referral, name="open"),
    path("cases/<int:pk>/accelerate/", money_views.accelerate, name="accelerate"),
    path("referrals/<int:pk>/step/", views.take_step, name="step"),
    path("referrals/<int:pk>/correct/", views.correct_step, name="correct"),
    path("referrals/<int:pk>/cost/", money_views.charge_cost, name="cost"),
    path("referrals/<int:pk>/bundle/", bundle_views.freeze, name="freeze"),
    path("bundles/<int:pk>/", bundle_views.download, name="bundle"),
    path("costs/<int:pk>/receipt/", bundle_views.receipt, name="receipt"),
]
