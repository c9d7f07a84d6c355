"""Addresses of messages: the board, the list, one message, the senders, and what waits for an answer."""

from django.urls import path

from reminders import answer_views, outbox_views

app_name = "outbox"
urlpatterns = [
    path("", outbox_views.board, name="board"),
    path("list/", outbox_views.OutboxList.as_view(), name="list"),
    path("answers/", answer_views.AnswerList.as_view(), name="answers"),
    path("answers/<int:pk>/", answer_views.answer, name="answer"),
    path("senders/<str:medium>/pause/", outbox_views.pause_sender, name="pause"),
    path("senders/<str:medium>/resume/", outbox_views.resume_sender, name="resume"),
    path("senders/<str:medium>/rate/", outbox_views.change_rate, name="rate"),
    path("<int:pk>/", outbox_views.message_page, name="message"),
    path("<int:pk>/look-up/", outbox_views.look_up, name="look_up"),
    path("<int:pk>/settle/", outbox_views.settle, name="settle"),
    path("<int:pk>/call-off/", outbox_views.call_off, name="call_off"),
]
