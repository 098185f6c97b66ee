"""The lists that somebody keeps under a name: a list, an area, a category and words, found again at a click.

They are the person's own and say nothing of a request, so they leave nothing in the audit.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from shiliu.core.door import Refused
from shiliu.core.models import User
from shiliu.requests.desk.lists import telephone
from shiliu.requests.desk.wanted import Wanted, read
from shiliu.requests.models import SavedList

MOST = 20
LONGEST = 500  # of the address's query, in which each Han character takes nine


@dataclass(frozen=True)
class Kept:
    """A list that somebody keeps, and whether it is the one that is looked at."""

    it: SavedList
    is_here: bool


def kept_by(user: User, wanted: Wanted) -> list[Kept]:
    return [Kept(each, each.query == wanted.whole) for each in SavedList.objects.filter(user=user)]


def keep(user: User, name: str, query: str) -> SavedList:
    """Keep the list of an address under a name. Refused with a sentence where that cannot be."""
    name, wanted = " ".join(name.split()), read(QueryDict(query))
    if not name:
        raise Refused(_("Give the list a name, so that you find it again."))
    if len(name) > 40:
        raise Refused(_("That name is too long. Use at most 40 characters."))
    if telephone(user, wanted.q):
        raise Refused(_("A telephone number is not kept in a list. Search for it when you need it."))
    if len(wanted.whole) > LONGEST:
        raise Refused(_("These words are too long to be kept with the list. Search for fewer of them."))
    with transaction.atomic():
        User.objects.select_for_update().get(
            pk=user.pk
        )  # of two windows the second counts what the first kept
        if SavedList.objects.filter(user=user).count() >= MOST:
            raise Refused(_("You keep %(most)d lists already. Delete one first.") % {"most": MOST})
        try:
            with transaction.atomic():
                return SavedList.objects.create(user=user, name=name, query=wanted.whole)
        except IntegrityError:
            raise Refused(_("You have a list of that name. Choose another one.")) from None


def drop(user: User, pk: int) -> str | None:
    """Delete one of the person's own lists: its name, or None where there is no such list."""
    found = SavedList.objects.filter(user=user, pk=pk).first()
    if found is None:
        return None
    found.delete()
    return found.name
