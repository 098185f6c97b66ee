from django.urls import path

from shiliu.channel.groups.views.public import lead_on

urlpatterns = [path("<slug:link>/<slug:article>/", lead_on, name="group_link")]
