"""`shiliu report`"""

import argparse
import csv
import json
from datetime import date
from typing import Any
from unicodedata import east_asian_width

from django.core.management import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from shiliu.core.figures import Period
from shiliu.core.templatetags.shiliu import figure
from shiliu.figures.report import Report, as_json, compute, exact
from shiliu.grid.models import Area


class Command(BaseCommand):
    help = (
        "Compute every figure of a period from the records: all there is, or inside one area (its "
        "predecessors included). The text is in the language of --language; JSON and CSV are for other "
        "programs, with decimals as text. `shiliu report verify FILE` says whether a signed report is as it "
        "was signed."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="start", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD"
        )
        parser.add_argument("--to", dest="end", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--area", metavar="CODE", help="6 digits county, 9 town, 12 community, 15 grid")
        parser.add_argument("--format", choices=["text", "json", "csv"], default="text")
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["end"] < options["start"]:
            raise CommandError("--to is before --from. Give the first day first.")
        area = None
        if options["area"]:
            area = Area.objects.filter(code=options["area"]).first()
            if area is None:
                raise CommandError(
                    f"--area {options['area']}: no area has this code. `shiliu export` lists them."
                )
        with translation.override(options["language"]):
            report = compute(Period(options["start"], options["end"]), area)
            getattr(self, f"_{options['format']}")(report)

    def _json(self, report: Report) -> None:
        self.stdout.write(json.dumps(as_json(report), ensure_ascii=False, indent=2))

    def _csv(self, report: Report) -> None:
        out = csv.writer(self.stdout, lineterminator="\n")
        out.writerow(["key", "value", "unit", "label", "records"])
        for key, line in report.lines.items():
            it = line.figure
            out.writerow([key, exact(line.value.value), it.unit, it.label, line.value.records])

    def _text(self, report: Report) -> None:
        name = report.area.name if report.area else _("everything on record")
        self.stdout.write(f"{name}  {report.period.start} – {report.period.end}")
        for chapter, parts in report.chapters():
            self.stdout.write(f"\n{chapter}")
            for title, lines in parts:
                self.stdout.write(f"  {title}")
                for line in lines:
                    value = f"{figure(line.value.value)} {line.unit}"
                    parts = f"  ({line.parts})" if line.parts else ""
                    self.stdout.write(
                        f"    {' ' * (18 - _columns(value))}{value}  {line.figure.label}{parts}"
                    )


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
