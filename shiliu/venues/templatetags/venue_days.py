"""How the day of an activity is said."""

from datetime import date, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shiliu.venues.models import Activity

register = template.Library()


@register.filter
def day_in_words(day: date) -> str:
    """“Today, Wednesday 10 May”, “Friday 12 May”."""
    parts = {
        "weekday": Activity.Weekday(day.weekday()).label,
        "date": date_format(day, pgettext("day and month as Django's date filter writes them", "j F")),
    }
    words = pgettext("day in words", "%(weekday)s %(date)s") % parts
    today = timezone.localdate()
    if day == today:
        return _("Today, %s") % words
    if day == today + timedelta(days=1):
        return _("Tomorrow, %s") % words
    return words


@register.filter
def is_today(day: date) -> bool:
    return day == timezone.localdate()
