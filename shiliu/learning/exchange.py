"""The CSV files of the learning library and of policy guides; files of resources stand beside the first.

A cell names such a file, which lies in `files/learning` of the folder and is stored under that name. So what
is imported twice is there once, and a file that was changed in the folder takes the place of the one before.
"""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core.exchange import Kind, beside, column, register
from shiliu.core.exchange.kinds import Values
from shiliu.core.storage import private
from shiliu.learning import files
from shiliu.learning.models import Guide, Resource

PLACE = "learning"  # of the files, in the folder and in the storage

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


class FileColumn(models.CharField):
    """The column `file`: looked at before anything is written."""

    def clean(self, value: Any, model_instance: Any) -> str:
        name = super().clean(value, model_instance)
        if not name:
            return ""
        path = beside.found(PLACE, name)
        if path is not None:
            with path.open("rb") as content:
                files.check(File(content, name=name))
        elif PurePath(name).name != name or not private().exists(_stored(name)):
            raise ValidationError(_("“%(name)s” is not in files/%(place)s.") % {"name": name, "place": PLACE})
        return name


_FILE = FileColumn(blank=True, max_length=100)
_FILE.set_attributes_from_name("file")


class ResourceKind(Kind):
    """Resources with their files."""

    def field(self, name: str) -> models.Field:
        return _FILE if name == "file" else super().field(name)

    def rows(self) -> Iterator[list[str]]:
        at = [col.name for col in self.columns].index("file")
        for row in super().rows():
            if stored := row[at]:
                row[at] = PurePath(stored).name
                beside.put(PLACE, row[at], _field_file(stored))
            yield row

    def create(self, made: list[Values]) -> list[Any]:
        return super().create([values | self._taken_in(values) for values in made])

    def update(self, obj: Any, values: Values) -> None:
        super().update(obj, values | self._taken_in(values, before=obj.file.name))

    def current(self, obj: Any, name: str) -> Any:
        """Of a file its name; None, which no cell holds, where the folder has another one of that name."""
        if name != "file" or not obj.file:
            return "" if name == "file" else super().current(obj, name)
        own = PurePath(obj.file.name).name
        path = beside.found(PLACE, own)
        return own if path is None or _is_kept(path, own) else None

    def _taken_in(self, values: Values, before: str = "") -> Values:
        """Where the file of a row is stored; it gets there once all rows are. before: the one it had."""
        name = values.get("file")
        if not name:
            return {}
        path, stored = beside.found(PLACE, name), _stored(name)
        if path is not None and not _is_kept(path, name):
            if stored != before and private().exists(stored):
                sentence = _("There is another file “%(name)s” already. Give this one another name.")
                raise ValidationError({"file": sentence % {"name": name}})
            transaction.on_commit(partial(_keep, path, stored))
        return {"file": stored}


def _stored(name: str) -> str:
    return f"{PLACE}/{name}"


def _field_file(stored: str) -> FieldFile:
    return FieldFile(Resource(), Resource._meta.get_field("file"), stored)  # type: ignore[arg-type]


def _is_kept(path: Path, name: str) -> bool:
    """Whether a file of the folder is in the storage just so."""
    stored = _stored(name)
    return private().exists(stored) and _digest(path) == _digest(Path(private().path(stored)))


def _digest(path: Path) -> bytes:
    """Not `filecmp`: it takes files of one size for equal that were written within one tick of the clock."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


def _keep(path: Path, stored: str) -> None:
    private().delete(stored)
    with path.open("rb") as content:
        private().save(stored, File(content))


register(
    ResourceKind(
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
            column("file", "文件", gettext_lazy("the name of a file in files/learning")),
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
