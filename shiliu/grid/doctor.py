"""Whether somebody can appoint others: else nobody gets the right to anything."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from shiliu.core import doctor
from shiliu.core.doctor import Finding
from shiliu.grid.models import Area, Post, Tenure
from shiliu.grid.roles import ROLES

APPOINTS = "grid.appoint"


@doctor.check(needs=doctor.TABLES)
def administrators() -> Iterator[Finding]:
    today = timezone.localdate()
    if not Area.objects.exists():
        yield doctor.warning(
            _("No areas are on record. `shiliu import DIR` reads files, `shiliu sample` the sample.")
        )
        return
    roles = [name for name, role in ROLES.items() if APPOINTS in role.rights]
    posts = Post.objects.on(today).filter(role__in=roles)
    held = Tenure.objects.on(today).filter(post__in=posts, user__is_active=True).select_related("user")
    holders = {tenure.post_id: tenure.user for tenure in held}
    vacant = [post.title for post in posts if post.pk not in holders]
    able = [user for user in holders.values() if user.has_usable_password()]
    names = ", ".join(sorted(user.username for user in holders.values()))
    if not holders:
        yield doctor.problem(
            _("No administrator's post is held, so nobody may appoint others. Import one in tenures.csv.")
        )
    elif not able:
        yield doctor.problem(
            _("Nobody who can sign in may appoint others. Give a password: shiliu changepassword (%s)")
            % names
        )
    elif vacant:
        yield doctor.warning(_("Vacant posts of administrators: %s.") % ", ".join(vacant))
    else:
        yield doctor.ok(_("The posts of administrators are held: %s.") % names)
