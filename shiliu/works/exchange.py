"""The files of the works."""

from django.utils.translation import gettext_lazy

from shiliu.core.exchange import Kind, column, register
from shiliu.core.exchange.kinds import Values
from shiliu.works.models import Item, Measurement, Project


def _of_project(values: Values) -> Values:
    return {"area_id": values["project"].area_id}


def _of_item(values: Values) -> Values:
    return {"area_id": values["item"].area_id}


register(
    Kind(
        "projects",
        Project,
        gettext_lazy("works projects"),
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("name", "工程"),
            column("area", "区域编码"),
            column("started_on", "开工日期"),
            column("finished_on", "完工日期", past=True),
        ],
    )
)
register(
    Kind(
        "items",
        Item,
        gettext_lazy("works items"),
        derive=_of_project,
        frozen=("project",),
        columns=[
            column("code", "编码"),
            column("project", "工程编码"),
            column("kind", "类别"),
            column("unit", "单位"),
            column("contracted", "合同工程量"),
        ],
    )
)
register(
    Kind(
        "measurements",
        Measurement,
        gettext_lazy("measured and accepted quantities"),
        derive=_of_item,
        frozen=("item",),
        columns=[
            column("code", "编码"),
            column("item", "分项编码"),
            column("measured_on", "计量日期", past=True),
            column("measured", "计量工程量"),
            column("accepted_on", "验收日期", past=True),
            column("accepted", "验收工程量"),
        ],
    )
)
