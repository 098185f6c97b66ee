from django.urls import path

from shiliu.channel.reading import views

urlpatterns = [path("<slug:code>/", views.beacon, name="read")]
