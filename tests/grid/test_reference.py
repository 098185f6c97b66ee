"""Reference data in Wagtail's admin: whose rows, what is refused in words, and what the history tells."""

import html
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from wagtail.models import ModelLogEntry

from shiliu.core.models import User
from shiliu.grid import reference
from shiliu.grid.models import Area, Unit
from shiliu.requests.models import Category
from shiliu.venues.models import Venue
from tests import factories
from tests.factories import LONG_AGO

ENGLISH = {"accept-language": "en"}


@dataclass(frozen=True)
class Kind:
    model: type[Any]
    name: str
    new: dict[str, Any]


KINDS = {
    "area": Kind(Area, "area", {"code": "990001100003", "kind": "ordinary", "urban_rural": "", "source": ""}),
    "unit": Kind(Unit, "unit", {"code": "U-9", "kind": "utility", "area": "990001100001"}),
    "venue": Kind(Venue, "venue", {"code": "H-9", "kind": "other", "area": "990001100001", "address": ""}),
}
CATEGORY = {"name": "路灯", "code": "lamp", "due_amount": 3, "due_unit": "work_day"} | {
    "position": 1,
    "reopen_days": 15,
    "warn_percent": 80,
    "is_offered": "on",
}


def filled(kind: Kind, **values: Any) -> dict[str, Any]:
    return kind.new | {"name": "新的", "valid_from": "2024-01-01", "valid_to": ""} | values


@pytest.fixture
def rows(places):
    """One of each kind here, one of each in the other town."""
    unit = {"name": "供电所", "kind": "utility", "valid_from": LONG_AGO}
    return {
        "area": (places.east, places.far),
        "unit": (Unit.objects.create(area=places.east, **unit), Unit.objects.create(area=places.far, **unit)),
        "venue": (factories.venue(places.east), factories.venue(places.far)),
    }


