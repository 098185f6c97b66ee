"""Requests at the desk, and what of them stands in both shells."""

from tests.access.matrix.address import SOUND, WORDS, Address
from tests.factories import IN_HAND, ORDER, PART

DESK = "/console/requests/"
HERE_ONLY = (302, 404, 404, 200)  # outside one's area there is no such record
BY_RIGHT = (302, 403, 404, 200)  # who sees it without the right is told so

ADDRESSES = [
    Address("console/requests/", DESK, (302, 200, 403, 200), sees=WORDS),
    Address("console/requests/new/", f"{DESK}new/", (302, 200, 403, 200), sees="测试east_2"),
    Address("console/requests/new/", f"{DESK}new/", (302, 422, 403, 422), method="post"),
    Address("console/requests/many/", f"{DESK}many/", (302, 404, 403, 404), method="post"),
    Address("console/requests/file/<slug:form>/", f"{DESK}file/csv/", (302, 200, 403, 200), method="post"),
    Address("console/requests/paper/", f"{DESK}paper/", (302, 200, 403, 200), sees=WORDS),
    Address("console/requests/keep/", f"{DESK}keep/", (302, 302, 403, 302), method="post"),
    Address(
        "console/requests/keep/<int:number>/drop/", f"{DESK}keep/1/drop/", (302, 404, 404, 404), method="post"
    ),
    Address("console/requests/call-backs/", f"{DESK}call-backs/", (302, 200, 403, 200), sees=WORDS),
    Address("console/requests/call-backs/<str:code>/", f"{DESK}call-backs/C-ASK/", HERE_ONLY, sees=WORDS),
    Address(
        "console/requests/call-backs/<str:code>/", f"{DESK}call-backs/C-ASK/", BY_RIGHT, stranger="leader"
    ),
    Address(
        "console/requests/call-backs/<str:code>/",
        f"{DESK}call-backs/C-ASK/",
        (302, 404, 404, 422),
        method="post",
    ),
    Address(
        "console/requests/call-backs/<str:code>/phone/",
        f"{DESK}call-backs/C-ASK/phone/",
        BY_RIGHT,
        stranger="worker",
        method="post",
    ),
    # Who may file in another town sees the page too, and none of this town's answers.
    Address("console/requests/orders/", f"{DESK}orders/", (302, 200, 403, 200), sees=ORDER),
    Address("console/requests/orders/look/", f"{DESK}orders/look/", (302, 422, 403, 422), method="post"),
    Address("console/requests/orders/take/", f"{DESK}orders/take/", (302, 302, 403, 302), method="post"),
    Address(
        "console/requests/orders/answers/", f"{DESK}orders/answers/", (302, 302, 403, 302), method="post"
    ),
    Address("console/requests/orders/answers/again/", f"{DESK}orders/answers/again/", (302, 422, 403, 422)),
    Address("console/requests/<str:code>/", f"{DESK}R-OPEN/", HERE_ONLY, sees=WORDS),
    Address("console/requests/<str:code>/paper/", f"{DESK}R-OPEN/paper/", HERE_ONLY, sees=WORDS),
    Address("console/requests/<str:code>/compare/", f"{DESK}R-OPEN/compare/", HERE_ONLY, sees=WORDS),
    Address("console/requests/<str:code>/compare/", f"{DESK}R-OPEN/compare/", BY_RIGHT, stranger="leader"),
    Address(
        "console/requests/<str:code>/compare/", f"{DESK}R-OPEN/compare/", (302, 404, 404, 200), method="post"
    ),
    Address("console/requests/<str:code>/slip/", f"{DESK}R-OPEN/slip/", HERE_ONLY, sees=WORDS),
    *(
        Address(
            f"{shell}/<str:code>/{route}", f"/{shell}/R-OPEN/{path}", statuses, holder, stranger, method, sees
        )
        for shell, holder in (("console/requests", "coordinator"), ("field/requests", "worker"))
        for route, path, statuses, stranger, method, sees in (
            ("write/<slug:kind>/", "write/letter/", HERE_ONLY, "far_coordinator", "get", WORDS),
            ("write/<slug:kind>/", "write/note/", BY_RIGHT, "leader", "get", WORDS),
            ("write/<slug:kind>/", "write/note/", (302, 404, 404, 422), "far_coordinator", "post", ""),
            ("write/<slug:kind>/", "write/letter/", (302, 403, 404, 422), "leader", "post", ""),
            ("read/", "read/", (302, 404, 404, 302), "far_coordinator", "post", ""),
            ("read/", "read/", (302, 403, 404, 302), "leader", "post", ""),
        )
    ),
    Address("console/requests/<str:code>/contact/", f"{DESK}R-OPEN/contact/", HERE_ONLY, method="post"),
    Address(
        "console/requests/<str:code>/contact/",
        f"{DESK}R-OPEN/contact/",
        BY_RIGHT,
        stranger="leader",
        method="post",
    ),
    Address("console/requests/<str:code>/photos/<str:photo>/", f"{DESK}R-OPEN/photos/PHOTO/", HERE_ONLY),
    Address(
        "console/requests/<str:code>/photos/<str:photo>/small/",
        f"{DESK}R-OPEN/photos/PHOTO/small/",
        HERE_ONLY,
    ),
    Address(f"console/requests/{SOUND}", f"{DESK}R-OPEN/recordings/SOUND/", HERE_ONLY),
    Address(
        "console/requests/<str:code>/<slug:step>/",
        f"{DESK}R-OPEN/accept/",
        (302, 404, 404, 422),
        method="post",
    ),
    Address(
        "console/requests/<str:code>/<slug:step>/",
        f"{DESK}R-OPEN/refuse/",
        (302, 403, 404, 422),
        stranger="leader",
        method="post",
    ),
    Address("console/routing/", "/console/routing/", (302, 200, 403, 200), sees="测试east_1"),
    *(  # a unit of the town was asked to join; the coordinator reports for it or drops it
        Address(
            "console/requests/<str:code>/parts/<str:part>/<slug:step>/",
            f"{DESK}{IN_HAND}/parts/{PART}/{step}/",
            (302, 404, 404, 422),
            method="post",
        )
        for step in ("report", "drop")
    ),
    Address(
        "console/requests/<str:code>/parts/<str:part>/<slug:step>/",
        f"{DESK}{IN_HAND}/parts/{PART}/drop/",
        (302, 403, 404, 422),
        stranger="leader",
        method="post",
    ),
]
