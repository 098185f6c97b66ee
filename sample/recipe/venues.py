"""The offline platform: homes, lecturers, their talks and awards."""

from datetime import date, timedelta
from typing import Any

from recipe.base import COMMUNITIES, GRIDS, LAST_DAY, TOWN, Dice, Tables, in_community, table

UNITED_FRONT, POMEGRANATE = "united_front_home", "red_pomegranate_home"
SINCE = date(2021, 6, 1)

# Besides one home of each kind per community: name, kind, index of the grid, address.
MORE_HOMES = [
    ("昆河镇统战之家", UNITED_FRONT, 52, "镇便民服务中心二楼"),
    ("石榴市场统战之家", UNITED_FRONT, 17, "石榴市场东门内"),
    ("丰盈小区南院红石榴家园", POMEGRANATE, 60, "丰盈小区南院活动室"),
    ("西河楞社区沿街红石榴家园", POMEGRANATE, 44, "西河楞社区沿街活动室"),
]
CLOSED_HOME = ("南排村老校舍红石榴家园", POMEGRANATE, 96, "南排村老校舍一层", SINCE, date(2023, 3, 31))

TOPICS = [
    ("冬季取暖与用电安全", "取暖用电这样才安全"),
    ("垃圾分类", "厨余垃圾和可回收物怎么分"),
    ("医保与社保办理", "医保缴费与报销常见问题"),
    ("防汛与避险", "雨季来之前家里要看哪几处"),
    ("邻里相处", "楼道、噪声、停车：邻里之间好商量"),
    ("老年人用手机", "手机挂号与缴费，一步一步来"),
    ("防范电信诈骗", "接到这几种电话先挂断"),
    ("家庭急救", "烫伤、噎住、扭伤的第一步"),
    ("农机与春耕安全", "春耕前农机要查的八个地方"),
    ("健康饮食", "少盐少油，一日三餐怎么安排"),
    ("儿童假期安全", "假期里孩子一个人在家要记住什么"),
    ("消防安全", "电动自行车不上楼，通道不堵"),
]
STEMS = "甲乙丙丁戊己庚辛壬癸子丑"
LEFT = 11  # the last lecturer stopped in the middle of the period
LEFT_ON = date(2023, 2, 28)


def _homes() -> list[tuple[Any, ...]]:
    homes: list[tuple[Any, ...]] = []
    for c in COMMUNITIES:
        first, second = in_community(c)[:2]
        homes.append((f"{c.name}统战之家", UNITED_FRONT, first.code, f"{c.name}综合服务站一楼", SINCE, None))
        homes.append(
            (f"{c.name}红石榴家园", POMEGRANATE, second.code, f"{c.name}综合服务站二楼", SINCE, None)
        )
    more = [*((*home, date(2022, 5, 10), None) for home in MORE_HOMES), CLOSED_HOME]
    homes += [(name, kind, GRIDS[n].code, *rest) for name, kind, n, *rest in more]
    return [(f"H{n:02}", *home) for n, home in enumerate(homes, 1)]


def _lecturers() -> list[tuple[Any, ...]]:
    return [
        (f"L{n + 1:02}", f"宣讲员{STEMS[n]}", TOWN, topic, date(2022, 3, 15), LEFT_ON if n == LEFT else None)
        for n, (topic, _title) in enumerate(TOPICS)
    ]


def _talks(homes: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """About one a week, each by a lecturer and in a home of that day; a few in the open."""
    dice = Dice("talks")
    rows: list[tuple[Any, ...]] = []
    day = date(2022, 12, 6)
    while day <= LAST_DAY:
        n = dice.between(0, len(TOPICS) - 1)
        if n == LEFT and day > LEFT_ON:
            n = 0
        home = dice.pick([home for home in homes if home[-1] is None or home[-1] >= day])
        in_the_open = day.month in (5, 6, 7) and dice.chance(0.3)
        code, venue = f"X{len(rows) + 1:02}", None if in_the_open else home[0]
        rows.append((code, home[3], f"L{n + 1:02}", venue, TOPICS[n][1], day, dice.between(14, 58)))
        day += timedelta(days=dice.between(5, 9))
    return rows


def tables() -> Tables:
    homes = _homes()
    awards = [
        ("A01", "L03", "市级优秀个人", "city", date(2023, 4, 27)),
        ("A02", "L03", "区级第二名", "district", date(2023, 3, 24)),
    ]
    return {
        "venues": table("code name kind area address valid_from valid_to", homes),
        "lecturers": table("code name area topics valid_from valid_to", _lecturers()),
        "awards": table("code lecturer title level awarded_on", awards),
        "talks": table("code area lecturer venue title held_on listeners", _talks(homes)),
    }
