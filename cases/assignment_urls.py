from django.urls import path

from cases import assignment_views

app_name = "assignment"
urlpatterns = [
    path("", assignment_views.assignment_page, name="list"),
    path("preview/", assignment_views.preview, name="preview"),
    path("hand-over/", assignment_views.hand_over, name="hand_over"),
    path("handovers/<int:pk>/", assignment_views.handover_page, name="handover"),
    path("handovers/<int:pk>/progress/", assignment_views.progress, name="progress"),
    path("handovers/<int:pk>/resume/", assignment_views.resume, name="resume"),
    path("handovers/<int:pk>/undo/", assignment_views.undo, name="undo"),
    path("desks/<int:pk>/", assignment_views.desk, name="desk"),
]
