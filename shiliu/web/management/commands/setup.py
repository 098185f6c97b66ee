"""`shiliu setup`"""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command

from shiliu import keyring
from shiliu.channel.actions import open_channel


class Command(BaseCommand):
    help = (
        "Prepare this install, or bring it up to date: folders, keys, database tables, the cache table, the "
        "channel's first page, and in production the static files. Safe to repeat; run it after each upgrade."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in (settings.DATA, settings.MEDIA_ROOT, settings.PRIVATE_ROOT, settings.STATIC_ROOT):
            folder.mkdir(parents=True, exist_ok=True)
        keyring.make_recovery(settings.DATA)
        if not settings.REPORT_KEYS:
            keyring.make_report_key(settings.DATA)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        open_channel()
        if settings.PRODUCTION:
            call_command("collectstatic", verbosity=0, interactive=False)
        if options["verbosity"]:
            self.stdout.write(f"Ready: {settings.DATA}")
