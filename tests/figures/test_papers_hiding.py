"""The report as a file tells nobody more than the page does."""

import json

import pytest
from django.utils import translation

from shiliu.figures import papers
from shiliu.figures.papers.content import paper
from shiliu.figures.report import compute
from tests import factories
from tests.figures.test_papers import READERS
from tests.strategies import HALF_YEAR

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_sentence_without_a_value_is_left_out(places):
    it = paper(compute(HALF_YEAR, places.town, compared=True), frozenset())
    told = json.loads(papers.FORMS["json"].content(it))["text"]
    assert told["Requests: the three rates"] == ""
    assert told["Plan, meetings, grid"].startswith("0 meetings were held, 0 of them to study")


@pytest.mark.parametrize("form", papers.FORMS)
def test_small_number_is_in_no_file_of_the_public(client, places, staff, form):
    """One payment of 987.65 yuan: the sum and its sentence are for those who see payments."""
    factories.paid(places.east, factories.programme(places.town), on=HALF_YEAR.start, amount="987.65")
    address = f"/report/2023H1/file/{form}/?area={places.town.code}"
    seen = {}
    for by in (None, "leader"):
        if by:
            client.force_login(staff.leader)
        answer = client.get(address, headers={"accept-language": "zh-CN"})
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
        content = b"".join(answer.streaming_content)
        with translation.override("zh-hans"):
            seen[by] = READERS[form](content).get("aid.paid")
    assert (seen[None], str(seen["leader"])) == (None, "987.65")


def test_form_that_there_is_not_is_not_found(client, db):
    assert client.get("/report/2023H1/file/exe/").status_code == 404
    assert client.post("/report/2023H1/file/pdf/").status_code == 405
