"""Requests: when they came, by what way, in which words, and how each went until the sample's last day."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from recipe import office
from recipe.base import GRIDS, ITS_SUCCESSOR, LAST_DAY, OLD_GRID, Dice, Grid, Tables, read_toml, table
from recipe.volunteers import grid_team

FIRST_DAY = date(2022, 12, 12)
NOW = office.at(LAST_DAY, time(20))  # the state of every request is as of this moment
QUIET = frozenset(date(2023, 1, 20) + timedelta(days=n) for n in range(9))  # Spring Festival
WORKING_DAY, DAY_OFF, FESTIVAL = 4.1, 1.6, 0.8  # requests a day, on average
HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 9, 13, 12, 7, 4, 4, 8, 11, 10, 7, 5, 4, 3, 2, 1, 0)  # relative, by hour
SOURCES = {"phone": 0.75, "grid_worker": 0.35, "web": 0.7, "counter": 0.45}  # and how many leave a contact
REFUSED = 0.03
REOPEN_DAYS = 15
# Whose part of the work it is, by the category and a word: half of what goes to no team of a grid.
UNITS = {
    "heating": [("", "U09")],
    "water-power-gas": [("水", "U07"), ("电", "U08"), ("气", "U10")],
    "street-lamp": [("", "U08")],
    "waste": [("", "U11")],
}
TO_A_UNIT = 0.5
URGENT = "danger"
UNHEARD = 0.35
SATISFIED = {True: 0.93, False: 0.12, None: 0}  # by what they said about its being solved
SILENT = 0.15  # of those who said so, how many were not asked more
ON_THE_LIST = 0.12  # of what may take long, what cannot be solved now and stays on the list
STEMS = "甲乙丙丁戊己庚辛壬癸"
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def receipt_code(dice: Dice) -> str:
    """Nine characters and a check character: weights 1 to 10, sum 0 modulo 31 (`shiliu.core.receipts`)."""
    body = [dice.between(0, len(ALPHABET) - 1) for _n in range(9)]
    check = sum(n * value for n, value in enumerate(body, 1)) * -pow(10, -1, 31) % 31
    return "".join(ALPHABET[value] for value in [*body, check])


@dataclass(frozen=True)
class Category:
    """One entry of categories.toml, which says what the fields mean."""

    code: str
    name: str
    name_en: str
    group: str
    due_amount: int
    due_unit: str
    is_public: bool
    load: list[int]
    team: str
    late: float
    anywhere: list[str]
    milestones: list[dict[str, Any]]
    description: str = ""
    keywords: str = ""
    is_urgent: bool = False
    allows_anonymous: bool = True
    place_matters: bool = False
    clock_stops: bool = False
    warn_percent: int = 80
    questions: list[dict[str, Any]] = field(default_factory=list)
    in_flats: list[str] = field(default_factory=list)
    in_villages: list[str] = field(default_factory=list)

    def words_for(self, grid: Grid) -> list[str]:
        """A special grid has neither flats nor courtyards."""
        if grid.special:
            return self.anywhere
        return self.anywhere + (self.in_villages if grid.community.is_village else self.in_flats)


TEXTS = read_toml("categories.toml")
CATEGORIES = [Category(**entry) for entry in TEXTS["category"]]
ORDINARY_GRIDS = [grid for grid in GRIDS if not grid.special]  # where people live


@dataclass
class Course:
    """How a request went. `None` where it has not come to that."""

    contacted: datetime | None = None
    assigned: datetime | None = None
    done: datetime | None = None
    closed: datetime | None = None
    refused: bool = False

    def state(self) -> str:
        if self.closed and self.closed <= NOW:
            return "refused" if self.refused else "closed"
        if self.done and self.done <= NOW:
            return "done"
        if self.assigned and self.assigned <= NOW:
            return "assigned"
        return "accepted" if self.contacted and self.contacted <= NOW else "received"


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _received(day: date, dice: Dice) -> datetime:
    hour = dice.weighted(range(24), HOURS)
    return office.at(day, time(hour, dice.between(0, 59)))


def _contacted(category: Category, received: datetime, dice: Dice) -> datetime:
    """Urgent matters are answered day and night, the others in office hours."""
    if category.due_unit == "clock_hour":
        return received + timedelta(minutes=dice.between(4, 35))
    longest = 45 if category.due_unit == "work_hour" else 240
    return _minute(office.after_work_minutes(received, dice.between(6, longest)))


def _closed(category: Category, received: datetime, contacted: datetime, dice: Dice) -> datetime:
    """Mostly by the deadline, at an hour at which people work."""
    due = office.due(received, category.due_amount, category.due_unit)
    awake: Callable[[datetime], datetime] = office.office_moment
    if category.due_unit == "clock_hour":
        awake = office.daytime_moment if category.due_amount > 4 else _minute
    late = dice.chance(category.late)
    for _attempt in range(60):
        share = 1.05 + 0.8 * dice.roll() if late else 0.15 + 0.8 * dice.roll()
        wished = _minute(received + (due - received) * share)
        moment = awake(wished)
        if moment != wished:  # the first hours of a day have much to close
            moment += timedelta(minutes=dice.between(5, 150))
        if moment >= contacted + timedelta(minutes=20) and (late or moment <= due):
            return moment
    return _minute(max(due, contacted) + timedelta(minutes=dice.between(30, 90)))


def _course(category: Category, received: datetime, dice: Dice) -> Course:
    contacted = _contacted(category, received, dice)
    if dice.chance(REFUSED):
        return Course(contacted, closed=contacted + timedelta(minutes=dice.between(3, 25)), refused=True)
    closed = _closed(category, received, contacted, dice)
    span = closed - contacted
    course = Course(contacted, _minute(contacted + span * 0.2), _minute(contacted + span * 0.7), closed)
    if closed - received > timedelta(days=5) and dice.chance(ON_THE_LIST):
        course.done = course.closed = None
    return course


def _place(grid: Grid, dice: Dice) -> str:
    if grid.special:
        return grid.special + dice.pick(["东门", "西门", "北侧", "南侧"])
    if grid.community.is_village:
        return f"{grid.name}{dice.between(1, 16)}排{dice.between(1, 12)}号院"
    return f"{grid.name}{dice.between(1, 38)}号楼{dice.between(1, 4)}单元"


def _words(templates: list[str], grid: Grid, dice: Dice) -> str:
    words = dice.pick(templates).format(place=_place(grid, dice))
    return f"{dice.pick(TEXTS['openings'])}{words}{dice.pick(TEXTS['closings'])}"


def _team(category: Category, grid: Grid, dice: Dice) -> str:
    if dice.chance(0.45):
        return category.team
    return grid_team((OLD_GRID if grid == ITS_SUCCESSOR else grid).code)


def _request(day: date, teams: dict[str, date], dice: Dice) -> tuple[Any, ...]:
    category = dice.weighted(CATEGORIES, [category.load[day.month % 12] for category in CATEGORIES])
    grid = dice.pick(GRIDS if category.is_public else ORDINARY_GRIDS)
    received = _received(day, dice)
    at_counter = office.office_moment(received) == received
    source = dice.weighted(tuple(SOURCES), (5, 4, 2.5, 1.5 if at_counter else 0))
    course = _course(category, received, dice)
    if course.refused:
        category = CATEGORIES[-1]
    state = course.state()
    words = _words(TEXTS["not_ours"] if course.refused else category.words_for(grid), grid, dice)
    team = _team(category, grid, dice)
    if teams[team] > day:
        team = category.team  # the grid's own team was formed later
    contact, number = dice.chance(SOURCES[source]), dice.between(0, 9999)
    solved = None if dice.chance(0.14) else dice.chance(0.93)
    return (
        receipt_code(dice), grid.code, category.code, words, source, state, received,
        office.due(received, category.due_amount, category.due_unit),
        None if state == "received" else course.contacted,
        course.closed if state in ("closed", "refused") else None,
        team if state in ("assigned", "done", "closed") else None, None, None, None,
        solved if state == "closed" else None,
        f"{dice.pick(STEMS)}某" if contact else "", f"1690001{number:04}" if contact else "",
    )  # fmt: skip


def _unit(row: dict[str, Any], teams_of: set[str], dice: Dice) -> str | None:
    """The office or company that has it instead of a town's team."""
    if row["team"] not in teams_of or not dice.chance(TO_A_UNIT):
        return None
    return next((unit for word, unit in UNITS.get(row["category"], ()) if word in row["words"]), None)


