from django.urls import include, path

from shiliu.grid.views import areas, people, posts

_people = [
    path("", people.index, name="index"),
    path("invite/", people.invite, name="invite"),
    path("who/", people.who, name="who"),
    path("of/<str:username>/", people.person, name="person"),
    path("of/<str:username>/link/", people.renew, name="renew"),
    path("of/<str:username>/off/", people.switch_off, name="switch_off"),
    path("of/<str:username>/on/", people.switch_on, name="switch_on"),
]
_posts = [
    path("", posts.index, name="index"),
    path("new/", posts.create, name="create"),
    path("held/<str:code>/end/", posts.end, name="end"),
    path("held/<str:code>/withdraw/", posts.withdraw, name="withdraw"),
    path("<str:code>/", posts.post, name="post"),
    path("<str:code>/give/", posts.give, name="give"),
    path("<str:code>/end/", posts.end_post, name="end_post"),
]
_areas = [path("<str:code>/became/", areas.succeed, name="succeed")]
urlpatterns = [
    path("areas/", include((_areas, "grid_areas"))),
    path("people/", include((_people, "people"))),
    path("posts/", include((_posts, "posts"))),
]
