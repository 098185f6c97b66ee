"""The offline platform: homes and what is on there, lecturers, their talks and awards."""

from datetime import date, time, timedelta
from typing import Any

from recipe.base import COMMUNITIES, GRIDS, LAST_DAY, TOWN, Dice, Tables, in_community, table

UNITED_FRONT, POMEGRANATE = "united_front_home", "red_pomegranate_home"
SINCE = date(2021, 6, 1)
OFFICE, LATE = "周一至周五 8:30–17:30", "每天 9:00–20:30"

# Besides one home of each kind per community: name, kind, index of the grid, address, opening hours.
MORE_HOMES = [
    ("昆河镇统战之家", UNITED_FRONT, 52, "镇便民服务中心二楼", OFFICE),
    ("石榴市场统战之家", UNITED_FRONT, 17, "石榴市场东门内", "每天 8:00–18:00"),
    ("丰盈小区南院红石榴家园", POMEGRANATE, 60, "丰盈小区南院活动室", LATE),
    ("西河楞社区沿街红石榴家园", POMEGRANATE, 44, "西河楞社区沿街活动室", "周二至周日 9:00–20:30"),
]
CLOSED_HOME = (
    "南排村老校舍红石榴家园", POMEGRANATE, 96, "南排村老校舍一层", "周一至周五 9:00–17:00",
    SINCE, date(2023, 3, 31),
)  # fmt: skip

# Home, what is on, weekday (0 is Monday, None every day), from, to, what to know, since.
DAILY = None
WEEKLY = [
    ("H02", "棋牌与闲坐", DAILY, time(14), time(17), "象棋、跳棋和扑克都有，自己带水杯。", date(2023, 1, 3)),
    ("H02", "太极晨练", 5, time(8), time(9), "在院子里练，雨雪天改到二楼。", date(2023, 3, 4)),
    ("H04", "剪纸", 2, time(15), time(16, 30), "纸和剪刀由家园准备，第一次来有人带。", date(2023, 2, 8)),
    ("H06", "儿童绘本时间", 5, time(10), time(11), "四到八岁，家长陪同。", date(2023, 3, 11)),
    ("H06", "乒乓球", 3, time(18, 30), time(20, 30), "两张球台，轮流打，球拍可以借。", date(2023, 1, 5)),
    (
        "H07",
        "手机使用互助",
        1,
        time(9, 30),
        time(11),
        "挂号、缴费、视频通话，带手机来问。",
        date(2023, 2, 14),
    ),
    ("H08", "合唱排练", 4, time(19), time(20, 30), "不用会识谱，坐下就能唱。", date(2023, 3, 3)),
    ("H10", "义诊", 0, time(9), time(11), "量血压、测血糖，医生来坐诊；空腹来测更准。", date(2023, 1, 9)),
    ("H12", "广场舞教学", 6, time(19), time(20, 30), "一个月学一支，从头教。", date(2023, 4, 2)),
    ("H14", "缝补互助", 2, time(14), time(16), "有缝纫机三台，布料自带。", date(2023, 3, 1)),
    ("H15", "政策咨询", 3, time(15), time(17), "医保、社保、就业，每周请窗口的人来。", date(2023, 1, 12)),
    ("H17", "作业陪伴", 1, time(16, 30), time(18), "放学后来写作业，有人看着，不收费。", date(2023, 3, 7)),
    ("H18", "读书会", 6, time(15), time(16, 30), "每次一本薄书，没读完也可以来听。", date(2023, 2, 19)),
]
# One that was on once, one that ended.
ONCE_AND_OVER = [
    ("H02", "元宵猜灯谜", None, time(15), time(17), "", date(2023, 2, 5), date(2023, 2, 5)),
    ("H19", "冬季读报", 3, time(10), time(11), "", date(2023, 1, 5), date(2023, 3, 30)),
]


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
        floor = f"{c.name}综合服务站"
        homes.append((f"{c.name}统战之家", UNITED_FRONT, first.code, f"{floor}一楼", OFFICE, SINCE, None))
        homes.append((f"{c.name}红石榴家园", POMEGRANATE, second.code, f"{floor}二楼", LATE, SINCE, None))
    more = [*((*home, date(2022, 5, 10), None) for home in MORE_HOMES), CLOSED_HOME]
    homes += [(name, kind, GRIDS[n].code, *rest) for name, kind, n, *rest in more]
    return [(f"H{n:02}", *home) for n, home in enumerate(homes, 1)]


def _activities() -> list[tuple[Any, ...]]:
    rows = [*((*weekly, None) for weekly in WEEKLY), *ONCE_AND_OVER]
    return [(f"E{n:02}", *row) for n, row in enumerate(rows, 1)]


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
        "venues": table("code name kind area address hours valid_from valid_to", homes),
        "activities": table("code venue title weekday starts ends note valid_from valid_to", _activities()),
        "lecturers": table("code name area topics valid_from valid_to", _lecturers()),
        "awards": table("code lecturer title level awarded_on", awards),
        "talks": table("code area lecturer venue title held_on listeners", _talks(homes)),
    }
