"""An editor's own sentences: live figures, kept ones with their day, and what the public must not see."""

import json
import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from shiliu.core import access, door
from shiliu.core.models import AuditEntry
from shiliu.figures import papers
from shiliu.figures.models import Paragraph
from shiliu.figures.papers.content import paper
from shiliu.figures.report import compute
from shiliu.figures.sentences import actions, placeholders, writing
from shiliu.figures.sentences.placeholders import Place
from tests import factories
from tests.factories import DAY
from tests.figures.test_papers import READERS
from tests.figures.test_signing import sign
from tests.strategies import HALF_YEAR

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PART, ENGLISH = "main_line", {"accept-language": "en"}
ADDRESS = "/report/2023H1/words/main_line/?area=990001100&language=en"


def write(area, by, text, seen=0, part=PART, **how) -> Paragraph:
    return actions.write(area, HALF_YEAR, part, "en", text=text, by=by, seen=seen, **how)


@pytest.fixture
def town(places):
    factories.meeting(places.east)
    return places.town


def plain(html: bytes) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html.decode()).split())


def test_pieces_of_a_text():
    text = "Held {plan.meetings:n}, kept {plan.meetings:n:frozen} and {works.sewer_laid}."
    assert list(placeholders.pieces(text)) == [
        "Held ",
        Place("plan.meetings", bare=True),
        ", kept ",
        Place("plan.meetings", bare=True, frozen=True),
        " and ",
        Place("works.sewer_laid"),
        ".",
    ]
    assert "".join(map(str, placeholders.pieces(text))) == text


def test_live_figure_moves_and_frozen_one_stays(client, town, staff, places):
    write(town, staff.editor, "Meetings: {plan.meetings:n}, when written {plan.meetings:n:frozen}.")
    factories.meeting(places.west)
    page = plain(client.get(f"/report/2023H1/?area={town.code}", headers=ENGLISH).content)
    today = timezone.localdate()
    assert f"Meetings: 2 , when written 1 (as of {today}) ." in page


def test_writing_is_audited_and_takes_turns(town, staff):
    one = write(town, staff.editor, "{plan.meetings} once.")
    two = write(town, staff.leader, "{plan.meetings} twice.", seen=1)
    assert (one.pk, two.version, Paragraph.objects.get().text) == (two.pk, 2, "{plan.meetings} twice.")
    entries = AuditEntry.objects.filter(verb="figures.write").order_by("id")
    assert [(entry.actor, entry.data["text"]) for entry in entries] == [
        (staff.editor, "{plan.meetings} once."),
        (staff.leader, "{plan.meetings} twice."),
    ]
    for seen in (0, 1):
        with pytest.raises(door.StaleState):
            write(town, staff.editor, "late", seen=seen)


def test_frozen_value_is_kept_until_it_is_renewed(town, staff, places):
    text = "{plan.meetings:frozen} so far."
    write(town, staff.editor, text)
    factories.meeting(places.east)
    assert write(town, staff.editor, f"In all {text}", seen=1).frozen["plan.meetings"]["value"] == 1
    assert write(town, staff.editor, text, seen=2, renew=True).frozen["plan.meetings"]["value"] == 2
    assert write(town, staff.editor, "None.", seen=3).frozen == {}


@pytest.mark.parametrize(
    "wrong", ["{plan.meeting}", "{works.sewer_laid}", "{", "{plan.meetings:now}", "a } b"]
)
def test_place_that_is_no_figure_of_the_part_is_refused(town, staff, wrong):
    with pytest.raises(ValidationError, match="is not a figure of this part"):
        write(town, staff.editor, f"Words {wrong} words")
    assert not Paragraph.objects.exists()


@pytest.mark.parametrize("who", ["coordinator", "administrator", "nobody"])
def test_writing_needs_the_right(town, staff, who):
    with pytest.raises(access.NotPermitted):
        write(town, getattr(staff, who), "Words")


def test_empty_text_gives_the_place_back_to_the_draft(client, town, staff):
    write(town, staff.editor, "Our own words.")
    write(town, staff.editor, "", seen=1)
    page = plain(client.get(f"/report/2023H1/?area={town.code}", headers=ENGLISH).content)
    assert "Our own words" not in page
    assert "meetings were held" in page


def test_editor_writes_on_the_page(client, town, staff):
    client.force_login(staff.editor)
    page = client.get(ADDRESS, headers=ENGLISH).content.decode()
    assert "{plan.meetings:n} meetings were held" in page  # the draft to begin with
    sent = {"text": "Held: {plan.meetings}.", "seen": "0", "language": "en", "store": "1"}
    answer = client.post(ADDRESS, sent, headers=ENGLISH, follow=True)
    assert answer.redirect_chain == [(f"/report/2023H1/?area={town.code}#part-main_line", 302)]
    assert "Held: 1 meetings ." in plain(answer.content)


