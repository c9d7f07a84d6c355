from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("brief/", views.brief_page, name="brief"),
    path("brief/make/", views.make_brief, name="make_brief"),
    path("brief/<int:pk>/<str:kind>/", views.BriefLines.as_view(), name="brief_lines"),
]
