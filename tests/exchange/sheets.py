"""Folders of CSV files for tests, and what their import says."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from shiliu.core.access import System
from shiliu.core.exchange.load import Counts, Import
from shiliu.core.models import AuditEntry

BY = System("import")


@dataclass
class Loaded:
    """What an import reported."""

    problems: list[str]
    counts: dict[str, Counts]
    taken_back: bool

    def of(self, kind: str) -> tuple[int, int, int, int]:
        """Created, changed, unchanged, refused."""
        it = self.counts[kind]
        return it.created, it.changed, it.unchanged, it.refused


def load(folder: Path, **options: bool) -> Loaded:
    it = Import(folder, by=BY, **options)
    problems = [str(problem) for problem in it.run()]
    return Loaded(problems, it.counts, it.taken_back)


def write(folder: Path, **files: str | bytes) -> Path:
    """`write(tmp_path, venues="code,name\\n…")`: each file in UTF-8, or as the bytes given."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def sheet(header: str, *rows: list[str] | str) -> str:
    """A file's text: rows as lists are quoted where they must be, as texts they are taken as they are."""
    out = io.StringIO()
    out.write(header + "\n")
    for row in rows:
        if isinstance(row, str):
            out.write(row + "\n")
        else:
            csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()


VENUE = "code,name,kind,area,valid_from"


def venues(*rows: list[str] | str) -> str:
    return sheet(VENUE, *rows)


def venue(code: str = "V1", **values: str) -> list[str]:
    """One good row of `venues`, in East, with what is given instead."""
    usual = {"name": "测试家园", "kind": "other", "area": "990001100001", "valid_from": "2020-01-01"}
    return [code, *(usual | values).values()]


AREA = "code,name,valid_from"
TREE = ["880001", "880001100", "880001100001", "880001100001001", "880001100002", "880001200"]


def area(code: str) -> str:
    return f"{code},区域{code},2020-01-01"


EAST = "990001100001"
REQUEST = "编码,区域编码,类别编码,内容,收到时间,时限,联系电话"


def request(code: str = "R1", words: str = "路灯不亮", phone: str = "13900000001") -> list[str]:
    """One good row of `requests`, in East, of the category “lamp”."""
    return [code, EAST, "lamp", words, "2023-05-10 09:00", "2023-05-15 18:00", phone]


def requests(*rows: list[str]) -> str:
    return sheet(REQUEST, *rows)


PAYMENT = "code,programme,area,recipient,amount,state,proposed_on,approved_on,paid_on,reverses"
PAID = ["paid", "2023-05-10", "2023-05-10", "2023-05-10"]


def payment(code: str, amount: str = "100", *rest: str) -> list[str]:
    """One row of `PAYMENT`'s columns: proposed, unless `rest` says more."""
    usual = ["proposed", "2023-05-10", "", "", ""]
    return [code, "temporary", EAST, "丙某某", amount, *rest, *usual[len(rest) :]]


def entries(verb: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(verb=verb).order_by("id"))


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (our own tables)
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside is undone: an empty install again."""
    with transaction.atomic():
        yield
        connection.check_constraints()  # foreign keys wait for a commit that never comes
        transaction.set_rollback(True)
