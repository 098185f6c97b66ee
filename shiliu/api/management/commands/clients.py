"""`shiliu clients …`"""

import argparse
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from shiliu.api import actions
from shiliu.api.models import Client
from shiliu.core.access import System
from shiliu.core.door import Refused
from shiliu.grid.models import Area
from shiliu.grid.town import town

BY = System("clients")


class Command(BaseCommand):
    help = (
        "Give programs that file requests by Open311 their keys, and take them back. "
        "See docs/guide/open311.md."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
        add = commands.add_parser("add", help="make a key, which is printed once")
        add.add_argument("name", help="the program")
        add.add_argument("email", help="of whoever runs it")
        add.add_argument("--town", metavar="CODE", default="", help="its town's code; the site's town else")
        add.add_argument("--per-minute", type=int, default=60, metavar="N", help="requests a minute at most")
        add.add_argument(
            "--token", action="store_true", help="answer with a token, for programs that ask for the id later"
        )
        commands.add_parser("list", help="the programs that have or had a key")
        revoke = commands.add_parser("revoke", help="take a key back")
        revoke.add_argument("code", help="as `list` shows it")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        commands = {"add": self._add, "list": self._list, "revoke": self._revoke}
        try:
            commands[action](**options)
        except Refused as refused:
            raise CommandError(str(refused)) from None

    def _add(self, *, name: str, email: str, per_minute: int, token: bool, **options: Any) -> None:
        client, key = actions.add_client(
            name=_short(name),
            contact_email=_mail(email),
            area=_town(options["town"]),
            per_minute=_limit(per_minute),
            answers_with_token=token,
            by=BY,
        )
        self.stdout.write(key)
        sentence = _("This is the key of %(name)s. It is shown only now; nobody can look it up again.")
        self.stderr.write(sentence % {"name": client.name})

    def _list(self, **options: Any) -> None:
        for client in Client.objects.listed():
            state = (
                _("taken back on %s") % timezone.localdate(client.revoked_at)
                if client.revoked_at
                else _("in use")
            )
            self.stdout.write(f"{client.code}  {client.area_id}  {client.name}  {state}")

    def _revoke(self, *, code: str, **options: Any) -> None:
        client = Client.objects.filter(code=code).first()
        if client is None:
            raise CommandError(
                _("There is no program with the code %s. `shiliu clients list` shows them.") % code
            )
        actions.revoke_client(client, by=BY, seen=client.version)
        self.stdout.write(_("The key of %(name)s opens nothing any more.") % {"name": client.name})


def _short(name: str) -> str:
    if not 1 <= len(name.strip()) <= 80:
        raise CommandError(_("The name has from 1 to 80 characters."))
    return name.strip()


def _mail(email: str) -> str:
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
    return email


def _limit(per_minute: int) -> int:
    if not 1 <= per_minute <= 6000:
        raise CommandError(_("The limit is from 1 to 6,000 a minute."))
    return per_minute


def _town(code: str) -> Area:
    found = Area.objects.filter(code=code).first() if code else town()
    if found is None:
        raise CommandError(_("There is no such town. Give its code of 9 digits with --town."))
    return found
