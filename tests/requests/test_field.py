"""A request in the field: who sees it, its steps, the same form sent twice, a colleague who was faster."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from shiliu.core import audit
from shiliu.core.models import AuditEntry
from shiliu.requests import actions
from shiliu.requests.models import Photo, Request, State
from tests import factories

ENGLISH = {"accept-language": "en"}


@pytest.fixture
def leader(places):
    """Leads a team of the town, and sees no area."""
    return factories.person("team-leader")


@pytest.fixture
def team(places, leader):
    held = factories.tenure(leader, "team_leader", places.town)
    return factories.team(places.town, factories.strand(), leader_post=held.post)


@pytest.fixture
def assigned(places, team) -> Request:
    return factories.request(places.east_1, factories.category(), state=State.ASSIGNED, team=team)


@pytest.fixture
def phone(client):
    """phone(user): the client, signed in and in English."""

    def sign_in(user):
        client.force_login(user)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return sign_in


def at(request: Request, *rest: str) -> str:
    return "/".join(["/field/requests", request.code, *rest, ""])


def jpeg(name: str = "after.jpg", colour: str = "green") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def told(request: Request) -> list[str]:
    return [entry.verb for entry in audit.entries_of(request)]


def text(response) -> str:
    return response.content.decode()


# Who sees what --------------------------------------------------------------------------------------------


def test_team_leader_sees_what_went_to_the_team_and_nothing_else(places, phone, leader, assigned):
    other = factories.request(places.east_1, assigned.category)

    assert assigned.words in text(phone(leader).get(at(assigned)))
    assert phone(leader).get(at(other)).status_code == 404


def test_leader_of_another_team_sees_nothing_of_it(places, phone, assigned):
    stranger = factories.person("other-leader")
    held = factories.tenure(stranger, "team_leader", places.town)
    factories.team(places.town, assigned.team.strand, leader_post=held.post)

    for rest in ((), ("take",), ("report",), ("return",)):
        assert phone(stranger).get(at(assigned, *rest)).status_code == 404
    for rest in (("contact",), ("take",), ("report",), ("return",)):
        assert phone(stranger).post(at(assigned, *rest), {"seen": 1, "note": "换了"}).status_code == 404
    assert not AuditEntry.objects.exists()


def test_grid_worker_sees_the_own_grid_only(places, phone, staff):
    lamp = factories.category()
    near, far = factories.request(places.east_1, lamp), factories.request(places.east_2, lamp)

    assert phone(staff.worker).get(at(near)).status_code == 200
    assert phone(staff.worker).get(at(far)).status_code == 404


def test_what_does_not_wait_for_me_has_no_main_button(phone, staff, leader, assigned):
    """A grid worker may help out on another team's request, and is not pushed to."""
    own, others = phone(leader).get(at(assigned)), None
    assert own.context["main"].verb == "requests.take"
    others = phone(staff.worker).get(at(assigned))
    assert others.context["main"] is None
    assert [offer.verb for offer in others.context["others"]] == [
        "requests.take",
        "requests.report",
        "requests.return",
    ]


def test_who_may_see_but_not_report_is_offered_no_step(phone, staff, assigned):
    response = phone(staff.leader).get(at(assigned))
    assert (response.context["main"], response.context["others"]) == (None, [])
    assert phone(staff.leader).post(at(assigned, "take"), {"seen": 1}).status_code == 403
    assert Request.objects.get().state == State.ASSIGNED


def test_steps_of_the_desk_are_not_taken_here(phone, staff, assigned):
    assert phone(staff.coordinator).post(at(assigned, "close"), {"seen": 1}).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_detail_queries(phone, leader, assigned, django_assert_num_queries, n):
    for again in range(n):
        Photo.objects.create(request=assigned, picture="a", thumbnail="b", width=4, height=3)
        actions.take(assigned, by=leader, seen=assigned.version)
        actions.report(assigned, by=leader, seen=assigned.version, note=f"换了{again}")
        Request.objects.update(state=State.ASSIGNED)
        assigned.refresh_from_db()
    client = phone(leader)
    with django_assert_num_queries(20):
        assert client.get(at(assigned)).status_code == 200


# Reaching the person --------------------------------------------------------------------------------------


