"""The grid's files: areas, successions, units, posts, people with an account, and who holds which post."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import areas
from shiliu.core.exchange import Kind, column, register
from shiliu.core.exchange.kinds import Values
from shiliu.core.models import User
from shiliu.grid.models import Area, Post, Succession, Tenure, Unit


def _parent(values: Values) -> Values:
    return {"parent_id": areas.parent(values["code"])}


class AreaKind(Kind):
    """Areas name their parent by their own code; parents come first in one file, which is sorted here."""

    def create(self, made: list[Values]) -> list[Any]:
        wanted = {values["parent_id"] for values in made} - {None}
        known = set(Area.objects.filter(code__in=wanted).values_list("code", flat=True))
        known |= {values["code"] for values in made}
        for values in made:
            parent = values["parent_id"]
            if parent and parent not in known:
                if len(values["code"]) == areas.TOWN:
                    values["parent_id"] = None  # a town may stand without its county
                else:
                    raise ValidationError(
                        _("The area %s, in which this one lies, is not known. Put it above this row.")
                        % parent
                    )
        return super().create(made)


def _inside_post(values: Values) -> Values:
    return {"area_id": values["post"].area_id}


class PeopleKind(Kind):
    """Accounts. They come without a password: `shiliu changepassword`, or an invitation, gives one."""

    def create(self, made: list[Values]) -> list[Any]:
        users = [User(**values) for values in made]
        for user in users:
            user.set_unusable_password()
        return User.objects.bulk_create(users)


register(
    AreaKind(
        "areas",
        Area,
        gettext_lazy("areas"),
        derive=_parent,
        columns=[
            column("code", "编码", gettext_lazy("6 digits county, 9 town, 12 village or community, 15 grid")),
            column("name", "名称"),
            column("kind", "类别"),
            column("urban_rural", "城乡分类代码"),
            column("valid_from", "启用日期"),
            column("valid_to", "停用日期", gettext_lazy("the last day")),
            column("source", "来源"),
        ],
    )
)
register(
    Kind(
        "successions",
        Succession,
        gettext_lazy("successions"),
        key=("predecessor", "successor"),
        columns=[column("predecessor", "原编码"), column("successor", "新编码"), column("day", "变更日期")],
    )
)
register(
    Kind(
        "units",
        Unit,
        gettext_lazy("units"),
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("name", "名称"),
            column("kind", "类别"),
            column("area", "区域编码"),
            column("valid_from", "启用日期"),
            column("valid_to", "停用日期"),
        ],
    )
)
register(
    Kind(
        "posts",
        Post,
        gettext_lazy("posts"),
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("title", "岗位"),
            column("role", "角色"),
            column("area", "区域编码"),
            column("unit", "单位编码"),
            column("valid_from", "启用日期"),
            column("valid_to", "停用日期"),
        ],
    )
)
register(
    PeopleKind(
        "people",
        User,
        gettext_lazy("people with an account"),
        key=("username",),
        columns=[
            column("username", "用户名"),
            column("name", "姓名"),
            column("email", "邮箱"),
            column("is_active", "启用"),
        ],
    )
)
register(
    Kind(
        "tenures",
        Tenure,
        gettext_lazy("who holds which post"),
        derive=_inside_post,
        frozen=("post", "user"),
        columns=[
            column("code", "编码"),
            column("post", "岗位编码"),
            column("user", "用户名"),
            column("valid_from", "起始日期"),
            column("valid_to", "结束日期", gettext_lazy("the last day")),
        ],
    )
)
