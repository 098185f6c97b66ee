"""Steps at the desk: what each answers, who may, and what becomes of words when something is in the way."""

import html
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from shiliu.core import audit, receipts
from shiliu.core.models import AuditEntry
from shiliu.grid.models import Tenure
from shiliu.requests import actions, steps
from shiliu.requests.models import Request, State
from tests import factories

LIST = "/console/requests/"
NEXT_YEAR = timezone.localdate().year + 1
REASON = "请拨打 12345，那里负责这件事"


def url(subject, step: str = "") -> str:
    return f"{LIST}{subject.code}/" + (f"{step}/" if step else "")


def text(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def stored(subject) -> Request:
    return Request.objects.get(pk=subject.pk)


def verbs(subject) -> list[str]:
    return [entry.verb for entry in audit.entries_of(subject)]


def test_accept_leads_back_to_the_request_and_says_what_was_done(desk, asked):
    response = desk.post(url(asked, "accept"), {"seen": 1}, follow=True)
    assert response.redirect_chain == [(url(asked), 302)]
    assert "coordinator某 accepted it" in text(response)
    assert stored(asked).state == State.ACCEPTED
    assert verbs(asked) == ["requests.ask", "requests.accept"]


def test_whole_way_over_the_desk(desk, asked, grid_team):
    for step, values in (
        ("accept", {}),
        ("assign", {"to": "team:T-EAST-1"}),
        ("take", {}),
        ("report", {"note": "换了灯泡"}),
        ("verify", {}),
        ("close", {"solved": "true"}),
    ):
        assert desk.post(url(asked, step), values | {"seen": stored(asked).version}).status_code == 302, step
    assert (stored(asked).state, stored(asked).solved, stored(asked).team) == (State.CLOSED, True, grid_team)


def test_worker_of_the_grid_is_proposed(desk, asked, grid_team):
    desk.post(url(asked, "accept"), {"seen": 1})
    assert '<option value="post:P-worker" selected>' in desk.get(url(asked)).content.decode()


def test_team_of_the_grid_is_proposed_where_nobody_answers_for_it(desk, staff, asked, grid_team, places):
    factories.team(places.east, grid_team.strand, code="T-EAST")
    Tenure.objects.exclude(user=staff.town_coordinator).update(valid_to=factories.DAY)
    desk.force_login(staff.town_coordinator)
    desk.post(url(asked, "accept"), {"seen": 1})
    assert '<option value="team:T-EAST-1" selected>' in desk.get(url(asked)).content.decode()


def test_words_survive_when_something_is_missing(desk, asked):
    response = desk.post(url(asked, "extend"), {"seen": 1, "note": REASON, "until": ""})
    assert response.status_code == 422
    shown = response.content.decode()
    assert f">\n{REASON}</textarea>" in shown
    assert 'role="alert"' in shown
    assert 'href="#extend-until"' in shown
    assert 'id="extend-until"' in shown
    assert re.search(r'<details name="steps" open><summary>Extend the deadline', shown)
    assert stored(asked).version == 1


def test_words_survive_what_the_action_refuses(desk, asked):
    response = desk.post(url(asked, "extend"), {"seen": 1, "note": REASON, "until": "2020-01-01"})
    assert response.status_code == 422
    assert f">\n{REASON}</textarea>" in response.content.decode()
    assert "Choose a later time than the present deadline" in text(response)


@pytest.fixture
def overtaken(desk, staff, asked):
    """A colleague has accepted what the desk still shows as received."""
    actions.accept(Request.objects.get(pk=asked.pk), by=staff.town_coordinator, seen=1)
    return asked


def test_second_person_is_told_what_changed_and_keeps_the_words(desk, overtaken):
    response = desk.post(url(overtaken, "refuse"), {"seen": 1, "note": REASON})
    assert response.status_code == 409
    shown = text(response)
    assert "A colleague was faster" in shown
    assert "town_coordinator某 accepted it" in shown
    assert f">\n{REASON}</textarea>" in response.content.decode()
    assert stored(overtaken).state == State.ACCEPTED

    form = re.search(
        r'<form method="post" action="[^"]*/refuse/".*?</form>', response.content.decode(), re.DOTALL
    )[0]
    seen = re.search(r'name="seen" value="(\d+)"', form)[1]
    assert desk.post(url(overtaken, "refuse"), {"seen": seen, "note": REASON}).status_code == 302
    assert stored(overtaken).state == State.REFUSED


def test_words_for_a_step_that_is_no_longer_possible_can_be_copied(desk, staff, overtaken):
    actions.refuse(stored(overtaken), by=staff.town_coordinator, seen=2, note="不属于我们")
    response = desk.post(url(overtaken, "transfer"), {"seen": 1, "note": REASON})
    assert response.status_code == 409
    shown = text(response)
    assert "Your step is no longer possible" in shown
    assert f'<q class="kept">{REASON}</q>' in shown
    assert "不属于我们" in shown


def test_race_between_reading_and_writing_is_told_the_same_way(desk, staff, asked, monkeypatch):
    """The colleague comes between this request's reading and its UPDATE."""
    way = steps.WAYS["requests.accept"]

    def late(subject, **values):
        actions.classify(
            stored(asked), to=factories.category(code="road", name="道路"), by=staff.town_coordinator, seen=1
        )
        return way.act(subject, **values)

    monkeypatch.setitem(steps.WAYS, "requests.accept", steps.Way(way.label, way.form, late))
    response = desk.post(url(asked, "accept"), {"seen": 1})
    assert response.status_code == 409
    assert "put it into the category “道路”" in text(response)


def test_ones_own_second_click_is_no_colleague(desk, asked):
    for _twice in range(2):
        assert desk.post(url(asked, "accept"), {"seen": 1}).status_code == 302
    assert verbs(asked) == ["requests.ask", "requests.accept"]


SECOND_TAB = {
    "assign": (State.ACCEPTED, {"to": "team:T-EAST-1"}, {"to": "team:T-OTHER"}),
    "classify": (State.ACCEPTED, {"to": "water"}, {"to": "road"}),
    "hold": (
        State.ASSIGNED,
        {"until": f"{NEXT_YEAR}-05-06", "note": "等配件"},
        {"until": f"{NEXT_YEAR}-05-07"},
    ),
    "extend": (
        State.ACCEPTED,
        {"until": f"{NEXT_YEAR}-05-06", "note": "等配件"},
        {"until": f"{NEXT_YEAR}-05-07"},
    ),
    "close": (State.DONE, {"solved": ""}, {"solved": "true"}),
    "merge": (State.ACCEPTED, {"into": "ONE"}, {"into": "OTHER"}),
    "report": (State.ASSIGNED, {"note": "换了灯泡"}, {"pictures": "red"}),
}


def picture(colour: str) -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, "PNG")
    return SimpleUploadedFile("1.png", file.getvalue(), "image/png")


