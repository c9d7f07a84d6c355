"""Addresses of letters to borrowers."""

from django.urls import path

from letters import life_views, views

app_name = "letters"
urlpatterns = [
    path("", views.LetterList.as_view(), name="list"),
    path("<int:pk>/", views.letter_page, name="letter"),
    path("<int:pk>/pdf/", views.pdf, name="pdf"),
    path("<int:pk>/post/", life_views.post, name="post"),
    path("<int:pk>/note/", life_views.note, name="note"),
    path("<int:pk>/void/", life_views.void, name="void"),
    path("write/<int:pk>/", views.write, name="write"),
    path("of/<int:pk>/", views.panel, name="panel"),
]
