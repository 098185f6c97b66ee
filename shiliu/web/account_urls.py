"""The parts of allauth that staff need. Accounts come with posts: sign-up answers that it is closed."""

from allauth.account import views
from django.urls import path

from shiliu.grid.views import invitation

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", invitation.no_password, name="account_set_password"),
    path("invite/<str:name>/<str:token>/", invitation.invitation, name="invitation"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
]
