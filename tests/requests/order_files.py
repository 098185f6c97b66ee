"""Files as hotlines write them, for tests; all people and numbers are invented."""

import io
import zipfile
from typing import Any

HEADER = "工单编号,来电时间,诉求内容,诉求类别,所属区域,地址,联系人,联系电话,办理时限"
FIRST = "20240612001,2024-06-12 09:10,路灯不亮,路灯,测试east,三号楼前,甲某某,13900000001,2024-06-20 17:30"
SECOND = "20240612002,2024-06-12 10:00,想问低保怎么办,民政,,不清楚,乙某某,,2024-06-21"


def csv_file(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> bytes:
    return "\r\n".join([header, *rows, ""]).encode(encoding)


def xlsx_file(*rows: list[Any]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """A spreadsheet with some of its parts replaced: `sheet=b"…"`."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "book": "xl/workbook.xml"}
    out = io.BytesIO()
    given = {names[key]: value for key, value in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, given.get(each, old.read(each)))
    return out.getvalue()
