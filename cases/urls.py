from django.urls import path

from cases import views

app_name = "cases"
urlpatterns = [
    path("", views.CaseList.as_view(), name="list"),
    path("<int:pk>/", views.case_page, name="case"),
    path("<int:pk>/step-back/", views.step_back, name="step_back"),
]
