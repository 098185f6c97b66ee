"""Open311, and the JSON API of programs."""

from tests.access.matrix.address import EVERYBODY, RECEIPT, WORDS, Address
from tests.factories import ORDER, PART

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

ADDRESSES = [
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
]
