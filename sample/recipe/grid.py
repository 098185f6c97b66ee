"""Areas, units, posts and the people who hold them."""

from datetime import date
from typing import Any

from recipe.base import (
    COMMUNITIES,
    COUNTY,
    GRIDS,
    GRIDS_SINCE,
    ITS_SUCCESSOR,
    MERGED_ON,
    OLD_GRID,
    OLD_GRID_UNTIL,
    TOWN,
    Community,
    Grid,
    Tables,
    table,
)

CODES_AS_OF = date(2016, 7, 31)
CODES = "统计用区划代码，截至2016年7月31日；adcode数据，CC BY 4.0"
INVENTED = "示例虚构"

UNITS = [
    ("U01", "昆河镇党政综合办公室", "office"),
    ("U02", "昆河镇便民服务中心", "office"),
    ("U03", "昆河镇民生保障办公室", "office"),
    ("U04", "昆河镇村镇建设办公室", "office"),
    ("U05", "昆河镇综合行政执法队", "office"),
    ("U06", "昆河镇财政所", "office"),
    ("U07", "示例供水公司", "utility"),
    ("U08", "示例供电公司", "utility"),
    ("U09", "示例供热公司", "utility"),
    ("U10", "示例燃气公司", "utility"),
    ("U11", "示例环卫公司", "service"),
    ("U12", "示例社区卫生服务中心", "service"),
    ("U13", "示例物业联络站", "other"),
]
CLOSED_UNIT = ("U14", "昆河镇农机服务点", "service", TOWN, date(2019, 4, 1), date(2022, 12, 31))

# Key of the post and name of the account, title, role, unit, name of the invented holder ("" if vacant).
TOWN_POSTS = [
    ("leader", "镇主要负责人", "leader", "U01", "镇领导甲"),
    ("deputy", "镇分管负责人", "leader", "U01", "镇领导乙"),
    ("coord-town", "镇级协调员", "coordinator", "U02", "镇协调员甲"),
    ("coord-night", "镇级协调员（夜间）", "coordinator", "U02", ""),
    ("editor", "栏目编辑", "editor", "U01", "编辑甲"),
    ("aid-officer", "救助经办", "aid_officer", "U03", "救助经办甲"),
    ("aid-approver", "救助审批", "aid_approver", "U03", "救助审批甲"),
    ("finance", "财务发放", "finance", "U06", "财务甲"),
    ("works", "工程管理", "works_manager", "U04", "工程管理甲"),
    ("admin", "系统管理", "administrator", "U01", "管理员甲"),
    ("team-repair", "水暖电维修小队队长", "team_leader", None, "维修队长甲"),
]
# Who takes on what goes to a company; with the other units one still talks by telephone.
UNIT_POSTS = [
    ("unit-water", "供水公司接单员", "unit_worker", "U07", "供水接单员甲"),
    ("unit-clean", "环卫公司接单员", "unit_worker", "U11", "环卫接单员甲"),
]
# Three people review what is published; none of them is its editor.
REVIEW_POSTS = [
    ("review-first", "文章初审", "first_reviewer", "U01", "初审员甲"),
    ("review-second", "文章复审", "second_reviewer", "U01", "复审员甲"),
    ("review-final", "文章终审", "final_reviewer", "U01", "终审员甲"),
]
TOWN_POSTS_SINCE = date(2021, 9, 1)
UNIT_POSTS_SINCE = date(2022, 3, 1)

# Of the grid workers, one serves two neighbouring grids, one left and was not replaced, one came late.
SHARED_GRID, LEFT_GRID, LATE_GRID, VACANT_GRID = GRIDS[40], GRIDS[57], GRIDS[90], GRIDS[73]
LEFT_ON, LATE_SINCE = date(2023, 5, 31), date(2023, 7, 10)


def grid_post(grid: Grid) -> str:
    return f"P-grid-{grid.code[9:]}"


def community_post(community: Community) -> str:
    return f"P-coord-{community.slug}"


def grid_worker(grid: Grid) -> str:
    """The account of a grid's worker: numbered over the town, the former one of the merged grid last."""
    return f"grid{(*GRIDS, OLD_GRID).index(grid) + 1:03}"


