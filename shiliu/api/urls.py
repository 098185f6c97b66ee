"""The console's pages about keys. What programs ask stands in `staff_urls` and `open311.urls`."""

from django.urls import path

from shiliu.api import views

app_name = "api"
urlpatterns = [
    path("clients/", views.clients, name="clients"),
    path("clients/new/", views.new_client, name="new_client"),
    path("clients/<str:code>/revoke/", views.revoke_client, name="revoke_client"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/new/", views.new_token, name="new_token"),
    path("tokens/<str:code>/revoke/", views.revoke_token, name="revoke_token"),
]
