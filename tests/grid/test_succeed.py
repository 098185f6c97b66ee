"""The form by which an area becomes another one."""

import html

import pytest
from django.utils import timezone

from shiliu.core import audit
from shiliu.grid.models import Area, Succession
from tests import factories


@pytest.fixture
def admin(client, staff):
    client.force_login(staff.administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def path(area: Area) -> str:
    return f"/console/areas/{area.code}/became/"


def said(response) -> str:
    return html.unescape(response.content.decode())


def test_area_becomes_another_one(admin, places):
    response = admin.post(
        path(places.east), {"successor": places.west.code, "day": "2026-03-01", "seen": 1}, follow=True
    )
    assert response.redirect_chain == [(f"/areas/{places.east.code}/", 302)]
    assert "It is recorded that 测试east became 测试west." in said(response)
    succession = Succession.objects.get()
    assert (succession.predecessor, succession.successor, str(succession.day)) == (
        places.east,
        places.west,
        "2026-03-01",
    )
    assert str(Area.objects.get(pk=places.east.pk).valid_to) == "2026-02-28"
    [entry] = audit.entries_of(places.east)
    assert (entry.verb, entry.data["successor"]) == ("grid.succeed", places.west.code)


@pytest.mark.parametrize(
    ("values", "status", "sentence"),
    [
        ({"successor": "990001200001"}, 200, "Choose one of the list"),  # of another town
        ({"successor": "990001100001"}, 200, "Choose one of the list"),  # itself
        ({"successor": "990001100002001"}, 200, "Choose one of the list"),  # a grid
        ({"successor": ""}, 200, "Please fill this in"),
        ({"day": "2026-02-30"}, 200, "Enter a valid date"),
        ({"day": "1900-01-01"}, 422, "The last day is before the first one"),
        ({"seen": "7"}, 409, "A colleague was faster"),
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_kept(admin, places, values, status, sentence):
    sent = {"successor": places.west.code, "day": "2026-03-01", "seen": "1"} | values
    response = admin.post(path(places.east), sent)
    assert response.status_code == status
    assert sentence in said(response)
    form = response.context["form"]
    assert (form["successor"].value(), form["day"].value()) == (sent["successor"], sent["day"])
    assert not Succession.objects.exists()
    assert Area.objects.get(pk=places.east.pk).valid_to is None


@pytest.mark.parametrize("code", ["no", "990009", "%00"])
def test_area_that_is_not_is_404(admin, code):
    assert admin.get(f"/console/areas/{code}/became/").status_code == 404


def test_form_leads_on_from_the_area_in_the_admin(admin, places):
    assert f'href="{path(places.east)}"' in said(admin.get(f"/admin/area/edit/{places.east.pk}/"))
    assert "became/" not in said(admin.get("/admin/area/new/"))


@pytest.mark.parametrize("n", [1, 3])
def test_form_costs_the_same_whatever_there_is(admin, places, n, django_assert_num_queries):
    for number in range(n):
        factories.area(f"99000110001{number}", valid_from=timezone.localdate())
    with django_assert_num_queries(7):
        admin.get(path(places.east))
