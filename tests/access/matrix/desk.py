"""The console: its first pages, people and posts, keys of programs, grid groups."""

from tests.access.matrix.address import SIGNED_IN, WORDS, Address

# Address, where the right is held elsewhere, where it is held here, by whom, and what only that one sees.
_LOOK = ("coordinator", "far_coordinator", "get")
_KEEP = ("administrator", "far_administrator", "get")
_SEND = ("administrator", "far_administrator", "post")
PEOPLE = [
    ("people/", "people/", 200, 200, *_LOOK, "/console/people/of/worker/"),
    ("people/who/", "people/who/", 200, 200, *_LOOK, "测试east_1"),
    ("people/invite/", "people/invite/", 200, 200, *_KEEP, "空缺east"),
    ("people/of/<str:username>/", "people/of/worker/", 404, 200, *_LOOK, "worker某"),
    ("people/of/<str:username>/link/", "people/of/worker/link/", 404, 409, *_SEND, ""),
    ("people/of/<str:username>/off/", "people/of/worker/off/", 404, 409, *_SEND, ""),
    ("people/of/<str:username>/on/", "people/of/worker/on/", 404, 409, *_SEND, ""),
    ("areas/<str:code>/became/", "areas/990001100001/became/", 403, 200, *_KEEP, "990001100002"),
    ("posts/", "posts/", 200, 200, *_LOOK, "空缺east"),
    ("posts/new/", "posts/new/", 200, 200, *_KEEP, "测试east_1"),
    ("posts/<str:code>/", "posts/P-worker/", 404, 200, *_LOOK, "grid_worker岗"),
    ("posts/<str:code>/give/", "posts/P-worker/give/", 404, 200, *_KEEP, "grid_worker岗"),
    ("posts/<str:code>/end/", "posts/P-worker/end/", 404, 200, *_KEEP, "grid_worker岗"),
    ("posts/held/<str:code>/end/", "posts/held/T-worker/end/", 404, 200, *_KEEP, "grid_worker岗"),
    ("posts/held/<str:code>/withdraw/", "posts/held/T-worker/withdraw/", 404, 422, *_SEND, ""),
]
# Address below /console/, where the right is held elsewhere, missing, and held here, by whom, and how.
KEYS = [
    ("clients/", "clients/", 200, 403, 200, *_KEEP, "甲程序"),
    ("clients/new/", "clients/new/", 200, 403, 200, *_KEEP, ">测试town</option>"),
    ("clients/<str:code>/revoke/", "clients/C-1/revoke/", 404, 403, 409, *_SEND, ""),
    ("tokens/", "tokens/", 200, 403, 200, *_KEEP, ""),
    ("tokens/new/", "tokens/new/", 200, 403, 200, *_KEEP, ""),
    ("tokens/<str:code>/revoke/", "tokens/nothing/revoke/", 404, 403, 404, *_SEND, ""),
]
# The same, of the grid groups and what goes there: the leader sees them and keeps nothing.
_EDIT = ("editor", "far_editor", "post")
_POST = ("coordinator", "far_coordinator", "post")
GROUPS = [
    ("groups/", "groups/", 200, 403, 200, *_LOOK, "东一群"),
    ("groups/new/", "groups/new/", 200, 403, 200, *_LOOK, "测试east_1"),
    ("groups/<str:code>/", "groups/G-1/", 404, 403, 200, *_LOOK, "东一群"),
    ("groups/<str:code>/change/", "groups/G-1/change/", 404, 403, 200, *_LOOK, "东一群"),
    ("groups/<str:code>/end/", "groups/G-1/end/", 404, 403, 200, *_LOOK, "东一群"),
    ("groups/<str:code>/size/", "groups/G-1/size/", 404, 403, 200, *_LOOK, "东一群"),
    ("groups/<str:code>/bot/", "groups/G-1/bot/", 404, 403, 200, *_LOOK, "东一群"),
    ("groups/<str:code>/bot/remove/", "groups/G-1/bot/remove/", 404, 403, 409, *_POST, ""),
    ("deliveries/", "deliveries/", 200, 403, 200, *_LOOK, "东一群"),
    ("deliveries/late/", "deliveries/late/", 200, 403, 200, *_LOOK, "东一群"),
    ("deliveries/of/<slug:code>/", "deliveries/of/live/", 404, 403, 200, *_LOOK, "东一群"),
    ("deliveries/of/<slug:code>/", "deliveries/of/draft/", 404, 403, 404, *_LOOK, ""),
    ("deliveries/of/<slug:code>/send/", "deliveries/of/live/send/", 404, 403, 422, *_EDIT, ""),
    ("deliveries/<str:code>/<slug:step>/", "deliveries/D-1/post/", 404, 403, 409, *_POST, ""),
    ("deliveries/<str:code>/<slug:step>/", "deliveries/D-1/fly/", 404, 404, 404, *_POST, ""),
]

ADDRESSES = [
    *(
        Address(f"console/{route}", f"/console/{path}", (302, wrong, missing, held), *how)
        for route, path, wrong, missing, held, *how in [*KEYS, *GROUPS]
    ),
    Address("console/", "/console/", SIGNED_IN, sees="测试east"),
    Address(
        "console/morning/", "/console/morning/", (302, 200, 403, 200), "leader", "far_leader", sees=WORDS
    ),
    Address("console/morning/", "/console/morning/", (302, 403, 403, 200), "leader", "coordinator"),
    Address("console/inbox/", "/console/inbox/", SIGNED_IN, sees=WORDS),
    *(
        Address(
            f"console/{route}", f"/console/{path}", (302, wrong, 403, held), holder, stranger, method, sees
        )
        for route, path, wrong, held, holder, stranger, method, sees in PEOPLE
    ),
]
