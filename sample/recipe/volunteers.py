"""The volunteer force “1+3+8+N”: strands, teams, people and who belongs where."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from recipe.base import COMMUNITIES, GRIDS, ITS_SUCCESSOR, OLD_GRID, TOWN, Community, Dice, Tables, table
from recipe.grid import grid_post

# The account writes “1+3+8+N” and does not spell it out: these names are ours, not the township's.
STRANDS = [("1", "1支骨干队伍"), ("3", "3类服务力量"), ("8", "8支专业小队"), ("N", "N支暖心小队")]
TOWN_TEAMS = [
    ("1", "T-core", "昆河镇暖心服务总队"),
    ("3", "T-staff", "机关干部暖心队"),
    ("3", "T-grid", "网格员暖心队"),
    ("3", "T-residents", "居民代表暖心队"),
    ("8", "T-repair", "水暖电维修小队"),
    ("8", "T-health", "健康义诊小队"),
    ("8", "T-advice", "政策咨询小队"),
    ("8", "T-mediation", "邻里调解小队"),
    ("8", "T-elderly", "助老助残小队"),
    ("8", "T-children", "儿童陪伴小队"),
    ("8", "T-clean", "清洁环境小队"),
    ("8", "T-emergency", "应急抢险小队"),
]
TOWN_LEADERS = {"T-repair": "P-team-repair"}
THEMES = ["助老", "助学", "巡河护绿", "清雪", "文体", "便民维修", "安全劝导", "阅读", "法律咨询"]
SMALL_COMMUNITIES = COMMUNITIES[4:]  # these do without the last theme
# Relative chance that a member joins a team of this strand, and how many members there are besides leaders.
APPEAL = {"1": 7.0, "3": 5.0, "8": 4.0, "N": 1.0}
MEMBERS = 605
JOINED_BY = date(2023, 6, 15)
IN_TWO_TEAMS, MOVED, LEFT, LEFT_LATER, JOINED_LATER = 25, 12, 18, 3, 6


@dataclass(frozen=True)
class Team:
    code: str
    name: str
    strand: str
    area: str
    since: date
    until: date | None = None
    leader_post: str | None = None  # of an account that takes on what is assigned to the team


def grid_team(grid_code: str) -> str:
    return f"T-{grid_code[9:]}"


def _teams() -> list[Team]:
    """The teams of the last day of the period."""
    dice = Dice("teams")
    first, last = date(2021, 10, 8), date(2023, 4, 28)
    teams = [
        Team(code, name, strand, TOWN, date(2021, 9, 15), leader_post=TOWN_LEADERS.get(code))
        for strand, code, name in TOWN_TEAMS
    ]
    for grid in GRIDS:
        # The team of the grid that was merged goes on; it was formed under the old code.
        area = OLD_GRID if grid == ITS_SUCCESSOR else grid
        since = date(2022, 4, 12) if grid == ITS_SUCCESSOR else dice.day(date(2022, 1, 4), last)
        code, name = grid_team(area.code), f"{area.name}暖心队"
        teams.append(Team(code, name, "N", area.code, since, leader_post=grid_post(grid)))
    for c in COMMUNITIES:
        for n, theme in enumerate(THEMES[:-1] if c in SMALL_COMMUNITIES else THEMES, 1):
            code = f"T-{c.code[9:]}-{n}"
            teams.append(Team(code, f"{c.name}{theme}暖心队", "N", c.code, dice.day(first, last)))
    return teams


DISBANDED = [
    Team("T-004-X", "召庙社区年货代购暖心队", "N", "150203100004", date(2021, 12, 1), date(2022, 12, 31)),
    Team("T-201-X", "南排村旧校舍看护暖心队", "N", "150203100201", date(2021, 12, 1), date(2023, 3, 31)),
]
FORMED_LATER = Team("T-007-X", "丰盈小区社区纳凉点暖心队", "N", "150203100007", date(2023, 7, 10))


class Force:
    """The rows of people and memberships as they grow."""

    def __init__(self) -> None:
        self.dice = Dice("volunteers")
        self.people: list[tuple[Any, ...]] = []
        self.memberships: list[tuple[Any, ...]] = []

    def enlist(self, community: Community, since: date, until: date | None = None) -> str:
        n = len(self.people) + 1
        # No operator uses 169, to our knowledge; four zeros besides make the number plainly invented.
        row = (f"V{n:04}", f"志愿者{community.stem}{n:03}", f"1690000{n:04}", community.code, since, until)
        self.people.append(row)
        return row[0]

    def join(self, person: str, team: Team, role: str, since: date, until: date | None = None) -> None:
        self.memberships.append((f"M{len(self.memberships) + 1:04}", team.code, person, role, since, until))

    def recruit(self, team: Team, role: str, since: date, until: date | None = None) -> str:
        """A new volunteer for a team, from its community or, for the town's teams, from any."""
        local = [c for c in COMMUNITIES if team.area.startswith(c.code)]
        person = self.enlist(self.dice.pick(local or COMMUNITIES), since, until)
        self.join(person, team, role, since, until)
        return person

    def amend(self, person: str, *, since: date | None = None, until: date | None = None) -> None:
        n = int(person[1:]) - 1
        *kept, from_, to = self.people[n]
        self.people[n] = (*kept, since or from_, until or to)

    def some_day(self, team: Team, last: date = JOINED_BY) -> date:
        return self.dice.day(team.since, last)