def _satisfied(row: dict[str, Any], dice: Dice) -> bool | None:
    silent, answer = dice.chance(SILENT), dice.chance(SATISFIED[row["solved"]])
    return None if row["solved"] is None or silent else answer


def _contacted_late(row: dict[str, Any], dice: Dice) -> datetime:
    """Of what was closed late, a part heard nothing before its deadline was over."""
    closed, due = row["closed_at"], row["due_at"]
    if row["state"] != "closed" or closed <= due or not dice.chance(UNHEARD):
        return row["contacted_at"]
    return _minute(due + (closed - due) * dice.roll())


def _completed(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """With what each of them draws from dice of its own, so that nothing else changes."""
    units, answers, contacts = Dice("units of requests"), Dice("satisfied"), Dice("contacted late")
    teams_of = {category.team for category in CATEGORIES}
    whole = []
    for cells in rows:
        row = dict(zip(DRAWN.split(), cells, strict=True))
        if unit := _unit(row, teams_of, units):
            row |= {"team": None, "unit": unit}
        row |= {"satisfied": _satisfied(row, answers), "is_urgent": row["category"] == URGENT}
        row["contacted_at"] = _contacted_late(row, contacts)
        whole.append(tuple(row.get(name) for name in COLUMNS.split()))
    return whole


DRAWN = """code area category words source state received_at due_at contacted_at closed_at team unit resume_on
    merged_into solved contact_name contact_phone"""
COLUMNS = """code area category words source state received_at due_at contacted_at done_at closed_at team unit
    post resume_on merged_into solved satisfied is_urgent address order_source order_number contact_name
    contact_phone contact_email"""


def _requests(teams: dict[str, date]) -> list[tuple[Any, ...]]:
    dice = Dice("requests")
    rows = []
    for n in range((LAST_DAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=n)
        rate = FESTIVAL if day in QUIET else WORKING_DAY if office.is_working(day) else DAY_OFF
        for _chance in range(12):
            if dice.chance(rate / 12):
                rows.append(_request(day, teams, dice))
    return sorted((row for row in rows if row[6] <= NOW), key=lambda row: (row[6], row[0]))


def _category(n: int, it: Category) -> tuple[Any, ...]:
    return (
        it.code, it.name, it.name_en, it.group, n, it.due_amount, it.due_unit, it.is_public, True,
        it.code == "other", REOPEN_DAYS, it.description, it.keywords, it.is_urgent, it.allows_anonymous,
        it.place_matters, it.clock_stops, it.warn_percent, TEXTS["source"],
    )  # fmt: skip


def _milestones() -> list[tuple[Any, ...]]:
    return [
        (f"{it.code}-{n}", it.code, each["kind"], each["name"], each["amount"], each["unit"])
        for it in CATEGORIES
        for n, each in enumerate(it.milestones, 1)
    ]


def _questions() -> list[tuple[Any, ...]]:
    """None of them has to be answered: few people know everything."""
    return [
        (
            f"{it.code}-{each['name']}", it.code, each["name"], each["label"], each["label_en"],
            each.get("hint", ""), each["datatype"], False, True, n, each.get("options", ""),
        )
        for it in CATEGORIES
        for n, each in enumerate(it.questions, 1)
    ]  # fmt: skip


def _elsewhere() -> list[tuple[Any, ...]]:
    return [
        (
            it["code"], it["name"], it["name_en"], it["words"], it.get("telephone", ""), it["advice"],
            it.get("is_emergency", False), True, n,
        )
        for n, it in enumerate(read_toml("elsewhere.toml")["matter"], 1)
    ]  # fmt: skip


def tables(teams: dict[str, date]) -> Tables:
    """`teams`: the code of every team and the day on which it was formed."""
    categories = [_category(n, category) for n, category in enumerate(CATEGORIES, 1)]
    of_categories = """code name name_en group position due_amount due_unit is_public is_offered is_fallback
        reopen_days description keywords is_urgent allows_anonymous place_matters clock_stops warn_percent
        source"""
    of_questions = """code category name label label_en hint datatype is_required is_asked position options"""
    of_elsewhere = "code name name_en words telephone advice is_emergency is_offered position"
    return {
        "categories": table(of_categories, categories),
        "category_milestones": table("code category kind name amount unit", _milestones()),
        "category_questions": table(of_questions, _questions()),
        "elsewhere": table(of_elsewhere, _elsewhere()),
        "requests": table(COLUMNS, _completed(_requests(teams))),
    }
