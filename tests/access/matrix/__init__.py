"""Every address and who may use it. `test_matrix` walks the resolver: an address that is not here fails.

The four columns are the status that each of them gets:

    anonymous       nobody is signed in
    wrong area      staff with the right, in another town
    right missing   staff of this town without the right (here: with no post at all)
    right held      staff with the right, here

Where the public may look at a page too, all four are 200; what each then sees on it is said by `sees`.
"""

from tests.access.matrix import api, casework, channel, desk, field, public, report
from tests.access.matrix.address import LOGIN, NOTE, PHOTO, RECEIPT, Address

__all__ = ["LOGIN", "MATRIX", "NOTE", "OPEN", "PHOTO", "RECEIPT", "WAGTAILS", "Address"]

MATRIX = [
    *desk.ADDRESSES,
    *api.ADDRESSES,
    *public.ADDRESSES,
    *report.ADDRESSES,
    *casework.ADDRESSES,
    *field.ADDRESSES,
    *channel.ADDRESSES,
]

# Wagtail's own addresses, of which `test_matrix` fills in every one. Without a session each leads to the
# sign-in, or there is nothing (403, 404, 405); with one, only to editors and the superuser.
WAGTAILS = ("admin/", "documents/", "channel/_util/authenticate_with_password/")
# These are open to all: the catalogue and the icons of its scripts, without a fact in them.
OPEN = {"/admin/jsi18n/", "/admin/sprite/"}