def test_button_adds_a_figure_and_stores_nothing(client, town, staff):
    client.force_login(staff.editor)
    sent = {"text": "Held: ", "seen": "0", "language": "en", "add": "{plan.meetings:frozen}"}
    page = client.post(ADDRESS, sent, headers=ENGLISH)
    assert "Held: {plan.meetings:frozen}</textarea>" in page.content.decode()
    assert (page.status_code, Paragraph.objects.count()) == (200, 0)


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({"text": "Kept words {plan.nothing}", "seen": "0"}, 422, "is not a figure of this part"),
        ({"text": "Kept words", "seen": "7"}, 409, "A colleague was faster"),
        ({"text": "Kept words" * 300, "seen": "0"}, 422, "at most 2000 are taken"),
    ],
)
def test_refused_text_is_kept_on_the_page(client, town, staff, sent, status, sentence):
    client.force_login(staff.editor)
    page = client.post(ADDRESS, sent | {"language": "en"}, headers=ENGLISH)
    assert page.status_code == status
    assert sentence in plain(page.content)
    assert "Kept words" in page.content.decode()
    assert not Paragraph.objects.exists()


def test_part_that_there_is_not_is_not_found(client, town, staff):
    client.force_login(staff.editor)
    assert client.get("/report/2023H1/words/nothing/?area=990001100").status_code == 404


@pytest.mark.parametrize("form", papers.FORMS)
def test_own_sentence_is_in_every_form(town, staff, form):
    write(town, staff.editor, "Kept {plan.meetings:n:frozen} of {plan.meetings:n}.")
    with translation.override("en"):
        own = writing.stored(town, HALF_YEAR, "en")
        content = papers.FORMS[form].content(paper(compute(HALF_YEAR, town, compared=True), frozenset(), own))
    words = f"Kept 1 (as of {timezone.localdate()}) of 1."
    if form == "json":
        assert words in json.loads(content)["text"].values()
    elif form != "xlsx":  # a workbook has no paragraphs
        assert words.replace(" ", "") in _text(form, content)


def _text(form: str, content: bytes) -> str:
    import io

    from docx import Document
    from pypdf import PdfReader

    if form == "docx":
        found = [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]
    else:
        found = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    return "".join("".join(found).split())


@pytest.fixture
def with_few(places, staff):
    """One payment of 987.65 yuan, told live and kept in the paragraph of its part."""
    factories.paid(places.east, factories.programme(places.town), on=DAY, amount="987.65")
    text = "Paid {aid.paid}; then {aid.paid:frozen}; sewer {works.sewer_laid}."
    write(places.town, staff.editor, text, part="livelihood")
    return places.town


def test_small_number_is_in_no_sentence_of_the_public(client, with_few, staff):
    address = f"/report/2023H1/?area={with_few.code}"
    page = plain(client.get(address, headers=ENGLISH).content)
    assert "Paid few: not shown ; then few: not shown ; sewer 0 m ." in page
    client.force_login(staff.leader)
    page = plain(client.get(address, headers=ENGLISH).content)
    assert "Paid 987.65 yuan ; then 987.65 yuan (as of" in page


def test_kept_small_number_stays_hidden_when_there_are_more(client, with_few, places):
    programme = factories.programme(places.town, code="P-more")
    for _n in range(6):
        factories.paid(places.east, programme, on=DAY, amount="100.00")
    page = plain(client.get(f"/report/2023H1/?area={with_few.code}", headers=ENGLISH).content)
    assert "Paid 1,587.65 yuan ; then few: not shown ;" in page


@pytest.mark.parametrize("form", papers.FORMS)
def test_small_number_is_in_no_sentence_of_a_public_file(client, with_few, form):
    answer = client.get(f"/report/2023H1/file/{form}/?area={with_few.code}", headers=ENGLISH)
    content = b"".join(answer.streaming_content)
    assert b"987.65" not in content
    if form in ("docx", "pdf"):
        assert "987.65" not in _text(form, content)
        assert "Paidfew:notshown;" in _text(form, content)
    assert READERS[form](content).get("aid.paid") is None


def test_signed_sentence_hides_it_too(client, with_few, staff):
    it = sign(with_few, staff.leader)
    for who, shown in ((None, False), (staff.leader, True)):
        if who:
            client.force_login(who)
        page = plain(client.get(f"/report/signed/{it.code}/", headers=ENGLISH).content)
        assert ("Paid 987.65 yuan ; then 987.65 yuan (as of" in page) is shown
        answer = client.get(f"/report/signed/{it.code}/file/json/")
        assert (b"987.65" in b"".join(answer.streaming_content)) is shown


def test_kept_value_is_read_back_as_it_was(places):
    line = compute(HALF_YEAR, places.town).lines["works.sewer_laid"]
    assert placeholders.read(placeholders.kept(line.value, date(2023, 7, 3))) == (
        line.value,
        date(2023, 7, 3),
    )
