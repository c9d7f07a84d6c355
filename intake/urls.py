from django.urls import path

from intake import views

app_name = "intake"
urlpatterns = [
    path("", views.RunList.as_view(), name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.run_page, name="run"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/load/", views.load, name="load"),
    path("<int:pk>/check/", views.check_again, name="check_again"),
    path("<int:pk>/discard/", views.discard, name="discard"),
    path("<int:pk>/rejects/<int:file_pk>/", views.rejects, name="rejects"),
]
