"""The volunteer force's files."""

from django.utils.translation import gettext_lazy

from shiliu.core.exchange import Kind, column, register
from shiliu.core.exchange.kinds import Values
from shiliu.volunteers.models import Membership, Strand, Team, Volunteer


def _of_team(values: Values) -> Values:
    return {"area_id": values["team"].area_id}


register(
    Kind(
        "strands",
        Strand,
        gettext_lazy("strands"),
        columns=[column("code", "编码"), column("name", "名称"), column("position", "顺序")],
    )
)
register(
    Kind(
        "teams",
        Team,
        gettext_lazy("teams"),
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("name", "名称"),
            column("strand", "力量编码"),
            column("area", "区域编码"),
            column("leader_post", "队长岗位编码"),
            column("valid_from", "成立日期"),
            column("valid_to", "撤销日期"),
        ],
    )
)
register(
    Kind(
        "volunteers",
        Volunteer,
        gettext_lazy("volunteers"),
        columns=[
            column("code", "编码"),
            column("name", "姓名"),
            column("phone", "电话"),
            column("area", "区域编码"),
            column("valid_from", "加入日期"),
            column("valid_to", "离开日期"),
        ],
    )
)
register(
    Kind(
        "memberships",
        Membership,
        gettext_lazy("members of teams"),
        derive=_of_team,
        frozen=("team", "volunteer"),
        columns=[
            column("code", "编码"),
            column("team", "队伍编码"),
            column("volunteer", "志愿者编码"),
            column("role", "职责"),
            column("valid_from", "起始日期"),
            column("valid_to", "结束日期"),
        ],
    )
)
