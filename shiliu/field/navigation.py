"""The tabs under the thumb of somebody on the round; the console's kind of entry, four at most."""

from django.utils.translation import gettext_lazy as _

from shiliu.console.navigation import Entry

ENTRIES: list[Entry] = [
    Entry(_("Field"), "field:start", "place"),
    Entry(_("Desk"), "console:start", "desk"),
]
