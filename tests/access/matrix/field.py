"""The pages for the telephone."""

from tests.access.matrix.address import EVERYBODY, SIGNED_IN, SOUND, Address
from tests.factories import IN_HAND, PART

CASE = "楼道堆了杂物"
PICTURE = "requests/<str:code>/photos/<str:photo>/"
CASE_PHOTO = f"requests/{IN_HAND}/photos/{IN_HAND}P"

_PART = ("fitter", "other_leader")  # of the unit that was asked, and the leader of a team that was not

ADDRESSES = [
    *(
        Address(f"field/parts/<str:code>/{route}", f"/field/parts/{PART}/{path}", statuses, *_PART, method)
        for route, path, method, statuses in (
            ("", "", "get", (302, 404, 404, 200)),
            ("<slug:step>/", "report/", "post", (302, 404, 404, 422)),
            ("<slug:step>/", "return/", "post", (302, 404, 404, 422)),
            (SOUND.removeprefix("<str:code>/"), f"recordings/{IN_HAND}S/", "get", (302, 404, 404, 200)),
            ("photos/<str:photo>/", f"photos/{IN_HAND}P/", "get", (302, 404, 404, 200)),
            ("photos/<str:photo>/small/", f"photos/{IN_HAND}P/small/", "get", (302, 404, 404, 200)),
        )
    ),
    *(
        Address(f"field/{route}", f"/field/{path}", statuses, holder="worker", sees=sees)
        for route, path, statuses, sees in (
            ("", "", (302, 200, 403, 200), CASE),
            ("open/<str:part>/", "open/grid/", (302, 200, 403, 200), CASE),
            ("grid/", "grid/", (302, 200, 403, 200), "测试east_1"),
            ("me/", "me/", SIGNED_IN, "测试east_1"),
            ("groups/", "groups/", (302, 200, 403, 200), "东一群"),
            ("ask/", "ask/", (302, 200, 403, 200), "测试east_1"),
            ("ask/<str:code>/", f"ask/{IN_HAND}/", (302, 404, 404, 200), "TES-TCA-SE01"),
            ("requests/<str:code>/", f"requests/{IN_HAND}/", (302, 404, 404, 200), CASE),
            ("requests/<str:code>/<str:step>/", f"requests/{IN_HAND}/report/", (302, 404, 404, 200), CASE),
            (PICTURE, f"{CASE_PHOTO}/", (302, 404, 404, 200), ""),
            (f"requests/{SOUND}", f"requests/{IN_HAND}/recordings/{IN_HAND}S/", (302, 404, 404, 200), ""),
            (f"{PICTURE}small/", f"{CASE_PHOTO}/small/", (302, 404, 404, 200), ""),
        )
    ),
    Address(
        "field/requests/<str:code>/contact/",
        f"/field/requests/{IN_HAND}/contact/",
        (302, 404, 404, 200),
        holder="worker",
        stranger="other_leader",
        method="post",
    ),
    Address("field/ask/", "/field/ask/", (302, 403, 403, 422), "worker", "other_leader", method="post"),
    Address(
        "field/groups/<str:code>/<slug:step>/",
        "/field/groups/D-1/post/",
        (302, 404, 403, 409),
        holder="worker",
        method="post",
    ),
    Address("field/app.webmanifest", "/field/app.webmanifest", EVERYBODY),
]
