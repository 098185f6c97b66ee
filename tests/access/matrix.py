"""Every address and who may use it. `test_matrix` walks the resolver: an address that is not here fails.

The four columns are the status that each of them gets:

    anonymous       nobody is signed in
    wrong area      staff with the right, in another town
    right missing   staff of this town without the right (here: with no post at all)
    right held      staff with the right, here

Where the public may look at a page too, all four are 200; what each then sees on it is said by `sees`.
"""

from dataclasses import dataclass

LOGIN = "/accounts/login/"
STUB = "/channel/test-column/"


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


EVERYBODY = (200, 200, 200, 200)
LEADS_ON = (302, 302, 302, 302)
SIGNED_IN = (302, 200, 200, 200)
WORDS = "三号楼前的路灯不亮"

MATRIX = [
    Address("", "/", EVERYBODY),
    Address("search/", "/search/", EVERYBODY),
    Address("search/", "/search/?q=%E8%B7%AF%E7%81%AF", EVERYBODY),  # never a request's words
    Address("report/", "/report/", LEADS_ON),
    Address("report/<period:period>/", "/report/2023H1/", EVERYBODY),
    Address("report/<period:period>/<str:key>/", "/report/2023H1/requests.received/", EVERYBODY, sees=WORDS),
    Address(
        "report/<period:period>/<str:key>/",
        "/report/2023H1/aid.paid/",
        EVERYBODY,
        holder="aid_officer",
        sees='data-figure="aid.paid"',
    ),
    Address("console/", "/console/", SIGNED_IN, sees="测试east"),
    Address("display/", "/display/", LEADS_ON, method="post"),
    Address("display/", "/display/", (405, 405, 405, 405)),
    Address("language/", "/language/", LEADS_ON, method="post"),
    Address("language/", "/language/", LEADS_ON),
    Address("accounts/login/", LOGIN, (200, 302, 302, 302)),
    Address("accounts/logout/", "/accounts/logout/", SIGNED_IN, leads_to="/"),
    Address("accounts/logout/", "/accounts/logout/", LEADS_ON, method="post"),
    Address("accounts/password/change/", "/accounts/password/change/", SIGNED_IN),
    Address("accounts/password/change/", "/accounts/password/change/", SIGNED_IN, method="post"),
    Address("accounts/inactive/", "/accounts/inactive/", EVERYBODY),
    Address("accounts/signup/", "/accounts/signup/", (200, 302, 302, 302)),
    Address("accounts/signup/", "/accounts/signup/", (200, 302, 302, 302), method="post"),
    Address("channel/_util/login/", "/channel/_util/login/", LEADS_ON),
    Address("channel/_util/login/", "/channel/_util/login/", LEADS_ON, method="post"),
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
