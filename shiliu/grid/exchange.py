"""The grid's files: areas, successions, units, posts, people with an account, and who holds which post."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import areas
from shiliu.core.exchange import Kind, column, register
from shiliu.core.exchange.kinds import Column, Values
from shiliu.core.models import User
from shiliu.grid.models import Area, Post, Succession, Tenure, Unit


class AreaKind(Kind):
    """An area lies in the one whose code its own begins with, which has to be stored before it."""

    def waits_for(self, values: Values) -> str | None:
        return areas.parent(values["code"])

    def derived(self, batch: Iterable[Values]) -> Iterator[Values | ValidationError]:
        parents = {values["code"]: areas.parent(values["code"]) for values in batch}
        wanted = {code for code in parents.values() if code}
        known = set(Area.objects.filter(code__in=wanted).values_list("code", flat=True))
        for code, parent in parents.items():
            if parent is None or parent in known:
                yield {"parent_id": parent}
            elif len(code) == areas.TOWN:
                yield {"parent_id": None}  # a town may stand without its county
            else:
                sentence = _("The area %s, in which this one lies, is not known. Put it above this row.")
                yield ValidationError({"code": sentence % parent})


def _inside_post(values: Values) -> Values:
    return {"area_id": values["post"].area_id}


class PeopleKind(Kind):
    """Accounts. They come without a password: `shiliu changepassword`, or an invitation, gives one."""

    def required(self, col: Column) -> bool:
        return col.name == "username"

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
