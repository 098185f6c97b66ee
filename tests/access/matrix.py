"""Every address and who may use it. `test_matrix` walks the resolver: an address that is not here fails.

The four columns are the status that each of them gets:

    anonymous       nobody is signed in
    wrong area      staff with the right, in another town
    right missing   staff of this town without the right (here: with no post at all)
    right held      staff with the right, here

Where the public may look at a page too, all four are 200; what each then sees on it is said by `sees`.
"""

from dataclasses import dataclass

from tests.factories import DAY, IN_HAND, ORDER, PART

LOGIN = "/accounts/login/"
STUB = "/channel/test-column/"
DOCUMENT = "/documents/1/draft.txt"  # of no article that is live
DESK = "/console/requests/"
MONTH, IN_EAST = "/report/requests/2023-05/", "%3Farea%3D990001100001"
RECEIPT, PHOTO, NOTE = "K7Q3MN84TD", "PHOTO00001", "NOTE000001"
SOUND = "<str:code>/recordings/<str:recording>/"
HEARD = f"r/{SOUND}"
LEARNING = "<learning_code:code>/"
THIN, KEY = "thresholds/<str:code>/", "<str:key>/"


@dataclass(frozen=True)
class Address:
    """A route as the resolver has it, an address on it, and the status for each of the four columns."""

    route: str
    path: str
    statuses: tuple[int, int, int, int]
    holder: str = "coordinator"  # of `tests.factories.Staff`
    stranger: str = "far_coordinator"
    method: str = "get"
    sees: str = ""  # what only the one who holds the right is shown
    leads_to: str = ""  # where the anonymous are sent; the sign-in where there is something behind it
    by_token: bool = False  # who comes, comes by an access token of the API; a session opens nothing there


EVERYBODY = (200, 200, 200, 200)
LEADS_ON = (302, 302, 302, 302)
SIGNED_IN = (302, 200, 200, 200)
HERE_ONLY = (302, 404, 404, 200)  # outside one's area there is no such record
NAMED_RIGHT = (302, 403, 403, 200)  # of an area that is no secret
WRITING = "/report/2023H1/words/main_line/"
BY_RIGHT = (302, 403, 404, 200)  # who sees it without the right is told so
WORDS = "三号楼前的路灯不亮"
AID_SHOWN = 'aid.payments/?area=990001100001001">1</a>'  # a small count of persons, with its records
AID_CHART = '/report/2023Q2/aid.paid/">500</a>'
CASE = "楼道堆了杂物"
PICTURE = "requests/<str:code>/photos/<str:photo>/"
CASE_PHOTO = f"requests/{IN_HAND}/photos/{IN_HAND}P"

