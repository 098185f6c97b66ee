"""Wagtail's admin in Chinese: no word of English or of Python's, and no way to another host."""

import json
import re

import pytest
from django.contrib.staticfiles import finders

from shiliu.console.wagtail import sync
from tests import factories

LISTS = ["area", "unit", "venue", "activity", "category", "categorymilestone", "categoryquestion", "guide"]
HOME = ["/admin/", "/admin/pages/", "/admin/account/", "/admin/reports/aging-pages/"]
AS_IF_ENGLISH = re.compile(r"[\u4e00-\u9fff]s\b")  # Django's plural of a Chinese word


@pytest.fixture
def admin(client, places, staff):
    factories.column(places.town)
    category = factories.category()
    category.questions.create(code="pole", name="pole", label="灯杆编号", datatype="string", position=1)
    factories.venue(places.east)
    for who in (staff.administrator, staff.editor):
        sync(who)
    client.force_login(staff.administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


def without(page: str, *names: str) -> str:
    for name in names:
        page = re.sub(rf"<{name}\b.*?</{name}>", "", page, flags=re.S)
    return page


def text_of(page: str) -> list[str]:
    """What stands between the tags for those who have scripts."""
    plain = without(page, "script", "style", "template", "noscript")
    return [each.strip() for each in re.findall(r">([^<>]+)<", plain) if each.strip()]


@pytest.mark.parametrize("name", LISTS)
def test_lists_name_their_columns_and_say_yes_and_no(admin, name):
    page = admin.get(f"/admin/{name}/").text
    said = text_of(page)

    assert not AS_IF_ENGLISH.search(page)
    assert not {"True", "False", "None", "Area id", "Category", "Venue"} & set(said)


def test_yes_and_no_stand_in_a_list(admin):
    assert "是" in text_of(admin.get("/admin/categoryquestion/").text)


@pytest.mark.parametrize("path", HOME)
def test_pages_lead_to_no_other_host(admin, staff, path):
    admin.force_login(staff.editor)
    page = without(admin.get(path).text, "noscript")

    addresses = set(re.findall(r"https?://[\w.-]+", page)) - {"http://www.w3.org"}  # names of SVG's parts
    assert not {each for each in addresses if "testserver" not in each}


def test_home_is_all_chinese_and_leads_back(admin, staff):
    admin.force_login(staff.editor)
    page = admin.get("/admin/").text

    assert not [each for each in text_of(page) if re.search("[A-Za-z]{4}", each) and each != "editor某"]
    assert '"url": "/console/"' in page
    assert "console/wagtail.css" in page
    assert "shiliu/mark.svg" in page


def test_scripts_of_the_editor_speak_chinese(admin, staff):
    admin.force_login(staff.editor)

    assert json.dumps("正在自动保存…") in admin.get("/admin/jsi18n/").text


def test_style_and_mark_are_there():
    assert finders.find("console/wagtail.css")
    assert finders.find("shiliu/mark.svg")
