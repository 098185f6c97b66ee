"""The files of the learning library and of policy guides."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core.exchange import Kind, column, register
from shiliu.core.exchange.kinds import Values
from shiliu.learning.models import Guide, Resource

_NEEDED = {
    Resource.Kind.LINK: "link",
    Resource.Kind.TEXT: "text",
    Resource.Kind.LIVE: "starts_at",
}


def _whole(values: Values) -> Values:
    """A resource has what its kind is about, as far as this file says it."""
    name = _NEEDED.get(values.get("kind", ""))
    if name and name in values and not values[name]:
        field = Resource._meta.get_field(name)
        sentence = _("A resource of this kind needs “%(field)s”. Fill it in, or choose another kind.")
        raise ValidationError(sentence, params={"field": field.verbose_name})  # type: ignore[union-attr]
    return {}


register(
    Kind(
        "resources",
        Resource,
        gettext_lazy("learning resources"),
        derive=_whole,
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("title", "标题"),
            column("kind", "形式"),
            column("provider", "提供者"),
            column("topic", "主题"),
            column("language", "语言"),
            column("audience", "适合谁", gettext_lazy("empty for everybody")),
            column("minutes", "时长（分钟）"),
            column("summary", "摘要"),
            column("link", "网址"),
            column("starts_at", "开始时间"),
            column("join", "怎么参加"),
            column("text", "正文", gettext_lazy("paragraphs with an empty line between them")),
            column("area", "区域编码"),
            column("valid_from", "起始日期"),
            column("valid_to", "结束日期", gettext_lazy("the last day; empty where it goes on")),
        ],
    )
)
register(
    Kind(
        "guides",
        Guide,
        gettext_lazy("policy guides"),
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("language", "语言"),
            column("title", "标题"),
            column("summary", "摘要"),
            column("gives", "能得到什么"),
            column("unit", "单位编码"),
            column("place", "办理地点"),
            column("hours", "办公时间"),
            column("papers", "材料", gettext_lazy("one on each line")),
            column("takes", "多久办好"),
            column("local", "由本地规定的内容"),
            column("source", "依据"),
            column("source_number", "文号"),
            column("source_date", "发文日期", past=True),
            column("category", "诉求类别编码"),
            column("questions", "问题", gettext_lazy("written as docs/guide/learning.md says")),
            column("source_link", "依据网址"),
            column("is_example", "仅为示例"),
            column("area", "区域编码"),
            column("valid_from", "起始日期"),
            column("valid_to", "结束日期", gettext_lazy("the last day; empty where it goes on")),
        ],
    )
)