@pytest.mark.parametrize("step", SECOND_TAB)
def test_same_step_from_a_second_tab_is_answered_as_done_only_with_the_same_values(
    desk, places, lamp, grid_team, step
):
    state, first, other = SECOND_TAB[step]
    factories.team(places.east_1, grid_team.strand, code="T-OTHER")
    for code in ("water", "road"):
        factories.category(code=code, name=code)
    others = {name: factories.request(places.east_1, lamp).code for name in ("ONE", "OTHER")}
    subject = factories.request_in(state, places.east_1, lamp, grid_team)

    def send(values):
        values = {name: others.get(value, value) for name, value in values.items()}
        if "pictures" in values:
            values["pictures"] = [picture(values["pictures"])]
        return desk.post(url(subject, step), {"seen": 1} | values)

    assert [send(first).status_code for _twice in range(2)] == [302, 302]
    response = send(first | other)
    assert response.status_code == 409
    assert "A colleague was faster" in text(response)
    assert verbs(subject) == [f"requests.{step}"]


@pytest.mark.parametrize(
    ("seen", "status"), [("", 422), ("x", 422), ("-1", 422), ("٣", 409), ("9" * 30, 409)]
)
def test_form_without_the_version_is_refused_and_kept(desk, asked, seen, status):
    response = desk.post(url(asked, "refuse"), {"seen": seen, "note": REASON})
    assert response.status_code == status
    assert REASON in text(response)
    assert stored(asked).version == 1


