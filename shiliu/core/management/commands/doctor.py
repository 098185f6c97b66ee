"""`shiliu doctor`"""

import argparse
import json
from typing import Any

from django.core.management import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from shiliu.core.doctor import Finding, Level, examine

MARKS = {Level.OK: "✓", Level.WARNING: "!", Level.PROBLEM: "✗"}


class Command(BaseCommand):
    help = (
        "Say what is configured, reachable, missing, in sentences. Exit status 1 if something is wrong; "
        "warnings alone leave it 0."
    )
    requires_system_checks: list[str] = []  # it reports them itself

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            found = examine()
            if options["format"] == "json":
                self._json(found)
            else:
                self._text(found)
        if any(finding.level is Level.PROBLEM for finding in found):
            raise SystemExit(1)

    def _json(self, found: list[Finding]) -> None:
        rows = [{"check": f.check, "level": f.level, "sentence": f.sentence} for f in found]
        self.stdout.write(json.dumps({"findings": rows}, ensure_ascii=False, indent=2))

    def _text(self, found: list[Finding]) -> None:
        titles = {Level.OK: _("In order"), Level.WARNING: _("To be looked after"), Level.PROBLEM: _("Wrong")}
        for level, title in titles.items():
            sentences = [finding.sentence for finding in found if finding.level is level]
            if sentences:
                self.stdout.write(f"{title} ({len(sentences)})")
            for sentence in sentences:
                self.stdout.write(f"  {MARKS[level]} {sentence}")
