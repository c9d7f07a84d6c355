from django.urls import path

from reports import follow_up_views, story_views, views

app_name = "reports"
urlpatterns = [
    path("brief/", views.brief_page, name="brief"),
    path("brief/make/", views.make_brief, name="make_brief"),
    path("brief/<int:pk>/<str:kind>/", views.BriefLines.as_view(), name="brief_lines"),
    path("follow-up/", follow_up_views.follow_up_page, name="follow_up"),
    path("follow-up/<str:month>/<str:figure>/", follow_up_views.FollowUpCases.as_view(), name="follow_up_cases"),
    path("story/<int:pk>/", story_views.story_page, name="story"),
]