@pytest.mark.parametrize(
    ("who", "step", "status"),
    [
        ("worker", "accept", 403),
        ("leader", "accept", 403),
        ("far_coordinator", "accept", 404),
        ("nobody", "accept", 404),
        ("coordinator", "nothing", 404),
        ("coordinator", "ask", 404),
        ("coordinator", "confirm", 404),
    ],
)
def test_who_may_not(client, staff, asked, who, step, status):
    client.force_login(getattr(staff, who))
    assert client.post(url(asked, step), {"seen": 1}).status_code == status
    assert verbs(asked) == ["requests.ask"]


def test_page_offers_only_what_one_may(client, staff, asked):
    offered = {}
    for who in ("worker", "coordinator", "leader"):
        client.force_login(getattr(staff, who))
        offered[who] = re.findall(r'id="step-(\w+)"', client.get(url(asked)).content.decode())
    assert offered == {
        "worker": [],
        "coordinator": ["accept", "classify", "move", "set_urgency", "extend", "merge", "refuse", "transfer"],
        "leader": [],
    }


def test_step_is_a_post(desk, asked):
    assert desk.get(url(asked, "accept")).status_code == 405
    assert desk.get(url(asked, "contact")).status_code == 405


# On to the next one ---------------------------------------------------------------------------------------


@pytest.fixture
def queue(places, lamp, asked):
    """Two more after the one that was asked."""
    return [
        factories.request(
            places.east_1, lamp, code=code, due_at=asked.due_at.replace(year=asked.due_at.year + n)
        )
        for n, code in enumerate(("NEXT-1", "NEXT-2"), 1)
    ]


def then(response) -> str:
    return response.headers["Location"]


def test_next_one_of_the_list_opens(desk, asked, queue):
    sent = {"seen": 1, "list": "show=received", "then": "next"}
    assert then(desk.post(url(asked, "accept"), sent)) == f"{LIST}NEXT-1/?list=show%3Dreceived"
    assert then(desk.post(url(queue[1], "accept"), sent)) == f"{LIST}NEXT-1/?list=show%3Dreceived"
    last = desk.post(url(queue[0], "accept"), sent, follow=True)
    assert last.redirect_chain == [(f"{LIST}?show=received", 302)]
    assert "That was the last one in this list" in text(last)


def test_choice_to_stay_is_kept(desk, asked, queue):
    page = desk.get(f"{url(asked)}?list=show%3Dopen").content.decode()
    assert 'name="then" value="next" checked' in page
    stayed = desk.post(url(asked, "accept"), {"seen": 1, "list": "show=open"}, follow=True)
    assert stayed.redirect_chain == [(f"{url(asked)}?list=show%3Dopen", 302)]
    assert 'name="then" value="next" checked' not in stayed.content.decode()


def test_accepted_in_the_list_one_is_back_at_the_same_place(desk, asked):
    place = "show=received&after=1700000000000000-1"
    sent = {"seen": 1, "list": place, "then": "list"}
    assert then(desk.post(url(asked, "accept"), sent)) == f"{LIST}?{place}#r-{asked.code}"


def test_accepted_in_the_list_with_htmx_only_the_row_comes(desk, asked):
    shown = desk.post(
        url(asked, "accept"),
        {"seen": 1, "list": "show=received", "then": "list"},
        headers={"hx-request": "true"},
    ).content.decode()
    assert shown.lstrip().startswith(f'<li id="r-{asked.code}"')
    assert "coordinator某 accepted it" in shown
    assert "<html" not in shown
    assert f"/{asked.code}/accept/" not in shown  # it cannot be accepted twice


def test_pages_of_the_list_beside_a_request_open_beside_it(desk, places, lamp, asked):
    for number in range(45):
        factories.request(places.east_1, lamp, code=f"N{number}")
    page = desk.get(f"{url(asked)}?list=show%3Dopen").content.decode()
    (following,) = re.findall(r'rel="next"[^>]* href="([^"]*)"', page)
    assert following.startswith("?list=show%3Dopen%26after%3D")
    beside = desk.get(f"{url(asked)}{following}").content.decode()
    assert 'rel="prev"' in beside


