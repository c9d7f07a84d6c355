from django.urls import path

from cases import assignment_views, hold_views, message_views, views

app_name = "cases"
urlpatterns = [
    path("", views.CaseList.as_view(), name="list"),
    path("<int:pk>/", views.case_page, name="case"),
    path("<int:pk>/assign/", assignment_views.assign, name="assign"),
    path("<int:pk>/step-back/", views.step_back, name="step_back"),
    path("<int:pk>/holds/new/", hold_views.place_hold, name="place_hold"),
    path("<int:pk>/holds/<int:hold_pk>/lift/", hold_views.lift_hold, name="lift_hold"),
    path("<int:pk>/opt-outs/<int:opt_out_pk>/lift/", message_views.lift_opt_out, name="lift_opt_out"),
]