def _fill(force: Force, teams: list[Team]) -> None:
    """Leaders and members of the last day; some are in two teams, some were in another one before."""
    for team in teams:
        force.recruit(team, "leader", team.since)
    weights = [APPEAL[team.strand] for team in teams]
    homes = []
    more = [force.dice.weighted(teams, weights) for _n in range(MEMBERS - len(teams))]
    for team in [*teams, *more]:  # a leader has at least one member
        since = force.some_day(team)
        homes.append((force.recruit(team, "member", since), team, since))
    in_grids = [home for home in homes if home[1].strand == "N"]
    professional = [team for team in teams if team.strand == "8"]
    for person, _team, since in in_grids[:: len(in_grids) // IN_TWO_TEAMS][:IN_TWO_TEAMS]:
        force.join(person, force.dice.pick(professional), "member", since)
    for person, team, _since in [home for home in in_grids if home[2].year == 2023][:MOVED]:
        before = next(t for t in teams if t.area == team.area[:12] and t.since < date(2022, 11, 1))
        start = force.dice.day(before.since, date(2022, 11, 30))
        force.join(person, before, "member", start, force.dice.day(date(2022, 12, 1), date(2022, 12, 30)))
        force.amend(person, since=start)


def _come_and_go(force: Force, teams: list[Team]) -> None:
    """Who is not there any more on the last day of the period, who leaves after it, who comes after it."""
    for team in DISBANDED:
        force.recruit(team, "leader", team.since, team.until)
        for _n in range(3):
            force.recruit(team, "member", team.since, team.until)
    settled = [team for team in teams if team.since < date(2022, 9, 1)]
    for _n in range(LEFT):
        team = force.dice.pick(settled)
        until = force.dice.day(date(2022, 11, 1), date(2023, 6, 29))
        force.recruit(team, "member", force.some_day(team, date(2022, 10, 31)), until)
    members = [m for m in force.memberships if m[3] == "member" and m[5] is None]
    once = [m for m in members if sum(m[2] == other[2] for other in force.memberships) == 1]
    for row in once[100 : 100 + LEFT_LATER]:
        until = force.dice.day(date(2023, 7, 1), date(2023, 7, 28))
        force.memberships[force.memberships.index(row)] = (*row[:5], until)
        force.amend(row[2], until=until)
    force.recruit(FORMED_LATER, "leader", FORMED_LATER.since)
    for _n in range(JOINED_LATER):
        team = FORMED_LATER if force.dice.chance(0.7) else force.dice.pick(settled)
        force.recruit(team, "member", force.dice.day(date(2023, 7, 10), date(2023, 7, 28)))


def tables() -> Tables:
    teams = _teams()
    force = Force()
    _fill(force, teams)
    _come_and_go(force, teams)
    rows = [
        (t.code, t.name, t.strand, t.area, t.leader_post, t.since, t.until)
        for t in [*teams, *DISBANDED, FORMED_LATER]
    ]
    strands = [(code, name, n) for n, (code, name) in enumerate(STRANDS, 1)]
    return {
        "strands": table("code name position", strands),
        "teams": table("code name strand area leader_post valid_from valid_to", rows),
        "volunteers": table("code name phone area valid_from valid_to", force.people),
        "memberships": table("code team volunteer role valid_from valid_to", force.memberships),
    }
