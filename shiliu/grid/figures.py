"""Figures of the grid."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from shiliu.core import matrix
from shiliu.core.areas import GRID
from shiliu.core.figures import Count, Figure, Flow, Ratio, Stock, publish, register
from shiliu.core.matrix import AtMost, Service
from shiliu.grid.models import Area, Post, Tenure

register(
    Figure(
        "grid.grids",
        _("grids"),
        "grid",
        part="main_line",
        records=lambda over: Area.objects.located().filter(code__length=GRID),
        when=Stock(),
        measure=Count(),
        right="grid.view",
        explain=_("Grids that are valid on the last day, special ones included."),
        without=_("Grids that another one has replaced are not counted."),
    ),
    Figure(
        "grid.posts_filled",
        _("posts filled"),
        "%",
        part="main_line",
        records=lambda over: Post.objects.annotate(
            filled=Exists(Tenure.objects.on(over.period.end).filter(post=OuterRef("pk")))
        ),
        when=Stock(),
        measure=Ratio(Q(filled=True)),
        right="grid.view",
        explain=_("Of the posts that exist on the last day, those that somebody holds."),
        without=_("Posts that were ended are left out."),
    ),
)
register(
    Figure(
        "grid.posts_vacant",
        _("posts vacant"),
        "post",
        part="matrix",
        records=lambda over: Post.objects.filter(
            ~Exists(Tenure.objects.on(over.period.end).filter(post=OuterRef("pk")))
        ),
        when=Stock(),
        measure=Count(),
        right="grid.view",
        explain=_("Posts that exist on the last day and that nobody holds."),
        without=_("Posts that somebody holds, and those that were ended, are not counted."),
    ),
    Figure(
        "grid.posts_taken",
        _("posts given to somebody"),
        "time",
        part="morning",
        records=lambda over: Tenure.objects.all(),
        when=Flow("valid_from"),
        measure=Count(),
        right="grid.view",
        listed=False,
        explain=_("How often somebody began to hold a post in the period."),
        without=_("Posts that somebody went on holding are not counted."),
    ),
    Figure(
        "grid.posts_left",
        _("posts that somebody left"),
        "time",
        part="morning",
        records=lambda over: Tenure.objects.all(),
        when=Flow("valid_to"),
        measure=Count(),
        right="grid.view",
        listed=False,
        explain=_("How often somebody held a post for the last day in the period, whoever followed."),
        without=_("Posts that were ended while nobody held them are not counted."),
    ),
)
matrix.register(Service("grid.posts_vacant", _("Vacant posts"), AtMost(0)))
publish(Area, ["code", "name"])
publish(Post, ["code", "title"])
