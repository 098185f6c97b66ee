from django.urls import path

from shiliu.requests.views import console, orders

app_name = "desk"
urlpatterns = [
    path("", console.listed, name="list"),
    path("new/", console.new, name="new"),
    path("orders/", orders.index, name="orders"),
    path("orders/look/", orders.look, name="orders_look"),
    path("orders/take/", orders.take, name="orders_take"),
    path("orders/answers/", orders.hand_back, name="orders_hand_back"),
    path("orders/answers/again/", orders.again, name="orders_again"),
    path("<str:code>/", console.detail, name="detail"),
    path("<str:code>/slip/", console.slip, name="slip"),
    path("<str:code>/contact/", console.contact, name="contact"),
    path("<str:code>/photos/<str:photo>/", console.photo, {"size": "whole"}, name="photo"),
    path("<str:code>/photos/<str:photo>/small/", console.photo, {"size": "small"}, name="photo_small"),
    path("<str:code>/<slug:step>/", console.step, name="step"),
]
