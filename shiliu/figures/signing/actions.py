"""Signing a report. There is no other write: what is signed stays, and a later signing stands beside it."""

import hashlib

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu import keyring
from shiliu.core import access, areas, audit, door, receipts
from shiliu.core.figures import Period
from shiliu.core.models import User
from shiliu.figures import rules  # noqa: F401  registers the rights
from shiliu.figures.signing import content, seal
from shiliu.figures.signing.content import State
from shiliu.figures.signing.models import SignedContent, SignedDay, SignedReport
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


def sign(area: Area, period: Period, *, code: str, seen: str, by: User) -> SignedReport:
    """Sign the report as it is now.

    code: a receipt code that the form brought, so that a form that comes twice signs once. seen: the state
    that the person had on the screen (`State.seen`). Raises NotPermitted, Refused, StaleState.
    """
    access.require(by, "figures.sign", area.code)
    require_over(period)
    if not receipts.is_valid(code):
        raise door.Refused(_("This page is no longer complete. Open it anew, then sign."))
    if earlier := SignedReport.objects.of(area.code, period).filter(code=code, signed_by=by).first():
        return earlier
    try:
        key = keyring.report_keys(settings.REPORT_KEYS, settings.DATA)[0]
    except keyring.KeyRefused as refused:
        raise door.Refused(str(refused)) from None
    it = content.state(period, area, with_days=True)
    if it.seen != seen:
        raise door.StaleState(
            _("A figure or a sentence has changed since you opened this page. Look again, then sign.")
        )
    post = post_of(by, area.code)
    document = seal.sealed(content.about(it, area, code=code, post=post), content.contents(it), key)
    return _store(it, area, document, key=seal.read(document).fingerprint, code=code, post=post, by=by)


def _store(
    it: State, area: Area, document: bytes, *, key: str, code: str, post: str, by: User
) -> SignedReport:
    period = it.report.period
    signed = SignedReport(
        code=code,
        area=area,
        start=period.start,
        end=period.end,
        signed_at=it.at,
        signed_by=by,
        post=post,
        key=key,
        digest=hashlib.sha256(document).hexdigest(),
    )
    with door.together():
        door.create(signed, SIGN, by=by)
        SignedContent.objects.create(report=signed, document=document.decode())
        SignedDay.objects.bulk_create(
            [
                SignedDay(report=signed, figure=figure, day=day, marks=bytes(found.kept))
                for figure, days in it.days.items()
                for day, found in days.items()
                if found.whole
            ],
            batch_size=500,
        )
    return signed
