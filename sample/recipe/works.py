"""Works: projects, the quantities in the contract, and what was measured and accepted, line by line."""

from datetime import date
from decimal import Decimal
from typing import Any

from recipe.base import COMMUNITIES, OLD_GRID, Tables, table

# Code, name, area, first and last day.
PROJECTS = [
    ("G01", "召庙社区老旧管网改造", COMMUNITIES[0].code, "2022-08-15", "2023-05-31"),
    ("G02", "北沙梁社区主街巷铺装", COMMUNITIES[1].code, "2023-03-20", "2023-06-16"),
    ("G03", "西河楞社区雨污分流", COMMUNITIES[2].code, "2022-09-13", "2023-06-21"),
    ("G04", "丰盈小区社区道路与排水整修", COMMUNITIES[3].code, "2023-03-28", ""),
    ("G05", "胜利村污水管网", COMMUNITIES[4].code, "2022-10-08", "2023-06-15"),
    ("G06", "南排村街巷硬化与铺装", COMMUNITIES[5].code, "2023-04-03", ""),
    ("G07", "和平村供水管网更新", COMMUNITIES[6].code, "2022-09-01", "2023-04-28"),
    ("G08", "召庙社区第19网格小巷整修", OLD_GRID.code, "2022-06-01", "2022-09-23"),
]
# Item (project and number), kind, contracted quantity in m or m².
ITEMS = [
    ("G01-1", "sewer", "2200.00"), ("G01-2", "street_paving", "4850.00"), ("G01-3", "water_main", "920.00"),
    ("G02-1", "street_paving", "8000.00"), ("G02-2", "sewer", "500.00"),
    ("G03-1", "sewer", "2700.00"), ("G03-2", "street_paving", "3300.00"),
    ("G04-1", "sewer", "1700.00"), ("G04-2", "street_paving", "7100.00"),
    ("G05-1", "sewer", "2500.00"), ("G05-2", "road_hardening", "3950.00"),
    ("G06-1", "road_hardening", "9200.00"), ("G06-2", "street_paving", "3400.00"),
    ("G07-1", "water_main", "3350.00"), ("G07-2", "road_hardening", "1420.00"),
    ("G08-1", "street_paving", "360.00"),
]  # fmt: skip
UNITS = {"sewer": "m", "water_main": "m", "street_paving": "m²", "road_hardening": "m²"}

# Item, measured on, measured, accepted on, accepted (the measured quantity where none stands).
MEASURED = [
    ("G08-1", "2022-09-15", "355.60", "2022-09-22"),
    ("G03-2", "2022-10-20", "410.00", "2022-10-28"),
    ("G07-2", "2022-10-19", "690.00", "2022-10-27"),
    ("G07-1", "2022-10-31", "1260.00", "2022-11-11"),
    ("G01-1", "2022-11-10", "612.30", "2022-11-25"),
    ("G03-1", "2022-12-02", "530.00", "2022-12-15"),
    ("G03-1", "2022-12-20", "318.46", "2023-01-10"),
    ("G07-1", "2023-03-22", "880.64", "2023-03-31"),
    ("G05-1", "2023-03-24", "512.64", "2023-04-04"),
    ("G01-1", "2023-03-29", "486.75", "2023-04-07"),
    ("G03-1", "2023-04-12", "742.60", "2023-04-21"),
    ("G01-3", "2023-04-13", "902.35", "2023-04-21"),
    ("G07-1", "2023-04-17", "1145.20", "2023-04-26", "1138.70"),
    ("G05-1", "2023-04-19", "835.90", "2023-04-28"),
    ("G07-2", "2023-04-20", "720.35", "2023-04-28"),
    ("G01-1", "2023-04-26", "655.20", "2023-05-05", "648.90"),
    ("G02-1", "2023-04-27", "1985.40", "2023-05-06"),
    ("G05-2", "2023-05-09", "1870.00", "2023-05-18"),
    ("G04-1", "2023-05-10", "620.40", "2023-05-19"),
    ("G01-2", "2023-05-12", "2310.50", "2023-05-19"),
    ("G03-1", "2023-05-16", "688.05", "2023-05-26", "671.55"),
    ("G06-1", "2023-05-17", "2950.45", "2023-05-26"),
    ("G01-1", "2023-05-18", "402.18", "2023-05-25"),
    ("G02-1", "2023-05-18", "3120.75", "2023-05-26"),
    ("G05-1", "2023-05-22", "704.33", "2023-06-01"),
    ("G01-2", "2023-05-23", "2476.20", "2023-05-30", "2450.00"),
    ("G04-2", "2023-05-24", "2205.90", "2023-06-02"),
    ("G06-2", "2023-05-25", "1468.15", "2023-06-02"),
    ("G03-2", "2023-05-31", "1540.80", "2023-06-08"),
    ("G02-2", "2023-06-01", "484.45", "2023-06-09"),
    ("G05-1", "2023-06-05", "431.83", "2023-06-14"),
    ("G05-2", "2023-06-05", "2046.80", "2023-06-14", "2031.20"),
    ("G04-1", "2023-06-07", "548.96", "2023-06-16", "540.31"),
    ("G02-1", "2023-06-08", "2864.35", "2023-06-15", "2841.60"),
    ("G04-2", "2023-06-12", "2418.60", "2023-06-20"),
    ("G03-1", "2023-06-13", "355.12", "2023-06-20"),
    ("G03-2", "2023-06-14", "1322.25", "2023-06-20"),
    ("G06-1", "2023-06-15", "3012.30", "2023-06-26", "2985.60"),
    ("G06-2", "2023-06-20", "1579.70", "2023-06-28"),
    ("G04-2", "2023-06-21", "1090.00", "2023-06-29", "1076.35"),
    ("G04-1", "2023-06-27", "266.50", "2023-07-07"),
    ("G04-2", "2023-06-29", "870.25", "2023-07-06"),
    ("G06-1", "2023-07-12", "1405.00"),
    ("G06-2", "2023-07-18", "205.40"),
    ("G04-1", "2023-07-20", "118.00"),
]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _measurement(
    item: str, day: str, measured: str, accepted_on: str = "", accepted: str = ""
) -> tuple[Any, ...]:
    quantity = Decimal(accepted or measured) if accepted_on else None
    return item, _day(day), Decimal(measured), _day(accepted_on), quantity


def tables() -> Tables:
    projects = [(*project, _day(first), _day(last)) for *project, first, last in PROJECTS]
    items = [(code, code.partition("-")[0], kind, UNITS[kind], Decimal(n)) for code, kind, n in ITEMS]
    measurements = [(f"C{n:02}", *_measurement(*line)) for n, line in enumerate(MEASURED, 1)]
    return {
        "projects": table("code name area started_on finished_on", projects),
        "items": table("code project kind unit contracted", items),
        "measurements": table("code item measured_on measured accepted_on accepted", measurements),
    }
