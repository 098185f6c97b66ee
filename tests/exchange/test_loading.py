"""What an import does to the records: created, changed, left as they are, and told exactly so."""

from decimal import Decimal
from pathlib import Path

import pytest

from shiliu.aid.models import Payment
from shiliu.core import audit, search
from shiliu.core.models import SearchDocument, User
from shiliu.requests.models import Request
from shiliu.venues.models import Venue
from tests import factories
from tests.exchange.sheets import (
    EAST,
    PAYMENT,
    REQUEST,
    entries,
    everything,
    load,
    payment,
    request,
    requests,
    sheet,
    taken_back,
    venue,
    venues,
    write,
)
from tests.factories import Places

pytestmark = pytest.mark.django_db


def test_created_rows_have_one_entry_per_batch(tmp_path: Path, at: Places) -> None:
    load(write(tmp_path, venues=venues(*(venue(f"V{n:04}") for n in range(1003)))))
    first, second = entries("core.load")
    assert first.data == {"file": "venues.csv", "lines": "2–1001", "created": 1000}
    assert (second.data["lines"], second.data["created"]) == ("1002–1004", 3)
    assert (first.kind, first.public_id, first.actor, first.actor_label) == (
        "venues.venue",
        "venues:2–1001",
        None,
        "system:import",
    )
    assert first.request_id == second.request_id


def test_row_takes_the_defaults_of_what_is_empty_or_left_out(tmp_path: Path, lamp: Places) -> None:
    text = sheet(f"{REQUEST},来源,状态,首次联系时间,是否解决", [*request(), "", " ", " ", ""])
    load(write(tmp_path, requests=text))
    it = Request.objects.get(code="R1")
    assert (it.source, it.state, it.contacted_at, it.solved, it.contact_name) == (
        "web",
        "received",
        None,
        None,
        "",
    )


def test_what_a_row_implies_is_computed(tmp_path: Path, lamp: Places) -> None:
    text = sheet(f"{REQUEST},首次联系时间", [*request(phone="139 0000 0001"), "2023-05-10 11:59"])
    load(write(tmp_path, requests=text))
    it = Request.objects.get(code="R1")
    assert it.hours_to_contact == 2
    assert it.contact_phone_digest == factories.request(lamp.east, it.category).contact_phone_digest


def test_importing_twice_changes_nothing(tmp_path: Path, lamp: Places) -> None:
    folder = write(
        tmp_path,
        venues=venues(*(venue(f"V{n}") for n in range(3))),
        requests=requests(*(request(f"R{n}") for n in range(3))),
        people=sheet("username,name,email", "tester,测试员,tester@example.org"),
    )
    load(folder)
    before = everything()
    done = load(folder)
    assert [done.of(name) for name in ("venues", "requests", "people")] == [
        (0, 0, 3, 0),
        (0, 0, 3, 0),
        (0, 0, 1, 0),
    ]
    assert everything() == before


def test_changed_cell_changes_that_record_alone(tmp_path: Path, at: Places) -> None:
    rows = [venue(f"V{n}") for n in range(5)]
    load(write(tmp_path, venues=venues(*rows)))
    rows[3] = venue("V3", name="新名", kind="united_front_home")
    done = load(write(tmp_path, venues=venues(*rows)))
    assert done.of("venues") == (0, 1, 4, 0)
    assert list(Venue.objects.order_by("code").values_list("version", flat=True)) == [1, 1, 1, 2, 1]
    (entry,) = entries("core.correct")
    assert entry.data == {"name": "新名", "kind": "united_front_home", "file": "venues.csv"}
    assert (entry.public_id, entry.area, entry.version) == ("V3", EAST, 2)
    assert "venues.csv" in audit.sentence(entry)


def test_changed_reference_is_told_by_its_code(tmp_path: Path, lamp: Places) -> None:
    factories.category(code="water")
    load(write(tmp_path, requests=requests(request())))
    changed = request()
    changed[2] = "water"
    assert load(write(tmp_path, requests=requests(changed))).of("requests") == (0, 1, 0, 0)
    assert Request.objects.get(code="R1").category.code == "water"
    assert entries("core.correct")[0].data == {"category": "water", "file": "requests.csv"}


def test_column_that_the_file_lacks_stays_as_it_is(tmp_path: Path, lamp: Places) -> None:
    contacted = sheet(f"{REQUEST},首次联系时间", [*request(), "2023-05-10 11:59"])
    load(write(tmp_path, requests=contacted))
    before = Request.objects.values().get(code="R1")
    header = REQUEST.removesuffix(",联系电话")
    done = load(write(tmp_path, requests=sheet(header, request(words="路灯还不亮")[:-1])))
    assert done.of("requests") == (0, 1, 0, 0)
    assert Request.objects.values().get(code="R1") == before | {"words": "路灯还不亮", "version": 2}


def test_empty_cell_empties_a_field(tmp_path: Path, lamp: Places) -> None:
    load(write(tmp_path, requests=requests(request())))
    load(write(tmp_path, requests=requests(request(phone=""))))
    it = Request.objects.get(code="R1")
    assert (it.contact_phone, it.contact_phone_digest, it.version) == ("", "", 2)


def test_personal_values_and_a_residents_words_are_masked_in_the_audit(tmp_path: Path, lamp: Places) -> None:
    load(write(tmp_path, requests=requests(request())))
    load(write(tmp_path, requests=requests(request(words="路灯还不亮", phone="13900000002"))))
    (entry,) = entries("core.correct")
    assert entry.data == {
        "words": "•••",
        "contact_phone": "•••",
        "contact_phone_digest": "•••",
        "file": "requests.csv",
    }


def test_words_are_found_after_import_and_after_a_change(tmp_path: Path, lamp: Places) -> None:
    load(write(tmp_path, requests=requests(request(), request("R2", words="下水道堵了"))))
    assert set(search.matching("requests.request", "路灯")) == {"R1"}
    load(write(tmp_path, requests=requests(request(words="水管漏水"), request("R2", words="下水道堵了"))))
    assert set(search.matching("requests.request", "路灯")) == set()
    assert set(search.matching("requests.request", "漏水")) == {"R1"}
    assert SearchDocument.objects.count() == 2


def test_account_is_imported_without_a_password(tmp_path: Path) -> None:
    load(write(tmp_path, people=sheet("用户名,姓名,启用", "+tester@a.b,测试员,否")))
    user = User.objects.get(username="+tester@a.b")
    assert (user.has_usable_password(), user.is_active, user.is_staff, user.is_superuser) == (
        False,
        False,
        False,
        False,
    )


def test_a_batch_takes_the_same_queries_with_1_and_with_300_rows(
    tmp_path: Path, lamp: Places, django_assert_num_queries
) -> None:
    one = write(tmp_path / "1", requests=requests(request()))
    many = write(tmp_path / "300", requests=requests(*(request(f"R{n}") for n in range(300))))
    queries = 5  # the transaction's two ends; areas, categories, the rows on record; nothing to write
    for folder in (one, many):
        with taken_back():
            load(folder)
            with django_assert_num_queries(queries):
                assert load(folder).counts["requests"].unchanged in (1, 300)


def test_exact_amounts_are_compared_as_numbers(tmp_path: Path, programme: None) -> None:
    load(write(tmp_path, payments=sheet(PAYMENT, payment("P1", "1,000.50"))))
    assert load(write(tmp_path, payments=sheet(PAYMENT, payment("P1", "1000.5")))).of("payments") == (
        0,
        0,
        1,
        0,
    )
    assert Payment.objects.get().amount == Decimal("1000.50")
