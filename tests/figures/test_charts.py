"""Charts: their numbers are the registry's, each opens its records, and nothing small of persons gets out."""

import html
import itertools
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shiliu.core.figures import CHARTS, FIGURES, Count, Flow, Sum
from shiliu.figures import periods
from shiliu.figures.charts import asking, drawing, pictures
from shiliu.figures.report import over
from shiliu.grid.models import Area
from shiliu.grid.roles import ROLES
from shiliu.requests.models import Category
from tests import factories
from tests.factories import CODES, DAY
from tests.strategies import HALF_YEAR

ENGLISH = {"accept-language": "en"}
NOBODY = AnonymousUser()


@pytest.fixture
def busy(places):
    """May 2023 in two grids, and a request of a secret kind in March that nobody has answered."""
    for where in (places.east_1, places.west_1):
        factories.half_year(where)
    factories.reads(factories.article(factories.column(places.east), "a-1"))
    secret = factories.category(name="纠纷", is_public=False)
    factories.request(places.east_1, secret, received_at=factories.moment(date(2023, 3, 31), hour=23))
    return places


@pytest.fixture
def seer(places):
    user = factories.person("seer")
    for role in ROLES:
        factories.tenure(user, role, places.town)
    return user


def cells(it):
    return [cell for series in it.series for cell in [series.whole, *series.cells, *series.past]]


def value_shown(page: str) -> str | None:
    found = re.search(r'<b data-figure="[^"]*">([^<]*)<', page)
    return found and found[1]


# Numbers --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("key", CHARTS)
def test_bars_make_the_value_that_the_report_has(busy, seer, key):
    it = asking.compute(CHARTS[key], HALF_YEAR, busy.town, seer)
    asked = over(HALF_YEAR, busy.town)
    whole = [FIGURES[each].at(asked) for each in it.chart.figures]
    assert it.series[0].whole.value == whole[0]
    if it.has_parts:
        everything, *parts = it.series
        assert sum(part.whole.number for part in parts) == everything.whole.number
        for n, cell in enumerate(everything.cells):
            assert sum(part.cells[n].number for part in parts) == cell.number
    else:
        assert [series.whole.value for series in it.series] == whole
    for series in it.series:
        assert sum(cell.number for cell in series.cells) == series.whole.number > 0


@pytest.mark.once
def test_charts_are_of_what_adds_up_and_those_of_persons_are_not_told_apart():
    for chart in CHARTS.values():
        figures = [FIGURES[key] for key in chart.figures]
        assert all(isinstance(figure.measure, (Count, Sum)) for figure in figures)
        assert chart.step is None or all(isinstance(figure.when, Flow) for figure in figures)
        assert not (chart.groups and any(figure.persons for figure in figures))


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["seer", None])
def test_every_bar_opens_the_records_that_it_counts(client, busy, seer, who):
    user = seer if who else NOBODY
    if who:
        client.force_login(seer)
    for key in CHARTS:
        shown = cells(asking.compute(CHARTS[key], HALF_YEAR, busy.town, user))
        filled = [cell for cell in shown if cell.value and cell.value.records]
        for cell in [*filled[:3], *filled[3:][-1:]]:
            page = client.get(cell.address, headers=ENGLISH).content.decode()
            assert value_shown(page) == drawing.written(cell.number), cell.address
        assert filled or key == "aid.by_quarter"  # of which the public sees none


@pytest.mark.django_db
def test_months_of_an_area_with_a_predecessor_are_those_of_the_whole_period(client, busy):
    """What lay in the predecessor in March, before it became the other one in June, is its successor's."""
    Area.objects.filter(code=CODES["east_1"]).update(valid_to=date(2023, 5, 31))
    factories.succession(busy.east_1, busy.east_2, date(2023, 6, 1))
    it = asking.compute(CHARTS["requests.by_month"], HALF_YEAR, busy.east_2, NOBODY)
    march = it.series[0].cells[2]
    assert (it.series[0].whole.number, march.number) == (3, 1)
    assert "as_of=2023-06-30" in march.address
    assert value_shown(client.get(march.address, headers=ENGLISH).content.decode()) == "1"