def test_accepted_in_the_list_the_row_can_still_be_ticked(desk, asked):
    page = desk.get(f"{LIST}?show=received").content.decode()
    assert 'name="ticks" value="1"' in page
    sent = {"seen": 1, "list": "show=received", "then": "list", "ticks": "1"}
    shown = desk.post(url(asked, "accept"), sent, headers={"hx-request": "true"}).content.decode()
    assert f'value="{asked.code}:2"' in shown


def test_refused_in_the_list_with_htmx_the_row_says_why(desk, asked, client, staff, places, monkeypatch):
    htmx = {"hx-request": "true", "hx-current-url": f"http://testserver{LIST}?show=received"}
    for sent in ({}, {"seen": 1, "to": "team:nothing"}):
        shown = desk.post(url(asked, "accept"), sent, headers=htmx)
        assert shown.status_code == 200
        assert shown.content.decode().lstrip().startswith(f'<li id="r-{asked.code}"')
        assert 'class="said"' in shown.content.decode()
    client.force_login(staff.worker)
    shown = client.post(url(asked, "accept"), {"seen": 1}, headers=htmx)
    assert shown.status_code == 200
    assert "You may not accept a request here" in text(shown)
    client.force_login(staff.far_coordinator)
    shown = client.post(url(asked, "accept"), {"seen": 1}, headers=htmx)
    assert (shown.status_code, "no longer yours" in text(shown)) == (200, True)
    assert asked.code not in shown.content.decode()
    assert stored(asked).state == State.RECEIVED
    client.logout()
    shown = client.post(url(asked, "accept"), {"seen": 1}, headers=htmx)
    assert "/accounts/login/?next=/console/requests/%3Fshow%3Dreceived" in shown.headers["HX-Redirect"]
    assert not shown.content


def test_overtaken_in_the_list_with_htmx_the_row_says_so(desk, overtaken):
    shown = text(desk.post(url(overtaken, "accept"), {"seen": 1}, headers={"hx-request": "true"}))
    assert "A colleague was faster" in shown
    assert "accepted" in shown


def test_what_a_team_gave_back_is_no_longer_its_own(client, places, lamp):
    leader = factories.person("leader_of_team")
    post = factories.tenure(leader, "team_leader", places.west).post
    team = factories.team(places.west, factories.strand(), leader_post=post)
    subject = factories.request(places.east_1, lamp, state=State.ASSIGNED, team=team)
    client.force_login(leader)
    response = client.post(url(subject, "return"), {"seen": 1, "note": "不归我们队"}, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    assert response.status_code == 200
    assert stored(subject).state == State.ACCEPTED
    again = client.post(url(subject, "return"), {"seen": 1, "note": "不归我们队"}, follow=True)
    assert again.redirect_chain == [(LIST, 302)]
    assert f"{receipts.shown(subject.code)} · " in text(again)
    other = client.post(url(subject, "return"), {"seen": 1, "note": "别的话"})
    assert other.status_code == 404


def test_list_from_elsewhere_is_read_as_a_list_and_nothing_else(desk, asked):
    sent = {"seen": 1, "list": "https://example.org/?show=late&x=y", "then": "list"}
    assert then(desk.post(url(asked, "accept"), sent)) == f"{LIST}?show=open#r-{asked.code}"


# Contact --------------------------------------------------------------------------------------------------


def test_contact_is_shown_on_one_answer_and_on_record(desk, asked):
    assert "13900000001" not in text(desk.get(url(asked)))
    response = desk.post(url(asked, "contact"))
    assert "甲某某" in text(response)
    assert "13900000001" in text(response)
    assert "no-store" in response.headers["Cache-Control"]
    assert "13900000001" not in text(desk.get(url(asked)))
    assert verbs(asked) == ["requests.ask", "requests.contact"]


@pytest.mark.parametrize(("who", "status"), [("leader", 403), ("far_coordinator", 404), ("worker", 200)])
def test_contact_is_for_those_with_the_right(client, staff, asked, who, status):
    client.force_login(getattr(staff, who))
    assert client.post(url(asked, "contact")).status_code == status
    assert AuditEntry.objects.filter(verb="requests.contact").count() == (status == 200)


def test_addresses_have_names(asked):
    assert reverse("desk:step", args=[asked.code, "accept"]) == url(asked, "accept")
