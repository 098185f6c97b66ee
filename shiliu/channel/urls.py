from django.urls import path

from shiliu.channel import views

urlpatterns = [path("images/<str:name>", views.picture, name="picture")]
