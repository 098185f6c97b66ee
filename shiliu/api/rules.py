"""Rights over keys. What a program may do with one is said elsewhere: by the posts of whom it acts for."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access

access.register(
    "api",
    staff=["token"],
    manage=_("give other programs a key, or take it back"),
    token=_("make access tokens for oneself"),
)
MANAGE, TOKEN = "api.manage", "api.token"
