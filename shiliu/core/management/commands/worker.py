"""`shiliu worker`"""

import argparse
from typing import Any

from django.core.management import BaseCommand

from shiliu.core.work import Worker


class Command(BaseCommand):
    help = (
        "Run background tasks and the clock until SIGTERM; the task at hand is finished first. "
        "`shiliu serve` runs one. More of them, on any machine, share the work: each task is claimed by one, "
        "and the tasks of a worker that died are taken over."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--until-idle", action="store_true", help="stop when nothing is left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(until_idle=options["until_idle"])
        worker.configure_signals()
        worker.run()
