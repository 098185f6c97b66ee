"""`shiliu reindex`"""

from typing import Any

from django.core.management import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from shiliu.core import findable


class Command(BaseCommand):
    help = (
        "Put right what the public search has otherwise than the records have it. It is done every night "
        "too; safe to repeat, and while Shiliu serves."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            for kind in findable.KINDS.values():
                written, removed = findable.reindex(kind)
                told = {"kind": kind.title, "written": written, "removed": removed}
                self.stdout.write(_("%(kind)s: %(written)d written, %(removed)d removed") % told)
