"""Aid: programmes and the ledger. Who receives is known by one invented letter, and lives in a community."""

from datetime import date
from decimal import Decimal
from typing import Any

from recipe.base import COMMUNITIES, TOWN, Tables, table

PROGRAMMES = [
    ("emergency", "临时救助", TOWN, "《社会救助暂行办法》；标准由各地自定，此处为示例"),
    ("winter", "冬季取暖帮扶", TOWN, "示例：请填写本地文件"),
    ("study", "助学帮扶", TOWN, "示例：请填写本地文件"),
]
PROPOSER, APPROVER, PAYER = "aid-officer", "aid-approver", "finance"

# Programme, community by index, recipient, sum in yuan, days of proposal, approval and payment.
PAID = [
    ("winter", 0, "甲某", "1300.00", "2022-11-21", "2022-11-30", "2022-12-08"),
    ("emergency", 4, "乙某", "900.00", "2022-12-06", "2022-12-15", "2022-12-22"),
    ("winter", 1, "丙某", "860.50", "2022-12-20", "2022-12-29", "2023-01-05"),
    ("winter", 3, "丁某", "940.00", "2022-12-22", "2023-01-03", "2023-01-10"),
    ("emergency", 2, "戊某", "2000.00", "2023-01-04", "2023-01-12", "2023-01-18"),
    ("winter", 5, "己某", "715.80", "2023-01-06", "2023-01-13", "2023-01-18"),
    ("winter", 6, "庚某", "1020.00", "2023-01-09", "2023-01-16", "2023-01-31"),
    ("emergency", 3, "辛某", "1500.00", "2023-02-01", "2023-02-09", "2023-02-16"),
    ("winter", 0, "壬某", "880.00", "2023-02-03", "2023-02-13", "2023-02-20"),
    ("winter", 4, "癸某", "958.10", "2023-02-14", "2023-02-22", "2023-03-01"),
    ("study", 1, "子某", "1200.00", "2023-02-17", "2023-02-27", "2023-03-06"),
    ("study", 5, "丑某", "1200.00", "2023-02-20", "2023-02-28", "2023-03-06"),
    ("emergency", 6, "寅某", "2400.00", "2023-03-02", "2023-03-13", "2023-03-21"),
    ("study", 3, "卯某", "1450.00", "2023-03-14", "2023-03-22", "2023-03-30"),
    ("emergency", 2, "辰某", "1860.00", "2023-03-20", "2023-03-29", "2023-04-06"),
    ("emergency", 0, "巳某", "1600.00", "2023-03-28", "2023-04-06", "2023-04-12"),
    ("emergency", 0, "巳某", "1060.00", "2023-04-17", "2023-04-18", "2023-04-20"),
    ("emergency", 1, "午某", "1275.60", "2023-04-24", "2023-05-05", "2023-05-11"),
    ("emergency", 5, "未某", "1680.00", "2023-05-12", "2023-05-22", "2023-05-30"),
    ("emergency", 3, "申某", "3000.00", "2023-06-05", "2023-06-14", "2023-06-21"),
    ("emergency", 4, "酉某", "1500.00", "2023-06-19", "2023-06-29", "2023-07-06"),
    ("study", 2, "戌某", "1100.00", "2023-07-03", "2023-07-12", "2023-07-20"),
]
# 1,600.00 was paid where 1,060.00 had been approved: taken back as a whole, then paid rightly.
MISTAKE, TAKEN_BACK_ON = 15, date(2023, 4, 17)
# State, then as above as far as it has come.
UNPAID = [
    ("rejected", "study", 6, "亥某", "2600.00", "2023-05-08"),
    ("approved", "emergency", 1, "甲甲某", "1340.00", "2023-07-14", "2023-07-25"),
    ("proposed", "emergency", 0, "乙乙某", "980.00", "2023-07-27"),
]


def _payment(state: str, programme: str, n: int, recipient: str, amount: str, *days: str) -> tuple[Any, ...]:
    proposed, approved, paid = [*(date.fromisoformat(day) for day in days), None, None][:3]
    approver, payer = APPROVER if approved else None, PAYER if paid else None
    head = (programme, COMMUNITIES[n].code, recipient, Decimal(amount), state)
    return (*head, proposed, PROPOSER, approved, approver, paid, payer, None)


def _ledger() -> list[tuple[Any, ...]]:
    rows = [_payment("paid", *payment) for payment in PAID] + [_payment(*payment) for payment in UNPAID]
    rows = [(f"Z{n:02}", *row) for n, row in enumerate(rows, 1)]
    wrong = rows[MISTAKE]
    # As `aid.actions.reverse` writes it: nobody proposes or approves a correction, finance enters it.
    back = (*wrong[1:4], -wrong[4], "paid", TAKEN_BACK_ON, None, TAKEN_BACK_ON, None, TAKEN_BACK_ON, PAYER)
    return [*rows, (f"Z{len(rows) + 1:02}", *back, wrong[0])]


def tables() -> Tables:
    columns = """code programme area recipient amount state proposed_on proposed_by approved_on approved_by
        paid_on paid_by reverses"""
    return {
        "programmes": table("code name area source", PROGRAMMES),
        "payments": table(columns, _ledger()),
    }
