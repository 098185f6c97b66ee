"""Figures of the offline platform."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import matrix
from shiliu.core.areas import VILLAGE
from shiliu.core.figures import Chart, Count, Figure, Flow, Stock, Sum, ToDate, draw, publish, register
from shiliu.core.matrix import AtLeast, Service, Within
from shiliu.venues.models import Award, Lecturer, Talk, Venue

register(
    Figure(
        "venues.united_front_homes",
        _("united-front homes"),
        "venue",
        part="offline",
        records=lambda over: Venue.objects.filter(kind=Venue.Kind.UNITED_FRONT_HOME),
        when=Stock(),
        measure=Count(),
        right="venues.view",
        explain=_("United-front homes (统战之家) that are open on the last day."),
        without=_("Homes that have closed for good are not counted; those closed for a day are."),
    ),
    Figure(
        "venues.red_pomegranate_homes",
        _("Red Pomegranate homes"),
        "venue",
        part="offline",
        records=lambda over: Venue.objects.filter(kind=Venue.Kind.RED_POMEGRANATE_HOME),
        when=Stock(),
        measure=Count(),
        right="venues.view",
        explain=_("Red Pomegranate homes (红石榴家园) that are open on the last day."),
        without=_("Homes that have closed for good are not counted; those closed for a day are."),
    ),
    Figure(
        "venues.lecturers",
        _("lecturers"),
        "person",
        part="offline",
        records=lambda over: Lecturer.objects.all(),
        when=Stock(),
        measure=Count(),
        right="venues.view",
        explain=_("Trained lecturers who give talks on the last day."),
        without=_("Who no longer gives talks is not counted."),
    ),
    Figure(
        "venues.lecturer_awards",
        _("awards won by lecturers"),
        "award",
        part="offline",
        records=lambda over: Award.objects.all(),
        when=ToDate("awarded_on"),
        measure=Count(),
        right="venues.view",
        explain=_("Awards that lecturers won from the beginning to the last day, at any level."),
        without=_("Awards to others than lecturers are not counted."),
    ),
    Figure(
        "venues.talks",
        _("talks given"),
        "talk",
        part="offline",
        records=lambda over: Talk.objects.all(),
        when=Flow("held_on"),
        measure=Count(),
        right="venues.view",
        explain=_("Talks that were given in the period."),
        without=_("Talks that are only planned are not counted."),
    ),
    Figure(
        "venues.listeners",
        _("listeners at talks"),
        "visit",
        part="offline",
        records=lambda over: Talk.objects.all(),
        when=Flow("held_on"),
        measure=Sum("listeners"),
        right="venues.view",
        explain=_("Heads counted at the talks of the period; who came twice counts twice."),
        without=_("Who followed from elsewhere is not counted."),
    ),
)
register(
    Figure(
        "venues.open",
        _("places to meet"),
        "venue",
        part="matrix",
        records=lambda over: Venue.objects.all(),
        when=Stock(),
        measure=Count(),
        right="venues.view",
        explain=_("Homes and other places to meet, of every kind, that are open on the last day."),
        without=_("What has closed for good is not counted; what is closed for a day is."),
    ),
    Figure(
        "venues.talks_to_date",
        _("talks given to date"),
        "talk",
        part="matrix",
        records=lambda over: Talk.objects.all(),
        when=ToDate("held_on"),
        measure=Count(),
        right="venues.view",
        explain=_("Talks that were given from the beginning to the last day."),
        without=_("Talks that are only planned are not counted."),
    ),
)
matrix.register(
    Service("venues.open", _("Venue within reach"), AtLeast(1), reach=VILLAGE),
    Service("venues.talks_to_date", _("Last talk"), Within(183), last="held_on", reach=VILLAGE),
)
publish(Venue, ["code", "name", "kind", "area", "address"])
publish(Lecturer, ["code", "area", "topics"])
publish(Award, ["code", "title", "level", "awarded_on"])
publish(Talk, ["code", "title", "held_on", "listeners"])
draw(
    Chart(
        "venues.talks_by_month",
        _("talks by month"),
        part="offline",
        figures=("venues.talks", "venues.listeners"),
        explain=_("Talks by the month in which they were given, and the heads counted at them."),
    )
)