def test_contact_is_shown_once_asked_for_and_leaves_an_entry(phone, staff, assigned):
    client = phone(staff.worker)
    assert "13900000001" not in text(client.get(at(assigned)))

    shown = client.post(at(assigned, "contact"))

    assert 'href="tel:13900000001"' in text(shown)
    assert "no-store" in shown.headers["Cache-Control"]
    assert told(assigned) == ["requests.contact"]
    assert "13900000001" not in text(client.get(at(assigned)))
    assert client.get(at(assigned, "contact")).status_code == 405


def test_who_left_an_address_alone_can_be_reached(places, phone, staff):
    request = factories.request(
        places.east_1,
        factories.category(),
        contact_name="",
        contact_phone="",
        contact_email="jia@example.org",
    )
    client = phone(staff.coordinator)
    for page in (at(request), f"/console/requests/{request.code}/"):
        assert "jia@example.org" not in text(client.get(page))
        assert 'href="mailto:jia@example.org"' in text(client.post(f"{page}contact/"))


def test_slip_leads_to_the_address_of_the_install(phone, staff, assigned, settings):
    settings.BASE_URL = "https://town.example.org"
    shown = text(phone(staff.worker).get(f"/field/ask/{assigned.code}/"))
    assert f"https://town.example.org/r/{assigned.code}/" in shown


def test_contact_needs_its_right(phone, leader, assigned):
    assert "Show how to reach" not in text(phone(leader).get(at(assigned)))
    assert phone(leader).post(at(assigned, "contact")).status_code == 403
    assert told(assigned) == []


def test_no_telephone_number_is_said_so(places, phone, staff):
    request = factories.request(places.east_1, factories.category(), contact_name="", contact_phone="")
    assert "left no telephone number" in text(phone(staff.worker).get(at(request)))


# Steps ----------------------------------------------------------------------------------------------------


def test_take_then_report_with_a_photo(phone, leader, assigned):
    client = phone(leader)
    taken = client.post(at(assigned, "take"), {"seen": 1})
    assert (taken.status_code, taken.headers["Location"]) == (302, "/field/")

    form = {"seen": 2, "note": "换了灯泡", "pictures": [jpeg()]}
    reported = client.post(at(assigned, "report"), form, follow=True)

    assert "Reported done" in text(reported)
    stored = Request.objects.get()
    assert (stored.state, stored.version) == (State.DONE, 3)
    assert told(assigned) == ["requests.take", "requests.report"]
    photo = stored.photos.get()
    assert photo.taken == Photo.Taken.DONE
    for size in ("", "small/"):
        answer = client.get(f"{at(assigned, 'photos', photo.code)}{size}")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert Image.open(io.BytesIO(answer.getvalue())).size == (40, 30)


def test_photo_is_for_who_may_see_its_request(places, phone, staff, leader, assigned):
    actions.report(assigned, by=leader, seen=1, note="换了", pictures=[])
    photo = Photo.objects.create(request=assigned, picture="a", thumbnail="b", width=4, height=3)
    other = factories.request(places.east_1, assigned.category)

    assert phone(staff.far_coordinator).get(at(assigned, "photos", photo.code)).status_code == 404
    assert phone(staff.worker).get(at(other, "photos", photo.code)).status_code == 404


def test_given_back_goes_to_the_desk_with_the_reason(phone, leader, assigned):
    response = phone(leader).post(at(assigned, "return"), {"seen": 1, "note": "归电力公司"}, follow=True)

    assert "Given back" in text(response)
    stored = Request.objects.get()
    assert (stored.state, stored.team) == (State.ACCEPTED, None)
    assert AuditEntry.objects.get().note == "归电力公司"


@pytest.mark.parametrize("step", ["report", "return"])
def test_words_are_part_of_the_step(phone, leader, assigned, step):
    response = phone(leader).post(at(assigned, step), {"seen": 1, "note": " "})
    assert response.status_code == 422
    assert response.context["form"].errors["note"]
    assert Request.objects.get().state == State.ASSIGNED


