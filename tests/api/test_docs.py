"""The pages for those who write programs name every address, and none that is no more."""

import re
from pathlib import Path

import pytest

from shiliu.api.open311 import urls
from shiliu.api.staff import api

pytestmark = pytest.mark.once
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide"
ROW = re.compile(r"^\| (GET|POST) `([^`]+)` \|", re.M)


def rows(page: str) -> set[tuple[str, str]]:
    return set(ROW.findall((GUIDE / page).read_text("utf-8")))


def test_every_address_of_open311_is_documented_and_no_other():
    known = set()
    for pattern in urls.urlpatterns:
        if pattern.name == "nothing":
            continue
        path = str(pattern.pattern).removeprefix("^").removesuffix(urls.KIND) + ".xml"
        path = re.sub(r"\(\?P<(\w+)>\[\^/\]\+\)", r"{\1}", path)
        names = {"{code}": "{service_code}", "{public_id}": "{service_request_id}"}
        for ours, theirs in names.items():
            path = path.replace(ours, theirs)
        known.add(("GET", f"/open311/{path}"))
    assert rows("open311.md") == known | {("POST", "/open311/requests.xml")}


def test_every_endpoint_of_the_staff_api_is_documented_and_no_other():
    schema = api.get_openapi_schema(path_prefix="/api/v1")
    known = {(method.upper(), path) for path, each in schema["paths"].items() for method in each}
    assert rows("api.md") == {(method, path.replace("v1//", "v1/")) for method, path in known}
