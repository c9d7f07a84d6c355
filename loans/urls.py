from django.urls import path

from loans import borrower_views, views

app_name = "loans"
urlpatterns = [
    path("borrowers/", borrower_views.borrower_search, name="borrowers"),
    path("borrowers/<str:borrower_no>/", borrower_views.borrower_page, name="borrower"),
    path("borrowers/<str:borrower_no>/reveal/", borrower_views.reveal_field, name="reveal"),
    path("loans/", views.LoanList.as_view(), name="loans"),
    path("loans/states.csv", views.states_csv, name="states"),
    path("loans/<str:loan_no>/", views.loan_page, name="loan"),
    path("loans/<str:loan_no>/explain/<slug:name>/", views.explain, name="explain"),
]
