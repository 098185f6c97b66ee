"""To whom requests go: a few rules, as a town would begin with."""

from recipe.base import COMMUNITIES, TOWN, Tables, in_community, table

PARK = in_community(COMMUNITIES[1])[-1]
# Name, category, area, words, team, unit, whether it acts at once.
RULES = [
    ("燃气异味、停气", "water-power-gas", TOWN, "燃气,煤气,天然气,停气", None, "U10", False),
    ("自来水", "water-power-gas", TOWN, "自来水,水管,停水,漏水,水压", None, "U07", False),
    ("停电、电路", "water-power-gas", TOWN, "停电,跳闸,电表,没电,电线", None, "U08", False),
    ("供暖", "heating", TOWN, "", None, "U09", False),
    ("石榴公园归专属网格", None, PARK.code, "", None, None, False),
    ("路灯", "street-lamp", TOWN, "", "T-repair", None, False),
    ("垃圾清运", "waste", TOWN, "", None, "U11", True),
]


def tables() -> Tables:
    rows = [
        (f"RT{n:02}", name, n * 10, category, area, words, team, unit, at_once, True)
        for n, (name, category, area, words, team, unit, at_once) in enumerate(RULES, 1)
    ]
    columns = "code name position category area words team unit is_automatic is_active"
    return {"routing_rules": table(columns, rows)}
