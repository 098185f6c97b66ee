"""Signing a report: the press, which checks and stores who signed what and when.

The signed report is made in the background (`signing.finishing`), since that goes over all records. There is
no other write: what is signed stays, and a later signing stands beside it.
"""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu import keyring
from shiliu.core import access, areas, audit, door, receipts
from shiliu.core.figures import Period
from shiliu.core.models import User
from shiliu.figures import rules  # noqa: F401  registers the rights
from shiliu.figures.signing import content, tasks
from shiliu.figures.signing.models import Signing
from shiliu.grid.models import Area, Tenure
from shiliu.grid.roles import ROLES

SIGN = audit.verb("figures.sign", gettext_lazy("signed the report from %(start)s to %(end)s"))
SIGNING = [key for key, role in ROLES.items() if "figures.sign" in role.rights]


def require_over(period: Period) -> None:
    """Refused while a period is not over: what happens on its last days would count and not be signed."""
    if period.end >= timezone.localdate():
        raise door.Refused(
            _("This period lasts until %(day)s. Its report can be signed from the day after.")
            % {"day": period.end}
        )


def post_of(user: User, area: str) -> str:
    """The title of the post by which somebody signs: of those that may, the one nearest to the area."""
    held = Tenure.objects.of_today(user).filter(post__role__in=SIGNING).select_related("post")
    titles = [(areas.contains(it.post.area_id, area), len(it.post.area_id), it.post.title) for it in held]
    return max(titles)[2] if titles else ""


def sign(area: Area, period: Period, *, code: str, seen: str, by: User) -> Signing:
    """Sign the report as it is now: stored at once, and finished in the background as of this moment.

    code: a receipt code that the form brought, so that a form that comes twice signs once. seen: the state
    that the person had on the screen (`State.seen`); whoever presses again while that is being signed signs
    once too. Raises NotPermitted, Refused, StaleState.
    """
    access.require(by, "figures.sign", area.code)
    require_over(period)
    if not receipts.is_valid(code):
        raise door.Refused(_("This page is no longer complete. Open it anew, then sign."))
    own = Signing.objects.of(area.code, period).filter(signed_by=by)
    earlier = own.filter(code=code).first() or own.waiting().filter(seen=seen).first()
    if earlier is not None:
        return earlier
    _require_key()
    at = timezone.now()
    if content.state(period, area, with_days=False, at=at).seen != seen:
        raise door.StaleState(
            _("A figure or a sentence has changed since you opened this page. Look again, then sign.")
        )
    pressed = Signing(
        code=code, area=area, start=period.start, end=period.end, seen=seen, pressed_at=at, signed_by=by,
        post=post_of(by, area.code),
    )  # fmt: skip
    return door.create(pressed, SIGN, by=by, key=code, later=((tasks.finish_signing, ()),))


def _require_key() -> None:
    try:
        keyring.report_keys(settings.REPORT_KEYS, settings.DATA)
    except keyring.KeyRefused as refused:
        raise door.Refused(str(refused)) from None
