"""Background work of the grid."""

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from shiliu.core.models import User
from shiliu.grid import invitations


@task()
def send_invitation(username: str) -> None:
    """Send the link. It is made here: no row of the queue holds one."""
    user = User.objects.get(username=username)
    if not user.is_active or user.has_usable_password() or not user.email:
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = {"name": user.get_full_name(), "username": user.username, "link": invitations.link(user)}
        body = _(
            "Hello %(name)s,\n\nyou have an account for the community's work. Your user name is "
            "%(username)s. Choose a password here; the link works once, for seven days:\n\n%(link)s\n\n"
            "If you do not expect this, leave it alone and tell your administrator.\n"
        )
        send_mail(_("Your account: choose a password"), body % words, None, [user.email])