def _areas() -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [
        (COUNTY, "昆都仑区", "ordinary", "", CODES_AS_OF, None, CODES),
        (TOWN, "昆河镇", "ordinary", "", CODES_AS_OF, None, CODES),
    ]
    rows += [(c.code, c.name, "ordinary", c.urban_rural, CODES_AS_OF, None, CODES) for c in COMMUNITIES]
    for g in GRIDS:
        rows.append((g.code, g.name, "special" if g.special else "ordinary", "", GRIDS_SINCE, None, INVENTED))
    rows.append((OLD_GRID.code, OLD_GRID.name, "ordinary", "", GRIDS_SINCE, OLD_GRID_UNTIL, INVENTED))
    return sorted(rows)  # a parent's code begins its children's, so it stands above them


def _posts() -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [
        (f"P-{key}", title, role, TOWN, unit, TOWN_POSTS_SINCE, None)
        for key, title, role, unit, _holder in TOWN_POSTS
    ]
    for c in COMMUNITIES:
        rows.append(
            (community_post(c), f"{c.name}协调员", "coordinator", c.code, None, TOWN_POSTS_SINCE, None)
        )
    for g in GRIDS:
        rows.append((grid_post(g), f"{g.name}网格员", "grid_worker", g.code, None, GRIDS_SINCE, None))
    old = (grid_post(OLD_GRID), f"{OLD_GRID.name}网格员", "grid_worker", OLD_GRID.code, None)
    of_units = [
        (f"P-{key}", title, role, TOWN, unit, UNIT_POSTS_SINCE, None)
        for key, title, role, unit, _holder in UNIT_POSTS
    ]
    of_reviews = [
        (f"P-{key}", title, role, TOWN, unit, UNIT_POSTS_SINCE, None)
        for key, title, role, unit, _holder in REVIEW_POSTS
    ]
    return [*rows, (*old, GRIDS_SINCE, OLD_GRID_UNTIL), *of_units, *of_reviews]


def _people() -> list[tuple[Any, ...]]:
    rows = [(key, name, "", True) for key, _title, _role, _unit, name in TOWN_POSTS if name]
    rows += [(f"coord-{c.slug}", f"协调员{c.stem}", "", True) for c in COMMUNITIES]
    for g in (*GRIDS, OLD_GRID):
        if g not in (SHARED_GRID, VACANT_GRID):
            name = f"网格员{g.community.stem}{int(g.code[12:]):02}"
            rows.append((grid_worker(g), name, "", g not in (LEFT_GRID, OLD_GRID)))
    rows += [(key, name, "", True) for key, _title, _role, _unit, name in UNIT_POSTS + REVIEW_POSTS]
    return rows


def _tenures() -> list[tuple[Any, ...]]:
    held: list[tuple[Any, ...]] = [
        (f"P-{key}", key, TOWN_POSTS_SINCE, None) for key, *_rest, name in TOWN_POSTS if name
    ]
    held += [(community_post(c), f"coord-{c.slug}", TOWN_POSTS_SINCE, None) for c in COMMUNITIES]
    neighbour = GRIDS[GRIDS.index(SHARED_GRID) - 1]
    for g in GRIDS:
        if g != VACANT_GRID:
            worker = grid_worker(neighbour if g == SHARED_GRID else g)
            since = LATE_SINCE if g == LATE_GRID else GRIDS_SINCE
            held.append((grid_post(g), worker, since, LEFT_ON if g == LEFT_GRID else None))
    held.append((grid_post(OLD_GRID), grid_worker(OLD_GRID), GRIDS_SINCE, OLD_GRID_UNTIL))
    held += [(f"P-{key}", key, UNIT_POSTS_SINCE, None) for key, *_rest in UNIT_POSTS + REVIEW_POSTS]
    return [(f"R{n:03}", *row) for n, row in enumerate(held, 1)]


def tables() -> Tables:
    succession = (OLD_GRID.code, ITS_SUCCESSOR.code, MERGED_ON)
    units = [(*unit, TOWN, date(2019, 4, 1), None) for unit in UNITS]
    return {
        "areas": table("code name kind urban_rural valid_from valid_to source", _areas()),
        "successions": table("predecessor successor day", [succession]),
        "units": table("code name kind area valid_from valid_to", [*units, CLOSED_UNIT]),
        "posts": table("code title role area unit valid_from valid_to", _posts()),
        "people": table("username name email is_active", _people()),
        "tenures": table("code post user valid_from valid_to", _tenures()),
    }