# Address, where the right is held elsewhere, where it is held here, by whom, and what only that one sees.
_LOOK = ("coordinator", "far_coordinator", "get")
_KEEP = ("administrator", "far_administrator", "get")
_SEND = ("administrator", "far_administrator", "post")
_PART = ("fitter", "other_leader")  # of the unit that was asked, and the leader of a team that was not
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
# Open311: what everybody reads, and what needs a program's key.
_KIND = r"\.(?P<kind>xml|json)$"
OPEN311 = [
    (f"^discovery{_KIND}", "discovery.xml", 200, "get"),
    (f"^services{_KIND}", "services.json", 200, "get"),
    (rf"^services/(?P<code>[^/]+){_KIND}", "services/nothing.xml", 404, "get"),
    (f"^requests{_KIND}", "requests.json", 200, "get"),
    (f"^requests{_KIND}", "requests.json", 403, "post"),
    (rf"^requests/(?P<public_id>[^/]+){_KIND}", f"requests/{RECEIPT}.xml", 404, "get"),
    (rf"^tokens/(?P<token>[^/]+){_KIND}", "tokens/x.xml", 404, "get"),
    ("", "nothing", 404, "get"),
]
# The JSON API: route, path, wrong area, right missing, right held, method, what only the last one sees.
STAFF_API = [
    ("requests", "requests", 200, 403, 200, "get", WORDS),
    ("requests", "requests", 422, 403, 422, "post", ""),
    ("requests/<code>", "requests/R-OPEN", 404, 404, 200, "get", WORDS),
    ("requests/<code>/contact", "requests/R-OPEN/contact", 404, 404, 200, "post", "13900000001"),
    ("requests/<code>/steps", "requests/R-OPEN/steps", 404, 404, 200, "get", "accept"),
    ("requests/<code>/steps/<step>", "requests/R-OPEN/steps/accept", 404, 404, 422, "post", ""),
    ("requests/<code>/messages", "requests/R-OPEN/messages", 404, 404, 200, "get", ""),
    ("requests/<code>/letters", "requests/R-OPEN/letters", 404, 404, 422, "post", ""),
    ("requests/<code>/notes", "requests/R-OPEN/notes", 404, 404, 422, "post", ""),
    ("requests/<code>/read", "requests/R-OPEN/read", 404, 404, 422, "post", ""),
    ("requests/<code>/milestones", "requests/R-OPEN/milestones", 404, 404, 200, "get", ""),
    ("requests/<code>/photos", "requests/R-OPEN/photos", 404, 404, 200, "get", "PHOTO"),
    ("requests/<code>/photos/<photo>", "requests/R-OPEN/photos/PHOTO", 404, 404, 200, "get", ""),
    ("requests/<code>/recordings", "requests/R-OPEN/recordings", 404, 404, 200, "get", "SOUND"),
    ("requests/<code>/recordings/<recording>", "requests/R-OPEN/recordings/SOUND", 404, 404, 200, "get", ""),
    ("requests/<code>/parts", "requests/R-OPEN/parts", 404, 404, 200, "get", ""),
    ("parts", "parts", 200, 200, 200, "get", ""),
    ("parts/<part>", f"parts/{PART}", 404, 404, 200, "get", "清走杂物"),
    ("parts/<part>/photos", f"parts/{PART}/photos", 404, 404, 200, "get", ""),
    ("parts/<part>/photos/<photo>", f"parts/{PART}/photos/nothing", 404, 404, 404, "get", ""),
    ("parts/<part>/steps/<step>", f"parts/{PART}/steps/drop", 404, 404, 422, "post", ""),
    ("calls", "calls", 200, 403, 200, "get", "C-ASK"),
    ("calls/<call>", "calls/C-ASK", 404, 404, 200, "get", "C-ASK"),
    ("calls/<call>", "calls/C-ASK", 404, 404, 422, "post", ""),
    ("orders", "orders", 422, 422, 422, "post", ""),
    ("orders/answers", "orders/answers", 200, 403, 200, "get", ORDER),
    ("orders/answers/<number>/handed", f"orders/answers/{ORDER}/handed", 422, 422, 422, "post", ""),
    ("categories", "categories", 200, 200, 200, "get", ""),
    ("areas", "areas", 200, 200, 200, "get", ""),
    ("figures", "figures", 200, 200, 200, "get", ""),
    ("figures/<key>", "figures/requests.received?period=2023H1", 200, 200, 200, "get", ""),
]

