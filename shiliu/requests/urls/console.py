from django.urls import path

from shiliu.requests.views import calls, compare, console, many, messages, orders, parts

app_name = "desk"
urlpatterns = [
    path("", console.listed, name="list"),
    path("new/", console.new, name="new"),
    path("many/", many.many, name="many"),
    path("file/<slug:form>/", many.file, name="file"),
    path("paper/", many.paper, name="paper_list"),
    path("keep/", many.keep, name="keep"),
    path("keep/<int:number>/drop/", many.drop, name="drop"),
    path("call-backs/", calls.listed, name="call_backs"),
    path("call-backs/<str:code>/", calls.one, name="call_back"),
    path("call-backs/<str:code>/phone/", calls.phone, name="call_back_phone"),
    path("orders/", orders.index, name="orders"),
    path("orders/look/", orders.look, name="orders_look"),
    path("orders/take/", orders.take, name="orders_take"),
    path("orders/answers/", orders.hand_back, name="orders_hand_back"),
    path("orders/answers/again/", orders.again, name="orders_again"),
    path("<str:code>/", console.detail, name="detail"),
    path("<str:code>/paper/", console.paper, name="paper"),
    path("<str:code>/compare/", compare.compare, name="compare"),
    path("<str:code>/slip/", console.slip, name="slip"),
    path("<str:code>/write/<slug:kind>/", messages.write, {"shell": "desk"}, name="write"),
    path("<str:code>/read/", messages.read, {"shell": "desk"}, name="read"),
    path("<str:code>/contact/", console.contact, name="contact"),
    path("<str:code>/photos/<str:photo>/", console.photo, {"size": "whole"}, name="photo"),
    path("<str:code>/photos/<str:photo>/small/", console.photo, {"size": "small"}, name="photo_small"),
    path("<str:code>/parts/<str:part>/<slug:step>/", parts.desk_step, name="part_step"),
    path("<str:code>/recordings/<str:recording>/", console.recording, name="recording"),
    path("<str:code>/<slug:step>/", console.step, name="step"),
]