@pytest.mark.django_db
def test_a_year_ago_is_marked_where_there_was_something(busy):
    chart = CHARTS["venues.talks_by_month"]
    assert not asking.compute(chart, HALF_YEAR, busy.town).has_past
    for _talk in range(3):
        factories.talk(busy.east_1, factories.lecturer(busy.east_1), held_on=date(2022, 2, 28))
    it = asking.compute(chart, HALF_YEAR, busy.town)
    assert [cell.number for cell in it.series[0].past] == [0, 3, 0, 0, 0, 0]
    assert "/report/2022-02/venues.talks/" in it.series[0].past[1].address
    assert pictures.as_svg(it).count("l7-6 7 6") == 2 * 6 + 1  # of two panels, and in the legend
    whole_year = asking.compute(chart, periods.parse("2022-01-01..2023-06-30"), busy.town)
    assert not whole_year.has_past  # a year ago would be partly the same time


# Who sees what --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_secret_kinds_are_one_row_for_the_public_and_no_panel(client, busy, seer):
    it = asking.compute(CHARTS["requests.by_month"], HALF_YEAR, busy.town, NOBODY)
    assert [(str(each.label), each.is_rest) for each in it.series][-1] == ("kinds that are not public", True)
    assert "纠纷" not in [str(each.label) for each in it.series]
    assert len(drawing.panels(it)) == len(it.series) - 1
    staff = asking.compute(CHARTS["requests.by_month"], HALF_YEAR, busy.town, seer)
    assert "纠纷" in [str(each.label) for each in staff.series]
    secret = Category.objects.get(is_public=False).code
    page = f"/report/2023H1/requests.received/?area={busy.town.code}"
    assert client.get(f"{page}&category={secret}").status_code == 404
    assert value_shown(client.get(f"{page}&kind={secret}", headers=ENGLISH).content.decode()) == "0"
    assert client.get(f"{page}&contact=7").status_code == 404


def pay(places, n: int, on: date) -> None:
    programme = factories.programme(places.town)
    for _again in range(n):
        factories.paid(places.east_1, programme, on=on)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("paid", "hidden"),
    [
        ({(2023, 2): 9, (2023, 5): 6}, []),
        (
            {(2023, 2): 9, (2023, 5): 2},
            [0, 1],
        ),  # with the sum of the half-year, the first would tell the second
        ({(2023, 2): 2, (2023, 5): 2}, [0, 1]),
        ({(2023, 2): 2}, [0]),  # and of none nothing is told
    ],
)
def test_small_quarter_hides_the_other_one_too(client, places, staff, paid, hidden):
    for (year, month), n in paid.items():
        pay(places, n, date(year, month, 10))
    it = asking.compute(CHARTS["aid.by_quarter"], HALF_YEAR, places.town, NOBODY)
    assert [n for n, cell in enumerate(it.series[0].cells) if cell.few] == hidden
    assert ("*" in pictures.as_svg(it)) == bool(hidden)
    officer = asking.compute(CHARTS["aid.by_quarter"], HALF_YEAR, places.town, staff.aid_officer)
    assert not officer.has_hidden


@pytest.mark.django_db
def test_small_quarter_of_a_year_is_not_told_by_its_half_year(places):
    for month, n in ((2, 2), (5, 7), (8, 9), (11, 9)):
        pay(places, n, date(2023, month, 10))
    it = asking.compute(CHARTS["aid.by_quarter"], periods.parse("2023"), places.town, NOBODY)
    assert [cell.few for cell in it.series[0].cells] == [True, True, False, False]


@pytest.mark.django_db
def test_small_quarter_is_in_no_form_for_the_public(client, places):
    """987.65 yuan to one person in the second quarter."""
    pay(places, 9, date(2023, 2, 10))
    factories.paid(places.east_1, factories.programme(places.town), on=DAY, amount=Decimal("987.65"))
    query = f"?period=2023H1&area={places.town.code}"
    for address in (
        f"/charts/{query}",
        f"/charts/aid.by_quarter/svg/{query}",
        f"/report/2023H1/?area={places.town.code}",
        f"/report/2023H1/file/json/?area={places.town.code}",
    ):
        answer = client.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"987.65" not in content, address
        assert b"4,500<" not in content, address  # the other quarter
        assert b'"4500' not in content.split(b'"charts"')[-1], address


# Pictures -------------------------------------------------------------------------------------------------


numbers = st.lists(st.one_of(st.none(), st.integers(-5, 10**9), st.decimals(0, 10**6, places=2)), max_size=12)


@pytest.mark.once
@given(numbers)
def test_scale_is_round_and_holds_all_numbers(found):
    ticks = drawing.scale(found)
    known = [number for number in found if number is not None]
    assert 2 <= len(ticks) <= drawing.TICKS + 2
    assert 0 in ticks
    assert ticks[0] <= min([0, *known])
    assert ticks[-1] >= max([0, *known])
    width = ticks[1] - ticks[0]
    assert {other - one for one, other in itertools.pairwise(ticks)} == {width}
    assert str(width.normalize().as_tuple().digits) in {"(1,)", "(2,)", "(2, 5)", "(5,)"}


