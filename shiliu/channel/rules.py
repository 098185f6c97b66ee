"""Rights of the channel. Wagtail's own permissions follow from them (`actions.sync_editor`)."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import PagePermissionTester

from shiliu.core import access
from shiliu.grid.rules import keeps_for_all, opens_admin, scope_in_admin

access.register(
    "channel",
    view=gettext_lazy("see groups and reads"),
    edit=gettext_lazy("write articles"),
    groups=gettext_lazy("keep the grid groups and their bots"),
    post=gettext_lazy("post articles into the grid groups"),
    review_first=gettext_lazy("do the first review of articles"),
    review_second=gettext_lazy("do the second review of articles"),
    review_final=gettext_lazy("do the final review of articles, which publishes them"),
)
EDIT = opens_admin("channel.edit")
REVIEWS = {
    "first": opens_admin("channel.review_first"),
    "second": opens_admin("channel.review_second"),
    "final": opens_admin("channel.review_final"),
}


def may_withdraw(user: Any, area: str) -> bool:
    """Editors publish nothing by themselves, but take back at once what is wrong; so does the last review."""
    return any(area in scope_in_admin(user, right) for right in (EDIT, REVIEWS["final"]))


def may_review(user: Any, stage: str, area: str | None) -> bool:
    """Whether a post gives somebody this review there; a page without an area lies in the whole town."""
    right = REVIEWS[stage]
    if area is None:
        return not user.is_superuser and keeps_for_all(user, right)
    return area in access.scope_of(user, right)


def holds_review(user: Any, stage: str) -> bool:
    """Whether a post gives somebody this review anywhere."""
    return access.holds(user, REVIEWS[stage])


def refusal(user: Any, review: Any) -> str:
    """Why somebody may not do a review, as a sentence; empty where they may. review: a `reviews.Review`.

    Three reviews are three people, and none of them reviews what is their own.
    """
    if not may_review(user, review.stage, review.area):
        return _("This review is not among the rights of your posts here.")
    if user.pk in review.authors:
        return _("You wrote part of this version. Somebody else has to review it.")
    if user.pk in review.passed_by:
        return _("You have passed another review of it already. The next one is somebody else's.")
    return ""


class PagePermissions(PagePermissionTester):
    """What a post gives on a page of the channel, besides what Wagtail asks groups for."""

    def can_unpublish(self) -> bool:
        if super().can_unpublish():
            return True
        withdraws = self.page.live and not self.page_locked()
        return bool(withdraws and may_withdraw(self.user, self.page.area_id))

    def can_unschedule(self) -> bool:
        return super().can_unschedule() or may_withdraw(self.user, self.page.area_id)