def test_refused_photo_is_named_and_the_words_are_kept(phone, leader, assigned):
    form = {"seen": 1, "note": "换了灯泡", "pictures": [jpeg(), SimpleUploadedFile("合同.pdf", b"%PDF-1.4")]}
    response = phone(leader).post(at(assigned, "report"), form)

    assert response.status_code == 422
    assert "合同.pdf" in text(response)
    assert "换了灯泡" in text(response)
    assert (Request.objects.get().state, Photo.objects.count()) == (State.ASSIGNED, 0)


def test_form_of_a_step_that_is_over_leads_to_the_request(phone, leader, assigned):
    Request.objects.update(state=State.DONE)
    response = phone(leader).get(at(assigned, "report"))
    assert response.headers["Location"] == at(assigned)


# A bad network, and colleagues ----------------------------------------------------------------------------


def test_same_step_sent_twice_is_done_once(phone, leader, assigned):
    client = phone(leader)
    for _twice in range(2):
        assert client.post(at(assigned, "take"), {"seen": 1}).status_code == 302
    for _twice in range(2):
        form = {"seen": 2, "note": "换了灯泡", "pictures": [jpeg()]}
        assert client.post(at(assigned, "report"), form).status_code == 302

    assert told(assigned) == ["requests.take", "requests.report"]
    assert Photo.objects.count() == 1
    assert "A colleague" not in text(client.get("/field/"))


def test_returned_twice_is_answered_as_done_though_it_is_out_of_sight(phone, leader, assigned):
    client = phone(leader)
    for _twice in range(2):
        response = client.post(at(assigned, "return"), {"seen": 1, "note": "不归我们"})
        assert response.status_code == 302
    assert told(assigned) == ["requests.return"]
    # Nobody finds out by this that a request exists.
    assert client.post(at(assigned, "return"), {"seen": 1, "note": "x"}).status_code == 404
    assert client.post(at(assigned, "return"), {"seen": "9" * 30, "note": "x"}).status_code == 404


def test_old_form_does_not_claim_what_was_undone_since(phone, staff, leader, assigned):
    client = phone(leader)
    client.post(at(assigned, "report"), {"seen": 1, "note": "换了灯泡"})
    actions.reopen(Request.objects.get(), by=staff.coordinator, seen=2, note="又灭了")

    response = client.post(at(assigned, "report"), {"seen": 1, "note": "换了灯泡"})

    assert response.status_code == 409
    assert "又灭了" in text(response)
    assert Request.objects.get().state == State.ASSIGNED


@pytest.mark.parametrize("change", ["words", "photo", "person"])
def test_sent_again_with_something_else_is_not_swallowed(phone, staff, leader, assigned, change):
    actions.report(assigned, by=leader, seen=1, note="换了灯泡")
    who = staff.worker if change == "person" else leader
    form = {"seen": 1, "note": "换了灯泡，还修了开关" if change == "words" else "换了灯泡"}
    if change == "photo":
        form["pictures"] = [jpeg()]

    response = phone(who).post(at(assigned, "report"), form)

    assert response.status_code == 409
    assert form["note"] in text(response)
    assert told(assigned) == ["requests.report"]


def test_colleague_was_faster_and_the_step_is_still_possible(phone, staff, leader, assigned):
    actions.take(assigned, by=staff.worker, seen=1)

    response = phone(leader).post(at(assigned, "report"), {"seen": 1, "note": "换了灯泡"})

    assert response.status_code == 409
    assert "worker某 took it and began" in text(response)
    form = response.context["form"]
    assert (form["note"].value(), form["seen"].value()) == ("换了灯泡", "2")
    again = phone(leader).post(at(assigned, "report"), {"seen": form["seen"].value(), "note": "换了灯泡"})
    assert again.status_code == 302
    assert Request.objects.get().state == State.DONE


def test_colleague_was_faster_and_it_went_to_another_team(
    phone, places, staff, leader, assigned, monkeypatch
):
    """In the moment between reading and writing: what was typed is still there to be copied."""
    other = factories.team(places.town, assigned.team.strand)
    taken = actions.report

    def slowly(request, **values):
        actions.assign(Request.objects.get(), to=other, by=staff.coordinator, seen=1)
        return taken(request, **values)

    monkeypatch.setattr(
        "shiliu.requests.steps.run", lambda verb, it, form, by: slowly(it, by=by, **form.values())
    )
    response = phone(leader).post(at(assigned, "report"), {"seen": 1, "note": "换了灯泡"})

    assert response.status_code == 409
    assert "换了灯泡" in text(response)
    assert assigned.words not in text(response)
    assert told(assigned) == ["requests.assign"]


