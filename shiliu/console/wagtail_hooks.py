"""Wagtail's admin as a room of this house: its mark and colours, the way back, no way to another host."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem


@hooks.register("insert_global_admin_css")
def colours() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("console/wagtail.css"))


@hooks.register("register_admin_menu_item")
def to_the_desk() -> MenuItem:
    return MenuItem(_("To the desk"), reverse("console:start"), name="desk", icon_name="home", order=1)


@hooks.register("construct_help_menu")
def no_other_hosts(request: HttpRequest, items: list[MenuItem]) -> None:
    """An office's machines often reach no other host, and none is told who reads help."""
    items[:] = [item for item in items if not item.url.startswith("http")]
