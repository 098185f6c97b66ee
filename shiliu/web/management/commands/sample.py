"""`shiliu sample`"""

import argparse
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection

from shiliu import keyring
from shiliu.core.access import System
from shiliu.core.exchange.load import Import
from shiliu.grid.models import Area, Tenure

FOLDER = Path(__file__).resolve().parents[4] / "sample" / "kunhe"
# One sign-in per kind of work; the others of the sample have no password.
SHOWN = (
    "coordinator",
    "grid_worker",
    "team_leader",
    "unit_worker",
    "editor",
    "first_reviewer",
    "second_reviewer",
    "final_reviewer",
    "aid_officer",
    "aid_approver",
    "finance",
    "works_manager",
    "leader",
    "administrator",
)


class Command(BaseCommand):
    help = (
        "Load the sample township (sample/kunhe, invented but for the codes) through the import door, and "
        "give some of its people a password, which is made anew for each install and kept in "
        "SHILIU_DATA/sample-sign-ins.txt. Not for an install that holds a real township."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where areas are on record already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if Area._meta.db_table not in connection.introspection.table_names():
            call_command("setup", verbosity=0)
        if not Area.objects.exists():
            self._load()
        elif not options["if_empty"]:
            raise CommandError("This install holds areas already. The sample goes into an empty one only.")
        if self.sign_ins.exists():
            self.stdout.write(self.sign_ins.read_text("utf-8"), ending="")

    @property
    def sign_ins(self) -> Path:
        return Path(settings.DATA) / "sample-sign-ins.txt"

    def _load(self) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "The sample has sign-ins that are printed on the screen: it is not for production."
            )
        if not FOLDER.is_dir():
            raise CommandError(f"The sample is not here: {FOLDER} is missing. It comes with the source code.")
        loading = Import(FOLDER, by=System("sample"), strict=True)
        for problem in loading.run():
            self.stderr.write(str(problem))
        if loading.taken_back:
            raise CommandError("The sample was refused; nothing was loaded.")
        keyring.write_private(self.sign_ins, self._give_passwords())

    def _give_passwords(self) -> str:
        lines = ["Sign-ins of the sample township (user name, password, post):\n"]
        for role in SHOWN:
            held = Tenure.objects.filter(post__role=role, valid_to=None).select_related("user", "post")
            tenure = held.order_by("pk").first()
            if tenure is None:
                continue
            password = "-".join(secrets.token_hex(2) for _ in range(4))
            tenure.user.set_password(password)
            tenure.user.save(update_fields=["password"])
            lines.append(f"  {tenure.user.username:<16} {password}   {tenure.post.title}\n")
        return "".join(lines)
