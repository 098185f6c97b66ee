"""An article with every block there is, and all that can stand around one. Run inside the served install:

shiliu shell --no-imports --command "from tests.browser.every_block import make; make()"
"""

import json
import wave
from io import BytesIO
from typing import Any

import av
from django.core.files.base import ContentFile
from PIL import Image as Pixels
from PIL import ImageDraw
from wagtail.documents.models import Document
from wagtail.images.models import Image

from shiliu.channel.models import ArticlePage, ColumnPage, Correction
from shiliu.requests import public_ids
from shiliu.requests.models import Request, State

CODE = "every-block"
PATH = f"/channel/grass-roots/{CODE}/"
IN_ENGLISH = f"/channel/grass-roots/{CODE}-en/"
RICH = (
    "<h2>先看颜色，再看标识</h2><p>厨余垃圾<b>要滤干</b>，旧电池<i>单独放</i>，详见"
    '<a href="https://www.example.org/a/very/long/address/that/does/not/end/on/a/phone/at/all.html">分类目录</a>'
    "。</p><h3>投放时间</h3><ul><li>早上六点到九点</li><li>晚上六点到九点</li></ul><hr/>"
    "<ol><li>拆开包装</li><li>压扁纸箱</li></ol>"
)
TABLE = {
    "columns": [{"type": "text", "heading": title} for title in ("地点", "早", "晚", "负责单位", "电话")],
    "rows": [
        {"values": [f"{n}号院东门", "06:00–09:00", "18:00–21:00", "镇环卫所", "0000-0000000"]} for n in (1, 2)
    ],
    "caption": "各院投放时间",
}


def make() -> None:
    column = ColumnPage.objects.get(code="grass-roots")
    given = {"area_id": column.area_id, "published_on": "2024-01-10", "to_groups": False}
    page = ArticlePage(
        slug=CODE,
        code=CODE,
        title="垃圾分类：一篇什么都有的文章",
        summary="新的垃圾房怎么用，什么时候开，坏了找谁。",
        body=json.dumps([{"type": kind, "value": value} for kind, value in blocks()]),
        **given,
    )
    column.add_child(instance=page)
    page.save_revision().publish()
    for revision, sentence in ((1, "早上的时间原为七点。"), (2, "“镇环卫所”原误为“镇环卫站”。")):
        Correction.objects.create(
            article=page, revision=revision, day="2024-01-1" + str(revision), sentence=sentence
        )
    english = ArticlePage(
        slug=f"{CODE}-en",
        code=f"{CODE}-en",
        title="Sorting waste: an article with everything",
        language="en",
        original=page,
        body=page.body,
        **given,
    )
    column.add_child(instance=english)
    english.save_revision().publish()


def blocks() -> list[tuple[str, Any]]:
    solved = (
        Request.objects.public().filter(state=State.CLOSED, closed_at__isnull=False).exclude(solved=False)
    )
    pictures = [
        {"image": picture(n).pk, "alt": f"垃圾房，第{n}张", "caption": "三号楼旁" * (n - 1)}
        for n in (1, 2, 3)
    ]
    words = "镜头先看桶的颜色，再看标识。\n\n最后关上盖子。"
    return [
        ("paragraph", "东门内的新垃圾房今天启用。\n\n请互相转告。"),
        ("text", RICH),
        ("picture", pictures[1]),
        ("gallery", {"title": "改造前后", "pictures": pictures}),
        ("gallery", {"title": "", "pictures": pictures[:2]}),
        ("quotation", {"text": "桶干净了，门口也不味儿了。", "source": "三号楼居民，院内座谈"}),
        ("table", TABLE),
        ("audio", {"title": "广播稿", "transcript": words, "file": document("广播.wav", sound()).pk}),
        ("video", {"title": "怎么分类", "transcript": words, "file": document("演示.webm", film()).pk}),
        ("attachment", {"title": "分类目录", "file": document("分类目录.pdf", b"%PDF-1.7\n" * 9999).pk}),
        ("policy", {"code": "GD1"}),
        ("activity", {"code": "E01"}),
        ("category", {"code": "waste"}),
        ("works", {"code": "G01"}),
        ("solved", {"code": public_ids.public_id(solved.order_by("pk")[0])}),
        ("figure", {"code": "works.sewer_laid", "period": "2023H1", "area": ""}),
    ]  # fmt: skip


def picture(n: int) -> Image:
    pixels = Pixels.new("RGB", (1200, 600 * n), (221, 214, 200))
    drawn = ImageDraw.Draw(pixels)
    drawn.rectangle((300, 200, 900, 500), fill=(150, 60, 50))
    drawn.polygon([(250, 200), (600, 80), (950, 200)], fill=(90, 70, 60))
    out = BytesIO()
    pixels.save(out, "PNG")
    return Image.objects.create(title=f"垃圾房{n}", file=ContentFile(out.getvalue(), name=f"house-{n}.png"))


def document(name: str, content: bytes) -> Document:
    return Document.objects.create(title=name, file=ContentFile(content, name=name))


def sound() -> bytes:
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 8000)
    return out.getvalue()


def film() -> bytes:
    """Half a second."""
    out = BytesIO()
    with av.open(out, "w", format="webm") as file:
        stream = file.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for n in range(5):
            frame = av.VideoFrame(320, 180, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([40 * n]) * plane.buffer_size)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()
