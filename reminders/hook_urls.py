from django.urls import path

from reminders import hook_views

app_name = "hooks"
urlpatterns = [
    path("<slug:medium>/", hook_views.take, name="take"),
]
