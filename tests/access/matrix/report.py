"""The report and its signings, charts, maps, the matrix."""

from tests.access.matrix.address import EVERYBODY, LEADS_ON, LOGIN, WORDS, Address
from tests.factories import DAY, IN_HAND

MONTH, IN_EAST = "/report/requests/2023-05/", "%3Farea%3D990001100001"
THIN, KEY = "thresholds/<str:code>/", "<str:key>/"
NAMED_RIGHT = (302, 403, 403, 200)  # of an area that is no secret
WRITING = "/report/2023H1/words/main_line/"
AID_SHOWN = 'aid.payments/?area=990001100001001">1</a>'  # a small count of persons, with its records
AID_CHART = '/report/2023Q2/aid.paid/">500</a>'

ADDRESSES = [
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
    Address("charts/", "/charts/?period=2023H1", EVERYBODY, holder="aid_officer", sees=AID_CHART),
    Address("charts/<str:key>/<str:form>/", "/charts/aid.by_quarter/svg/?period=2023H1", EVERYBODY),
    Address("charts/<str:key>/<str:form>/", "/charts/aid.by_quarter/exe/", (404, 404, 404, 404)),
    Address("map/", "/map/", EVERYBODY),
    Address(
        "map/", "/map/?figure=aid.payments&period=2023H1", EVERYBODY, holder="aid_officer", sees=AID_SHOWN
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
]
