"""`shiliu sums`"""

import argparse
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from shiliu.core.figures import daily


class Command(BaseCommand):
    help = (
        "Make the daily sums of figures what the records say. It is done every minute too, for what has "
        "changed; safe to repeat, and while Shiliu serves. Until it is done, figures come from the records."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--anew", action="store_true", help="all of them, not only what has changed")
        parser.add_argument(
            "--check", action="store_true", help="compare all with the records; change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            if options["check"]:
                self._check()
                return
            if options["anew"]:
                for source in daily.sources().values():
                    daily.distrust(source)
            self.stdout.write(_("%(n)d days computed anew") % {"n": daily.settle()})

    def _check(self) -> None:
        wrong = 0
        for key, town, day in daily.differences():
            wrong += 1
            self.stdout.write(f"{key} {town} {day}")
        if wrong:
            raise CommandError(
                _("%(n)d daily sums are not what the records say. Type: shiliu sums --anew") % {"n": wrong}
            )
        self.stdout.write(_("The daily sums are what the records say."))
