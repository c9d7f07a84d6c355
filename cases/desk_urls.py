from django.urls import path

from cases import desk_views, message_views, queue_views, team_views

app_name = "desk"
urlpatterns = [
    path("queue/", queue_views.QueuePage.as_view(), name="queue"),
    path("queue/next/", queue_views.take_next, name="next"),
    path("queue/my-day/", queue_views.my_day, name="my_day"),
    path("cases/<int:pk>/call/", desk_views.call, name="call"),
    path("cases/<int:pk>/log/", desk_views.log, name="log"),
    path("cases/<int:pk>/log/read/", desk_views.read_line, name="read"),
    path("cases/<int:pk>/log/<int:attempt_pk>/undo/", desk_views.undo, name="undo"),
    path("cases/<int:pk>/pulse/", desk_views.pulse, name="pulse"),
    path("cases/<int:pk>/follow-ups/<int:task_pk>/", desk_views.finish, name="finish"),
    path("cases/<int:pk>/messages/<int:message_pk>/answer/", message_views.answer, name="answer"),
    path("team/", team_views.board, name="team"),
    path("team/promises/<int:pk>/", team_views.decide_promise, name="decide_promise"),
]