@pytest.fixture
def admin(client, staff):
    client.force_login(staff.administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def said(response) -> str:
    return html.unescape(response.content.decode())


def edit(client, row, **values: Any):
    """Open the form as it is, change some of it, send it."""
    name = row._meta.model_name
    path = f"/admin/{name}/edit/{row.pk}/"
    form = client.get(path).context["form"]
    data = {field: form[field].value() for field in form.fields}
    data = {field: "" if value is None else value for field, value in data.items()} | values
    return client.post(path, data)


def paths(row) -> dict[str, str]:
    name = row._meta.model_name
    return {
        "list": f"/admin/{name}/",
        "create": f"/admin/{name}/new/",
        "edit": f"/admin/{name}/edit/{row.pk}/",
        "history": f"/admin/{name}/history/{row.pk}/",
        "history results": f"/admin/{name}/history-results/{row.pk}/",
    }


# Whose rows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_right_held_opens_everything_here_and_nothing_elsewhere(admin, rows, name):
    here, far = rows[name]
    assert {key: admin.get(path).status_code for key, path in paths(here).items()} == dict.fromkeys(
        paths(here), 200
    )
    listed = admin.get(f"/admin/{name}/")
    assert f"/admin/{name}/edit/{here.pk}/" in said(listed)
    assert f"/admin/{name}/edit/{far.pk}/" not in said(listed)
    for key in ("edit", "history", "history results"):
        assert admin.get(paths(far)[key]).status_code == 404
    assert admin.post(paths(far)["edit"], filled(KINDS[name])).status_code == 404


@pytest.mark.parametrize("name", KINDS)
def test_right_missing_opens_nothing(client, staff, rows, name):
    for who in (staff.town_coordinator, staff.leader, staff.nobody):
        client.force_login(who)
        for path in paths(rows[name][0]).values():
            assert client.get(path).status_code == 403
            assert client.post(path, {}).status_code == 403


@pytest.mark.parametrize(("name", "opened"), [("area", False), ("unit", False), ("venue", True)])
def test_editor_keeps_venues_only(client, staff, rows, name, opened):
    """Wagtail sends who may enter, but not there, back to its front with a sentence."""
    client.force_login(staff.editor)
    statuses = {key: client.get(path).status_code for key, path in paths(rows[name][0]).items()}
    closed = {"list": 302, "create": 302, "edit": 302, "history": 404, "history results": 404}
    assert statuses == (dict.fromkeys(closed, 200) if opened else closed)


def test_categories_are_the_administrators(client, staff):
    lamp = factories.category()
    client.force_login(staff.editor)
    assert client.get(f"/admin/category/edit/{lamp.pk}/").status_code == 302
    client.force_login(staff.administrator)
    assert client.get(f"/admin/category/edit/{lamp.pk}/").status_code == 200


@pytest.mark.parametrize(("where", "opened"), [("town", True), ("county", True), ("east", False)])
def test_categories_are_not_a_villages_to_change(client, places, where, opened):
    """They count in every village and town."""
    lamp = factories.category()
    who = factories.person("who")
    factories.tenure(who, "administrator", getattr(places, where))
    client.force_login(who)
    sent = CATEGORY | {"code": lamp.code, "name": "改名", "seen": 1}
    answers = [client.get(path).status_code for path in ("/admin/category/", "/admin/category/new/")]
    client.post(f"/admin/category/edit/{lamp.pk}/", sent)
    client.post("/admin/category/new/", CATEGORY | {"code": "new"})
    lamp.refresh_from_db()
    assert answers == [200 if opened else 302] * 2
    assert (lamp.name == "改名") == opened
    assert Category.objects.filter(code="new").exists() == opened
    assert f"/admin/area/edit/{places.east.pk}/" in said(client.get("/admin/area/"))


def test_former_town_makes_no_village_a_town(client, places):
    """A village that was a town of its own gives no right over the others."""
    factories.succession(factories.area("990001300"), places.east)
    who = factories.person("who")
    factories.tenure(who, "administrator", places.east)
    client.force_login(who)
    assert client.get("/admin/category/").status_code == 302


@pytest.mark.parametrize("name", KINDS)
def test_superuser_keeps_all(client, rows, name):
    client.force_login(factories.person("root", is_superuser=True))
    for row in rows[name]:
        assert {client.get(path).status_code for path in paths(row).values()} == {200}


@pytest.mark.parametrize("name", [*KINDS, "category"])
def test_nothing_is_deleted_or_copied(client, db, name):
    client.force_login(factories.person("root", is_superuser=True))
    for view in ("delete", "usage", "copy"):
        assert client.post(f"/admin/{name}/{view}/1/").status_code == 404


def test_users_and_groups_are_the_superusers(admin):
    for path in ("/admin/users/", "/admin/groups/"):
        assert admin.get(path).status_code in (302, 403)


def test_menu_shows_what_one_keeps(client, staff):
    def menu(who: User) -> set[str]:
        client.force_login(who)
        page = said(client.get("/admin/"))
        return {name for name in (*KINDS, "category", "users") if f'"/admin/{name}/"' in page}

    assert menu(staff.administrator) == {"area", "unit", "venue", "category"}
    assert menu(staff.editor) == {"venue"}


# Saving ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_new_row_is_stored_and_told(admin, staff, places, name):
    response = admin.post(f"/admin/{name}/new/", filled(KINDS[name]))

    assert response.status_code == 302, said(response)
    row = KINDS[name].model.objects.get(code=KINDS[name].new["code"])
    assert (row.name, row.valid_from, row.version) == ("新的", date(2024, 1, 1), 1)
    [entry] = ModelLogEntry.objects.for_instance(row)
    assert (entry.user, entry.formatter.format_message(entry)) == (
        staff.administrator,
        f"Created under the code {row.code}",
    )


@pytest.mark.parametrize("name", KINDS)
def test_row_whose_history_cannot_be_written_is_not_stored(admin, monkeypatch, name):
    def broken(**_told):
        raise RuntimeError("no history")

    monkeypatch.setattr(reference, "log", broken)
    with pytest.raises(RuntimeError, match="no history"):
        admin.post(f"/admin/{name}/new/", filled(KINDS[name]))
    assert not KINDS[name].model.objects.filter(code=KINDS[name].new["code"]).exists()


def test_new_area_lies_in_the_one_that_its_code_begins_with(admin, places):
    admin.post("/admin/area/new/", filled(KINDS["area"]))
    assert Area.objects.get(code="990001100003").parent_id == places.town.code


def test_new_category_is_stored(admin):
    admin.post("/admin/category/new/", CATEGORY)
    assert Category.objects.get(code="lamp").due_amount == 3


@pytest.mark.parametrize("name", KINDS)
def test_change_is_stored_and_told(admin, staff, rows, name):
    here, _far = rows[name]
    before = here.name

    assert edit(admin, here, name="改名").status_code == 302

    here.refresh_from_db()
    assert (here.name, here.version) == ("改名", 2)
    entry = ModelLogEntry.objects.for_instance(here).latest("pk")
    assert entry.user == staff.administrator
    assert f"name: {before} → 改名" in entry.formatter.format_message(entry)
    assert f"name: {before} → 改名" in said(admin.get(paths(here)["history"]))


def test_choices_are_told_in_words(admin, rows):
    here, _far = rows["unit"]
    edit(admin, here, kind="office")
    assert "kind: utility → government office" in said(admin.get(paths(here)["history"]))


def test_save_without_a_change_is_no_change(admin, rows):
    here, _far = rows["unit"]
    assert edit(admin, here).status_code == 302
    here.refresh_from_db()
    assert here.version == 1
    assert not ModelLogEntry.objects.exists()


@pytest.mark.parametrize("name", KINDS)
def test_colleague_who_was_faster_is_told_of_and_nothing_is_lost(admin, rows, name):
    here, _far = rows[name]
    KINDS[name].model.objects.filter(pk=here.pk).update(version=2, name="同事改的")

    response = edit(admin, here, name="我改的", seen=1)

    assert "A colleague was faster" in said(response)
    assert response.context["form"]["name"].value() == "我改的"
    here.refresh_from_db()
    assert (here.name, here.version) == ("同事改的", 2)
    assert not ModelLogEntry.objects.exists()


def test_form_without_the_version_is_refused(admin, rows):
    here, _far = rows["unit"]
    assert "incomplete" in said(edit(admin, here, name="我改的", seen=""))
    here.refresh_from_db()
    assert here.version == 1


@pytest.mark.parametrize("name", KINDS)
def test_code_and_area_stay_as_they_are(admin, places, rows, name):
    here, _far = rows[name]
    code = here.code
    edit(admin, here, name="改名", code="990001200777", area=places.far.code)
    here.refresh_from_db()
    assert (here.name, here.code, here.area_id) == ("改名", code, places.east.code)


# Refused, in words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("area", {"code": "99000110000"}, "“99000110000” is not an area code. Give 6, 9, 12 or 15 digits."),
        ("area", {"code": "９９０００１１０００１１"}, "is not an area code"),
        ("area", {"code": "990001100001"}, "There is a row with this code already"),
        ("area", {"code": "990001200003"}, "That code lies outside your post's area"),
        ("area", {"code": "990001100009001"}, "The area 990001100009, in which this one lies, is not on"),
        ("area", {"valid_to": "2023-12-31"}, "The last day is before the first one"),
        ("unit", {"valid_to": "2023-12-31"}, "The last day is before the first one"),
        ("unit", {"code": "供电 所"}, "“供电 所” is not a code"),
        ("unit", {"area": "990001200001"}, "That area lies outside your post's"),
        ("venue", {"area": "990001200001"}, "That area lies outside your post's"),
        ("venue", {"code": "a/b"}, "“a/b” is not a code"),
        ("venue", {"valid_from": "gestern"}, "Enter a valid date"),
        ("venue", {"name": ""}, "Please fill this in"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_sentence_and_kept(admin, places, name, values, sentence):
    sent = filled(KINDS[name], **values)
    before = KINDS[name].model.objects.count()

    response = admin.post(f"/admin/{name}/new/", sent)

    assert response.status_code == 200
    assert sentence in said(response)
    form = response.context["form"]
    assert {field: str(form[field].value()) for field in sent} == {k: str(v) for k, v in sent.items()}
    assert KINDS[name].model.objects.count() == before


def test_duplicate_code_of_a_unit_is_refused(admin, rows):
    here, _far = rows["unit"]
    response = admin.post("/admin/unit/new/", filled(KINDS["unit"], code=here.code))
    assert "There is a row with this code already" in said(response)


def test_area_does_not_end_before_what_lies_in_it(admin, places):
    response = edit(admin, places.east, valid_to="2030-01-01")
    assert "测试east_1 lies in it and would still be valid" in said(response)
    Area.objects.filter(parent=places.east).update(valid_to=date(2030, 1, 1))
    assert edit(admin, places.east, valid_to="2030-01-01").status_code == 302


def test_choice_of_areas_is_ones_own(admin, places):
    offered = admin.get("/admin/unit/new/").context["form"].fields["area"].queryset
    assert places.east in offered
    assert places.far not in offered


# Finding --------------------------------------------------------------------------------------------------


def test_list_is_searched_and_filtered(admin, places):
    factories.area("990001100003", name="红石榴小区", valid_to=date(2021, 1, 1))

    def listed(query: str) -> set[str]:
        return {row.code for row in admin.get(f"/admin/area/?{query}").context["object_list"]}

    assert listed("q=红石榴") == {"990001100003"}
    assert listed("standing=no") == {"990001100003"}
    assert listed("level=12") == {"990001100003", places.east.code, places.west.code}
    assert listed("level=12&standing=yes") == {places.east.code, places.west.code}


@pytest.mark.parametrize("n", [1, 3])
def test_list_asks_the_same_number_of_queries(admin, places, django_assert_num_queries, n):
    for _one in range(n):
        factories.venue(places.east)
    admin.get("/admin/venue/")
    with django_assert_num_queries(12):
        admin.get("/admin/venue/")