MATRIX = [
    *(
        Address(f"console/{route}", f"/console/{path}", (302, wrong, missing, held), *how)
        for route, path, wrong, missing, held, *how in [*KEYS, *GROUPS]
    ),
    *(
        Address(f"open311/{route}", f"/open311/{path}", (status,) * 4, method=method)
        for route, path, status, method in OPEN311
    ),
    *(
        Address(
            f"api/v1/{route}",
            f"/api/v1/{path}",
            (401, *statuses),
            method=method,
            sees=sees,
            by_token=True,
        )
        for route, path, *statuses, method, sees in STAFF_API
    ),
    Address("api/v1/openapi.json", "/api/v1/openapi.json", EVERYBODY),
    Address("api/v1/", "/api/v1/", (404, 404, 404, 404)),
    Address("api/", "/api/nothing", (404, 404, 404, 404)),
    Address("", "/", EVERYBODY),
    Address("search/", "/search/", EVERYBODY),
    Address("search/", "/search/?q=%E8%B7%AF%E7%81%AF", EVERYBODY),  # never a request's words
    Address("report/", "/report/", LEADS_ON),
    Address("report/definitions/", "/report/definitions/", EVERYBODY),
    Address("report/<period:period>/", "/report/2023H1/", EVERYBODY),
    Address("report/<period:period>/file/<str:form>/", "/report/2023H1/file/json/", EVERYBODY),
    Address("report/signed/<str:code>/", "/report/signed/S-1/", EVERYBODY),
    Address("report/signed/<str:code>/", "/report/signed/nothing/", (404, 404, 404, 404)),
    Address("report/signed/<str:code>/", "/report/signed/S-2/", (404, 404, 404, 200), "leader", "far_leader"),
    Address("report/signed/<str:code>/file/<str:form>/", "/report/signed/S-1/file/json/", EVERYBODY),
    Address(
        "report/signed/<str:code>/<str:key>/",
        "/report/signed/S-1/aid.paid/",
        (404, 404, 404, 200),
        holder="aid_officer",
    ),
    Address(
        "report/signed/<str:code>/<str:key>/<day:day>/",
        f"/report/signed/S-1/aid.paid/{DAY}/",
        (404, 404, 404, 200),
        holder="aid_officer",
        sees="签发后新增",
    ),
    Address("report/<period:period>/signed/", "/report/2023H1/signed/", EVERYBODY),
    Address("report/<period:period>/sign/", "/report/2023H1/sign/", NAMED_RIGHT, "leader", "far_leader"),
    Address(
        "report/<period:period>/sign/",
        "/report/2023H1/sign/",
        (302, 403, 403, 422),
        "leader",
        "far_leader",
        method="post",
    ),
    Address("report/<period:period>/words/<slug:part>/", WRITING, NAMED_RIGHT, "editor", "far_editor"),
    Address(
        "report/<period:period>/words/<slug:part>/",
        WRITING,
        (302, 403, 403, 422),
        "editor",
        "far_editor",
        method="post",
    ),
    Address("report/<period:period>/<str:key>/", "/report/2023H1/requests.received/", EVERYBODY, sees=WORDS),
    Address(
        "report/<period:period>/<str:key>/",
        "/report/2023H1/aid.paid/",
        EVERYBODY,
        holder="aid_officer",
        sees='data-figure="aid.paid"',
    ),
    # One group of the bulletin is staff's.
    Address(
        "report/<period:period>/<str:key>/",
        "/report/2023H1/requests.received/?area=990001100001&place=in-990001100001",
        (404, 404, 404, 200),
    ),
    Address("report/requests/", "/report/requests/", (302, 302, 403, 302)),
    Address("report/requests/<period:period>/", MONTH, (302, 200, 403, 200), sees="测试east"),
    Address(
        "report/requests/<period:period>/",
        f"{MONTH}?area=990001100001",
        (302, 404, 403, 200),
        leads_to=f"{LOGIN}?next={MONTH}{IN_EAST}",
    ),
    Address(
        "report/requests/<period:period>/<str:kind>/",
        f"{MONTH}csv/?area=990001100001",
        (302, 404, 403, 200),
        leads_to=f"{LOGIN}?next={MONTH}csv/{IN_EAST}",
    ),
    *(
        Address(f"console/matrix/{route}", f"/console/matrix/{path}", (302, 200, 403, 200), sees=sees)
        for route, path, sees in (
            ("", "", 'areas/990001100001001/">_1</a>'),
            ("map/", "map/", "测试east_1"),
            ("file/<slug:kind>/", "file/csv/", "990001100001001"),
        )
    ),
    *(  # what counts as thin is set by the leader and the administrator, and seen by who works there
        Address(
            f"console/matrix/{THIN}{route}", f"/console/matrix/thresholds/990001100/{path}", statuses, *how
        )
        for route, path, statuses, *how in (
            ("", "", (302, 404, 403, 200)),
            (KEY, "venues.open/", (302, 404, 403, 200), "leader"),
            (KEY, "venues.open/", (302, 403, 403, 200), "administrator", "coordinator"),
            (KEY, "venues.open/", (302, 404, 403, 422), "leader", "far_coordinator", "post"),
        )
    ),
    Address(
        "console/matrix/",
        "/console/matrix/?area=990001100001",
        (302, 404, 403, 200),
        leads_to=f"{LOGIN}?next=/console/matrix/{IN_EAST}",
    ),
    Address("ask/", "/ask/", EVERYBODY),
    Address("ask/", "/ask/", (422, 422, 422, 422), method="post"),
    # What others reported may be followed by its public id; the receipt's code is none.
    Address("ask/known/<str:public_id>/", f"/ask/known/{RECEIPT}/", (404, 404, 404, 404)),
    Address("r/", "/r/", EVERYBODY),
    Address("r/", "/r/", (422, 422, 422, 422), method="post"),
    # The code is the key: whoever has it sees the page, and nobody else can find it.
    Address("r/<str:code>/", f"/r/{RECEIPT}/", EVERYBODY),
    Address("r/<str:code>/", "/r/2222222222/", (404, 404, 404, 404)),
    Address("r/<str:code>/answer/", f"/r/{RECEIPT}/answer/", (422, 403, 403, 403), method="post"),
    Address("r/<str:code>/answer/", f"/r/{RECEIPT}/answer/", LEADS_ON, leads_to=f"/r/{RECEIPT}/"),
    Address("r/<str:code>/add/", f"/r/{RECEIPT}/add/", (422, 403, 403, 403), method="post"),
    Address("r/<str:code>/add/", f"/r/{RECEIPT}/add/", LEADS_ON, leads_to=f"/r/{RECEIPT}/"),
    Address("r/<str:code>/photos/<str:photo>/", f"/r/{RECEIPT}/photos/{PHOTO}/", EVERYBODY),
    Address("r/<str:code>/photos/<str:photo>/small/", f"/r/{RECEIPT}/photos/{PHOTO}/small/", EVERYBODY),
    Address("r/<str:code>/photos/<str:photo>/", f"/r/2222222222/photos/{PHOTO}/", (404, 404, 404, 404)),
    Address(HEARD, f"/r/{RECEIPT}/recordings/{NOTE}/", EVERYBODY),
    Address(HEARD, f"/r/2222222222/recordings/{NOTE}/", (404, 404, 404, 404)),
    Address("areas/", "/areas/", EVERYBODY),
    Address("areas/<str:code>/", "/areas/990001100001/", EVERYBODY),
    Address("areas/<str:code>/", "/areas/990009999/", (404, 404, 404, 404)),
    Address("charts/", "/charts/?period=2023H1", EVERYBODY, holder="aid_officer", sees=AID_CHART),
    Address("charts/<str:key>/<str:form>/", "/charts/aid.by_quarter/svg/?period=2023H1", EVERYBODY),
    Address("charts/<str:key>/<str:form>/", "/charts/aid.by_quarter/exe/", (404, 404, 404, 404)),
    Address("map/", "/map/", EVERYBODY),
    Address(
        "map/", "/map/?figure=aid.payments&period=2023H1", EVERYBODY, holder="aid_officer", sees=AID_SHOWN
    ),
    Address("venues/", "/venues/", EVERYBODY),
    Address("venues/", "/venues/?kind=other", EVERYBODY),
    Address("venues/<venue_code:code>/", "/venues/V-1/", EVERYBODY),
    Address("venues/<venue_code:code>/", "/venues/no-such-venue/", (404, 404, 404, 404)),
    Address("learning/", "/learning/", EVERYBODY),
    Address("learning/guides/", "/learning/guides/", EVERYBODY),
    Address(f"learning/guides/{LEARNING}", "/learning/guides/G-1/", EVERYBODY),
    Address(f"learning/guides/{LEARNING}", "/learning/guides/no-such-guide/", (404, 404, 404, 404)),
    Address(f"learning/resources/{LEARNING}", "/learning/resources/K-1/", EVERYBODY),
    Address(f"learning/resources/{LEARNING}", "/learning/resources/nothing/", (404, 404, 404, 404)),
    Address(f"learning/text/{LEARNING}", "/learning/text/K-1/", EVERYBODY),
    Address(f"learning/session/{LEARNING}", "/learning/session/K-1/", EVERYBODY),
    Address(f"learning/file/{LEARNING}", "/learning/file/K-1/", (404, 404, 404, 404)),  # it has none
    Address("console/", "/console/", SIGNED_IN, sees="测试east"),
    Address("display/", "/display/", LEADS_ON, method="post"),
    Address("display/", "/display/", (405, 405, 405, 405)),
    Address(
        "console/morning/", "/console/morning/", (302, 200, 403, 200), "leader", "far_leader", sees=WORDS
    ),
    Address("console/morning/", "/console/morning/", (302, 403, 403, 200), "leader", "coordinator"),
    Address("console/inbox/", "/console/inbox/", SIGNED_IN, sees=WORDS),
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
    *(  # the leader of another team
        Address(
            "field/requests/<str:code>/<str:step>/",
            f"/field/requests/{IN_HAND}/{step}/",
            statuses,
            holder="worker",
            stranger="other_leader",
            method="post",
        )
        for step, statuses in (
            ("report", (302, 404, 404, 422)),
            ("return", (302, 404, 404, 422)),
            ("take", (302, 404, 404, 422)),
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
    Address("l/<slug:link>/<slug:article>/", "/l/grp2345/live/", LEADS_ON),
    Address("l/<slug:link>/<slug:article>/", "/l/grp2345/draft/", (404, 404, 404, 404)),
    Address("l/<slug:link>/<slug:article>/", "/l/nothing/live/", (404, 404, 404, 404)),
    Address("field/app.webmanifest", "/field/app.webmanifest", EVERYBODY),
    *(
        Address(
            f"console/{route}", f"/console/{path}", (302, wrong, 403, held), holder, stranger, method, sees
        )
        for route, path, wrong, held, holder, stranger, method, sees in PEOPLE
    ),
    Address("styleguide/", "/styleguide/", EVERYBODY),
    Address("sitemap.xml", "/sitemap.xml", EVERYBODY),
    Address("sitemap-<slug:section>.xml", "/sitemap-articles.xml", EVERYBODY),
    Address("robots.txt", "/robots.txt", EVERYBODY),
    Address("feed/", "/feed/", EVERYBODY),
    Address("feed/<slug:code>/", "/feed/test-column/", EVERYBODY),
    Address("reading/<str:code>/", "/reading/ug/", LEADS_ON),
    Address("language/", "/language/", LEADS_ON, method="post"),
    Address("language/", "/language/", LEADS_ON),
    Address("accounts/login/", LOGIN, (200, 302, 302, 302)),
    Address("accounts/logout/", "/accounts/logout/", SIGNED_IN, leads_to="/"),
    Address("accounts/logout/", "/accounts/logout/", LEADS_ON, method="post"),
    Address("accounts/password/change/", "/accounts/password/change/", SIGNED_IN),
    Address("accounts/password/change/", "/accounts/password/change/", SIGNED_IN, method="post"),
    Address("accounts/password/set/", "/accounts/password/set/", SIGNED_IN),
    Address("accounts/invite/<str:name>/<str:token>/", "/accounts/invite/d29ya2Vy/x/", (410, 410, 410, 410)),
    Address("accounts/inactive/", "/accounts/inactive/", EVERYBODY),
    Address("accounts/signup/", "/accounts/signup/", (200, 302, 302, 302)),
    Address("accounts/signup/", "/accounts/signup/", (200, 302, 302, 302), method="post"),
    Address("media/images/<str:name>", "/media/images/none.jpg", (404, 404, 404, 404)),
    Address(
        "documents/<int:document_id>/<str:document_filename>", "/documents/999/a.pdf", (404, 404, 404, 404)
    ),
    Address(
        "documents/<int:document_id>/<str:document_filename>", DOCUMENT, (404, 404, 404, 200), holder="editor"
    ),
    Address("channel/_util/login/", "/channel/_util/login/", LEADS_ON),
    Address("channel/_util/login/", "/channel/_util/login/", LEADS_ON, method="post"),
    Address("read/<slug:code>/", "/read/live/", (204, 204, 204, 204)),
    Address("read/<slug:code>/", "/read/draft/", (404, 404, 404, 404)),
    *(
        Address(
            f"console/channel/reads/{route}",
            f"/console/channel/reads/{path}",
            statuses,
            method=how,
            sees=sees,
        )
        for route, path, statuses, how, sees in (
            ("", "", (302, 200, 403, 200), "get", "测试文章live"),
            ("of/<slug:code>/", "of/live/", (302, 404, 403, 200), "get", "测试文章live"),
            ("of/<slug:code>/", "of/live/", (302, 404, 403, 403), "post", ""),
            ("official/", "official/", (302, 200, 403, 200), "get", "别的题目"),
        )
    ),
    *(
        Address(
            "console/channel/reads/official/<str:code>/",
            "/console/channel/reads/official/W-1_1/",
            statuses,
            "editor",
            "far_editor",
            method,
        )
        for method, statuses in (("get", (302, 404, 403, 200)), ("post", (302, 404, 403, 422)))
    ),
    Address(
        "console/channel/reads/of/<slug:code>/",
        "/console/channel/reads/of/live/",
        (302, 404, 403, 422),
        "editor",
        "far_editor",
        method="post",
    ),
    Address(r"channel/^((?:[\w\-]+/)*)$", "/channel/", EVERYBODY),
    Address(r"channel/^((?:[\w\-]+/)*)$", STUB, EVERYBODY),
    Address(r"channel/^((?:[\w\-]+/)*)$", f"{STUB}live/", EVERYBODY),
    Address(r"channel/^((?:[\w\-]+/)*)$", f"{STUB}draft/", (404, 404, 404, 404)),
    Address("admin/", "/admin/", (302, 403, 403, 200), holder="editor"),
    Address("admin/", "/admin/", (302, 200, 403, 200), holder="editor", stranger="far_editor"),
    Address("admin/login/", "/admin/login/", (302, 302, 403, 302), holder="editor", stranger="far_editor"),
]

# Wagtail's own addresses, of which `test_matrix` fills in every one. Without a session each leads to the
# sign-in, or there is nothing (403, 404, 405); with one, only to editors and the superuser.
WAGTAILS = ("admin/", "documents/", "channel/_util/authenticate_with_password/")
# These are open to all: the catalogue and the icons of its scripts, without a fact in them.
OPEN = {"/admin/jsi18n/", "/admin/sprite/"}
