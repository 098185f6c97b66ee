"""What lies in front of Wagtail's own addresses, at the addresses that Wagtail writes into pages."""

from django.urls import path

from shiliu.channel import views

urlpatterns = [
    path("media/images/<str:name>", views.picture, name="picture"),
    path("documents/<int:document_id>/<str:document_filename>", views.document, name="document"),
]