# Filing for somebody --------------------------------------------------------------------------------------


@pytest.fixture
def slip_form(places):
    return {
        "key": "k1",
        "words": "老人家里水管漏水",
        "area": places.east_1.code,
        "category": factories.category(name="水管").code,
        "contact_phone": "139 0000 0003",
    }


def test_grid_worker_files_for_somebody(phone, staff, slip_form):
    client = phone(staff.worker)
    page = client.get("/field/ask/")
    assert page.context["form"]["area"].value() == slip_form["area"]  # the own grid, chosen already

    response = client.post("/field/ask/", slip_form | {"pictures": [jpeg()]}, follow=True)

    made = Request.objects.get()
    assert (made.source, made.words, made.contact_phone) == ("grid_worker", "老人家里水管漏水", "13900000003")
    assert made.photos.get().taken == Photo.Taken.ASKED
    assert AuditEntry.objects.get().actor == staff.worker
    assert response.redirect_chain == [(f"/field/ask/{made.code}/", 302)]
    assert f"/r/{made.code}/" in text(response)
    assert "<svg" in text(response)


def test_filed_twice_is_one_request(phone, staff, slip_form):
    client = phone(staff.worker)
    first, second = (client.post("/field/ask/", slip_form) for _twice in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Request.objects.count() == 1


def test_same_form_with_other_words_is_said_and_kept(phone, staff, slip_form):
    client = phone(staff.worker)
    client.post("/field/ask/", slip_form)
    response = client.post("/field/ask/", slip_form | {"words": "还有灯"})
    assert response.status_code == 422
    assert "already sent" in text(response)
    assert "还有灯" in text(response)
    assert Request.objects.count() == 1
    key = str(response.context["form"]["key"].value())
    again = slip_form | {"words": "还有灯", "key": key}
    assert [client.post("/field/ask/", again).status_code for _click in range(2)] == [302, 302]
    assert Request.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("words", ""), ("area", "east_2"), ("area", ""), ("category", "none"), ("contact_phone", "12")],
)
def test_bad_input_keeps_what_was_typed(places, phone, staff, slip_form, field, value):
    value = getattr(places, value).code if value == "east_2" else value
    response = phone(staff.worker).post("/field/ask/", slip_form | {field: value})
    assert response.status_code == 422
    assert response.context["form"].errors[field]
    kept = slip_form["words"] if field != "words" else slip_form["contact_phone"]
    assert kept in text(response)
    assert not Request.objects.exists()


def test_grid_of_a_telephone_is_one_of_today_in_any_town_of_ones_posts(places, phone, staff, slip_form):
    """A scope holds what an area was called before, which nothing can be filed in any more."""
    was = factories.area("990001100009001", valid_to=factories.DAY)
    factories.succession(was, places.east_1)
    factories.tenure(staff.worker, "grid_worker", places.far_1)
    shown = phone(staff.worker).get("/field/ask/").context["form"]
    assert [code for code, _name in shown.fields["area"].choices] == [places.east_1.code, places.far_1.code]
    phone(staff.worker).post("/field/ask/", slip_form | {"area": places.far_1.code})
    assert Request.objects.get().area == places.far_1


@pytest.mark.parametrize("who", ["leader", "nobody", "editor"])
def test_filing_for_others_needs_a_post(phone, staff, slip_form, who):
    response = phone(getattr(staff, who)).post("/field/ask/", slip_form)
    assert response.status_code == 403
    assert "Residents ask on the home page" in text(response)
    assert not Request.objects.exists()


def test_slip_is_not_for_other_areas(phone, staff, assigned):
    assert phone(staff.far_coordinator).get(f"/field/ask/{assigned.code}/").status_code == 404


def test_deadline_is_told_as_long_as_somebody_has_to_solve_it(phone, leader, assigned):
    client = phone(leader)
    Request.objects.update(due_at=timezone.now() - timedelta(days=2))
    assert "2 days late" in text(client.get(at(assigned)))
    Request.objects.update(state=State.DONE)
    assert "2 days late" not in text(client.get(at(assigned)))
