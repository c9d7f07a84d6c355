from django.urls import path

from intake import booking_views as views

app_name = "bookings"
urlpatterns = [
    path("loans/<str:loan_no>/payments/new/", views.book_payment, name="payment"),
    path("loans/<str:loan_no>/events/<int:pk>/reverse/", views.reverse_event, name="reverse"),
]