@pytest.mark.django_db
@pytest.mark.once
def test_pictures_are_well_formed_and_names_are_escaped(client, busy, seer):
    Category.objects.update(name='<script>alert("x")</script>&', name_en="")
    client.force_login(seer)
    page = client.get("/charts/?period=2023H1", headers=ENGLISH).content.decode()
    drawn = re.findall(r"<svg viewBox.*?</svg>", re.search(r"<main.*?</main>", page, re.S)[0], re.S)
    assert len(drawn) > 10
    for picture in drawn:
        ET.fromstring(picture)  # noqa: S314 (our own page)
    assert "<script>alert" not in page
    assert " style=" not in page
    for key in CHARTS:
        answer = client.get(f"/charts/{key}/svg/?period=2023H1")
        root = ET.fromstring(b"".join(answer.streaming_content))  # noqa: S314
        assert root.tag.endswith("svg")
        assert answer["Content-Type"] == "image/svg+xml"


@pytest.mark.django_db
@pytest.mark.once
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("key", ["requests.by_month", "channel.by_column"])
def test_png_is_a_picture_with_ink_in_it(client, busy, key, language):
    answer = client.get(f"/charts/{key}/png/?period=2023H1", headers={"accept-language": language})
    assert answer["Content-Disposition"] == f'attachment; filename="{key}-{busy.town.code}-2023H1.png"'
    picture = Image.open(BytesIO(b"".join(answer.streaming_content))).convert("RGB")
    assert picture.size[0] == 1600
    assert 300 < picture.size[1] < 4000
    colours = {colour: n for n, colour in picture.getcolors(1 << 20)}
    assert colours[168, 50, 74] > 1000  # bars
    assert sum(n for colour, n in colours.items() if sum(colour) < 200) > 1000  # letters


@pytest.mark.django_db
@pytest.mark.once
def test_machine_without_a_drawer_says_so(client, busy, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    answer = client.get("/charts/aid.by_quarter/png/?period=2023H1", headers=ENGLISH)
    assert answer.status_code == 503
    assert "cannot make PNG pictures" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.once
@pytest.mark.parametrize("query", ["no.chart/svg/", "aid.by_quarter/exe/", "?period=2023H3", "?area=x"])
def test_what_there_is_not_is_404(client, places, query):
    assert client.get(f"/charts/{query}").status_code == 404


@pytest.mark.django_db
def test_empty_install_has_charts(client, db):
    page = client.get("/charts/", headers=ENGLISH).content.decode()
    assert page.count("Nothing in this period.") == len(CHARTS)


@pytest.mark.django_db
def test_thousands_of_years_are_a_few_bars(client, busy):
    page = client.get("/charts/?period=1900-01-01..2999-12-31", headers=ENGLISH)
    assert "2000–2099" in html.unescape(page.content.decode())


@pytest.mark.django_db
def test_negative_sum_hangs_below_the_line(places):
    factories.paid(places.east_1, factories.programme(places.town), on=DAY, amount=Decimal(300))
    it = asking.compute(CHARTS["aid.by_quarter"], HALF_YEAR, places.town, None)
    cell = it.series[0].cells[0]
    low = type(cell)(type(FIGURES["aid.paid"].at(over(HALF_YEAR, None)))(-100, 1), "")
    series = type(it.series[0])("", "", low, [low, low], [])
    panel = drawing.standing(it, series, width=300, letter=15)
    assert all(bar.y == panel.base and bar.height > 0 and bar.text_y > panel.base for bar in panel.bars)


@pytest.mark.django_db
@pytest.mark.parametrize("n", [1, 3])
def test_charts_cost_the_same_whatever_there_is(client, places, n, django_assert_num_queries):
    factories.half_year(places.east_1, n)
    with django_assert_num_queries(69):
        client.get("/charts/?period=2023H1")


@pytest.mark.django_db
def test_last_day_of_a_step_belongs_to_it(places):
    category = factories.category()
    for day in (date(2023, 1, 31), date(2023, 2, 1)):
        factories.request(places.east_1, category, received_at=factories.moment(day, 23, 59))
    it = asking.compute(CHARTS["requests.by_month"], HALF_YEAR, places.town)
    assert [cell.number for cell in it.series[0].cells] == [1, 1, 0, 0, 0, 0]
    assert HALF_YEAR.start - timedelta(days=1) == date(2022, 12, 31)
