"""The invented county: its areas, and who works there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from shiliu.core.models import User
from shiliu.grid.models import Area, Post, Tenure, Unit
from shiliu.volunteers.models import Strand, Team

COUNTY = "990002"
FROM = date(2020, 1, 1)
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
COMMUNITIES = ("松风", "晴川", "临湖", "向阳", "青石", "云杉")
GRIDS = "一二三四"
UNITS = (("供水站", "utility"), ("供电所", "utility"), ("环卫所", "service"))
MOST_TOWNS = 150


@dataclass
class Grid:
    """A grid, and who can have a request that lies in it: ids of rows, and the author of each step."""

    code: str
    worker: Post
    coordinator: Post
    by: User
    team: Team
    units: list[Unit]


@dataclass
class County:
    grids: list[Grid] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    shown: dict[str, User] = field(default_factory=dict)


class _Making:
    """Rows as they are thought up; stored at once for each kind at the end."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.areas: list[Area] = []
        self.units: list[Unit] = []
        self.posts: list[Post] = []
        self.users: list[User] = []
        self.tenures: list[Tenure] = []
        self.teams: list[Team] = []
        self.strand = Strand(code="S-N", name="邻里", position=1)

    def area(self, code: str, name: str) -> str:
        above = code[:-3] if len(code) > len(COUNTY) else None
        self.areas.append(Area(code=code, name=name, parent_id=above, valid_from=FROM, source="编造"))
        return code

    def held(self, role: str, title: str, code: str, username: str) -> tuple[Post, User]:
        """A post in an area, and somebody invented who holds it and cannot sign in."""
        post = Post(code=f"P-{username}", title=title, role=role, area_id=code, valid_from=FROM)
        user = User(username=username, name=f"{self.random.choice(STEMS)}某{username}", password="!")  # noqa: S106
        self.posts.append(post)
        self.users.append(user)
        self.tenures.append(Tenure(code=f"T-{username}", post=post, user=user, area_id=code, valid_from=FROM))
        return post, user

    def store(self) -> None:
        for rows in (self.areas, self.units, self.posts, self.users, [self.strand]):
            type(rows[0])._default_manager.bulk_create(rows, batch_size=500)  # type: ignore[attr-defined]
        for tenure in self.tenures:
            tenure.post, tenure.user = tenure.post, tenure.user  # their ids are known by now
        for team in self.teams:
            team.strand, team.leader_post = team.strand, team.leader_post
        Tenure.objects.bulk_create(self.tenures, batch_size=500)
        Team.objects.bulk_create(self.teams, batch_size=500)


def make(towns: int, random: Random) -> County:
    """Store a county of so many towns, each of six communities with four grids."""
    it, county = _Making(random), County()
    it.area(COUNTY, "甲乙县")
    _post, county.shown["county"] = it.held("coordinator", "县协调员", COUNTY, "county")
    for n in range(towns):
        county.grids += _town(it, county, n)
    it.store()
    county.people = it.users
    return county


def _town(it: _Making, county: County, n: int) -> Iterator[Grid]:
    code = it.area(f"{COUNTY}{100 + n}", f"{STEMS[n % 10]}{BRANCHES[n % 12]}镇")
    number = f"{n + 1:02}"
    _post, by = it.held("coordinator", "镇协调员", code, f"town{number}")
    _leader, leader = it.held("leader", "镇长", code, f"leader{number}")
    if n == 0:
        county.shown |= {"town": by, "leader": leader}
    units = [
        Unit(code=f"U-{number}-{k}", name=name, kind=kind, area_id=code, valid_from=FROM)
        for k, (name, kind) in enumerate(UNITS)
    ]
    it.units += units
    for k, name in enumerate(COMMUNITIES, start=1):
        yield from _community(it, f"{code}{k:03}", name, f"{number}{k}", units)


def _community(it: _Making, code: str, name: str, number: str, units: list[Unit]) -> Iterator[Grid]:
    it.area(code, f"{name}社区")
    coordinator, by = it.held("coordinator", f"{name}社区协调员", code, f"community{number}")
    leading, _leader = it.held("team_leader", f"{name}暖心队队长", code, f"team{number}")
    team = Team(
        code=f"TM-{number}",
        name=f"{name}暖心队",
        area_id=code,
        strand=it.strand,
        leader_post=leading,
        valid_from=FROM,
    )
    it.teams.append(team)
    for k, numeral in enumerate(GRIDS, start=1):
        grid = it.area(f"{code}{k:03}", f"{name}第{numeral}网格")
        worker, _user = it.held("grid_worker", f"{name}第{numeral}网格网格员", grid, f"worker{number}{k}")
        yield Grid(grid, worker, coordinator, by, team, units)
