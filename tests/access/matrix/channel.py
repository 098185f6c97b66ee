"""Articles, reads, links of groups, and Wagtail's pages."""

from tests.access.matrix.address import EVERYBODY, LEADS_ON, Address

STUB = "/channel/test-column/"
DOCUMENT = "/documents/1/draft.txt"  # of no article that is live

ADDRESSES = [
    Address("l/<slug:link>/<slug:article>/", "/l/grp2345/live/", LEADS_ON),
    Address("l/<slug:link>/<slug:article>/", "/l/grp2345/draft/", (404, 404, 404, 404)),
    Address("l/<slug:link>/<slug:article>/", "/l/nothing/live/", (404, 404, 404, 404)),
    Address("feed/", "/feed/", EVERYBODY),
    Address("feed/<slug:code>/", "/feed/test-column/", EVERYBODY),
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
