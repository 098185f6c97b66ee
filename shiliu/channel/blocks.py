"""What the body of an article is made of.

Nothing that is typed here becomes mark-up: texts are escaped, and rich text is reduced to what `clean_html`
lets through each time that it is shown, whoever wrote it into the database. A card holds a kind and a public
id, and what it shows comes from the record as everybody may see it at that moment (`core.links`).
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.rich_text import RichText, expand_db_html
from wagtail.whitelist import Whitelister, allow_without_attributes, attribute_rule, check_url

from shiliu.channel import files
from shiliu.core import links
from shiliu.core.figures import FIGURES
from shiliu.grid.choosing import RecordBlock

FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "hr", "link"]
MOST = 300  # blocks in one article
MOST_FIGURES = 12  # each is computed for the page


# Words ----------------------------------------------------------------------------------------------------


class _Reduced(Whitelister):
    """The elements that `FEATURES` make, and no others; of what is not words, nothing stays."""

    element_rules = {
        "[document]": allow_without_attributes,
        "a": attribute_rule({"href": check_url}),
    } | dict.fromkeys(
        ("b", "br", "em", "h2", "h3", "hr", "i", "li", "ol", "p", "strong", "ul"), allow_without_attributes
    )
    dropped = frozenset({"iframe", "math", "noscript", "object", "script", "style", "svg", "template"})

    def clean_tag_node(self, doc: Any, tag: Any) -> None:
        if tag.name in self.dropped:
            tag.decompose()
        else:
            super().clean_tag_node(doc, tag)


def clean_html(source: str) -> str:
    """Rich text as it is stored, as harmless HTML."""
    return str(_Reduced().clean(expand_db_html(source)))


class TextBlock(blocks.RichTextBlock):
    """Rich text of safe features."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": FEATURES} | kwargs)

    def get_context(self, value: RichText, parent_context: Any = None) -> dict[str, Any]:
        return super().get_context(value, parent_context) | {"html": clean_html(value.source)}

    class Meta:
        label = gettext_lazy("text")
        icon = "pilcrow"
        template = "channel/blocks/text.html"


class QuotationBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=gettext_lazy("words"), max_length=2000)
    source = blocks.CharBlock(label=gettext_lazy("who says it, and where"), max_length=200)

    class Meta:
        label = gettext_lazy("quotation")
        icon = "openquote"
        template = "channel/blocks/quotation.html"


class TableBlock(TypedTableBlock):
    """A table of plain words. Its first row is its header, and it says what it shows."""

    def __init__(self, **kwargs: Any) -> None:
        cell = blocks.CharBlock(label=gettext_lazy("words"), required=False, max_length=500)
        super().__init__([("text", cell)], **kwargs)

    def clean(self, value: Any) -> Any:
        table = super().clean(value)
        if not (table.caption or "").strip():
            raise ValidationError(_("Say in the caption what the table shows."))
        if not table.columns or any(not column["heading"].strip() for column in table.columns):
            raise ValidationError(_("Give every column of the table a heading."))
        return table

    class Meta:
        label = gettext_lazy("table")
        template = "channel/blocks/table.html"


# Pictures and files ---------------------------------------------------------------------------------------


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=gettext_lazy("picture"))
    alt = blocks.CharBlock(
        label=gettext_lazy("what it shows, for those who do not see it"),
        help_text=gettext_lazy("One sentence: what somebody would miss who cannot see the picture."),
        max_length=250,
    )
    caption = blocks.CharBlock(label=gettext_lazy("caption"), required=False, max_length=250)

    class Meta:
        label = gettext_lazy("picture")
        icon = "image"
        template = "channel/blocks/picture.html"


class GalleryBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=gettext_lazy("title"), required=False, max_length=120)
    pictures = blocks.ListBlock(PictureBlock(), label=gettext_lazy("pictures"), min_num=2, max_num=30)

    class Meta:
        label = gettext_lazy("gallery")
        icon = "image"
        template = "channel/blocks/gallery.html"


class FileBlock(DocumentChooserBlock):
    """A document of some kinds of files only. group: a name of `files.KINDS`."""

    def __init__(self, group: str, **kwargs: Any) -> None:
        self.group = group
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        allowed = files.KINDS[self.group]
        if chosen and files.extension(chosen.filename) not in allowed:
            sentence = _("“%(name)s” cannot be used here. Choose a file of these kinds: %(kinds)s.")
            raise ValidationError(
                sentence, params={"name": chosen.filename, "kinds": ", ".join(sorted(allowed))}
            )
        return chosen


class _RecordingBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=gettext_lazy("title"), max_length=120)
    transcript = blocks.TextBlock(
        label=gettext_lazy("what is said and shown, in words"),
        help_text=gettext_lazy("For those who do not hear or see it, and for those without data to spare."),
        max_length=20_000,
    )


class AudioBlock(_RecordingBlock):
    file = FileBlock("audio", label=gettext_lazy("sound file"))

    class Meta:
        label = gettext_lazy("audio")
        icon = "media"
        template = "channel/blocks/audio.html"


class VideoBlock(_RecordingBlock):
    file = FileBlock("video", label=gettext_lazy("video file"))

    class Meta:
        label = gettext_lazy("video")
        icon = "media"
        template = "channel/blocks/video.html"


class AttachmentBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=gettext_lazy("title"), max_length=120)
    file = FileBlock("attachment", label=gettext_lazy("file"))

    class Meta:
        label = gettext_lazy("attachment")
        icon = "doc-full"
        template = "channel/blocks/attachment.html"


# Cards ----------------------------------------------------------------------------------------------------


class CardBlock(blocks.StructBlock):
    """A record of another part of the site. link_kind: its kind in `core.links`."""

    link_kind = ""

    def pair(self, value: Any) -> tuple[str, str]:
        return self.link_kind, str(value.get("code") or "").strip()

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        pair = self.pair(cleaned)
        if pair not in links.presented([pair]):
            sentence = _("The public sees nothing of this code now. Correct it, or take the card out.")
            raise blocks.StructBlockValidationError(block_errors={"code": ValidationError(sentence)})
        return cleaned

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context)
        pair = self.pair(value)
        known = context.get("cards")
        cards = links.presented([pair]) if known is None else known
        return context | {"card": cards.get(pair), "said": self.meta.said}

    class Meta:
        icon = "link"
        template = "channel/blocks/card.html"


class PolicyCardBlock(CardBlock):
    link_kind = "learning.guide"
    code = RecordBlock(link_kind, label=gettext_lazy("record"), max_length=60)

    class Meta:
        label = gettext_lazy("policy card")
        said = pgettext_lazy("above a card", "Policy guide")


class ActivityCardBlock(CardBlock):
    link_kind = "venues.activity"
    code = RecordBlock(link_kind, label=gettext_lazy("record"), max_length=60)

    class Meta:
        label = gettext_lazy("activity card")
        said = pgettext_lazy("above a card", "Activity")


class CategoryCardBlock(CardBlock):
    link_kind = "requests.category"
    code = RecordBlock(link_kind, label=gettext_lazy("record"), max_length=60)

    class Meta:
        label = gettext_lazy("card: ask for this")
        said = pgettext_lazy("above a card", "Ask for this")


class WorksCardBlock(CardBlock):
    link_kind = "works.project"
    code = RecordBlock(link_kind, label=gettext_lazy("record"), max_length=60)

    class Meta:
        label = gettext_lazy("card: finished work")
        said = pgettext_lazy("above a card", "Finished work")


class SolvedCardBlock(CardBlock):
    link_kind = "requests.request"
    code = RecordBlock(link_kind, label=gettext_lazy("record"), max_length=60)

    class Meta:
        label = gettext_lazy("card: solved request")
        said = pgettext_lazy("above a card", "Solved request")


def figure_choices() -> list[tuple[str, Any]]:
    return [(key, figure.label) for key, figure in FIGURES.items()]


class FigureCardBlock(CardBlock):
    link_kind = "figures.figure"
    code = blocks.ChoiceBlock(label=gettext_lazy("figure"), choices=figure_choices)
    period = RecordBlock(
        "figures.period",
        label=gettext_lazy("period"),
        help_text=gettext_lazy("Empty: this year up to today."),
        required=False,
        max_length=30,
    )
    area = RecordBlock(
        "grid.area",
        label=gettext_lazy("area"),
        help_text=gettext_lazy("Empty: the whole town."),
        required=False,
        max_length=15,
    )

    def pair(self, value: Any) -> tuple[str, str]:
        parts = (str(value.get(name) or "").strip() for name in ("code", "period", "area"))
        return self.link_kind, "/".join(parts)

    def clean(self, value: Any) -> Any:
        """What is wrong is said where it stands."""
        period = str(value.get("period") or "").strip()
        if period and not links.presented([("figures.period", period)]):
            sentence = _("“%(text)s” is no period. Choose one, or take it out for this year up to today.")
            error = ValidationError(sentence, params={"text": period[:30]})
            raise blocks.StructBlockValidationError(block_errors={"period": error})
        return super().clean(value)

    class Meta:
        label = gettext_lazy("card: a figure of today")
        said = pgettext_lazy("above a card", "A figure of today")
        icon = "order"


class Body(blocks.StreamBlock):
    """An article's body. `paragraph` is plain text, which the import reads and writes."""

    paragraph = blocks.TextBlock(
        label=gettext_lazy("paragraph"), icon="pilcrow", template="channel/blocks/paragraph.html"
    )
    text = TextBlock()
    picture = PictureBlock()
    gallery = GalleryBlock()
    quotation = QuotationBlock()
    table = TableBlock()
    audio = AudioBlock()
    video = VideoBlock()
    attachment = AttachmentBlock()
    policy = PolicyCardBlock(group=gettext_lazy("cards"))
    activity = ActivityCardBlock(group=gettext_lazy("cards"))
    category = CategoryCardBlock(group=gettext_lazy("cards"))
    works = WorksCardBlock(group=gettext_lazy("cards"))
    solved = SolvedCardBlock(group=gettext_lazy("cards"))
    figure = FigureCardBlock(group=gettext_lazy("cards"))

    class Meta:
        required = False
        max_num = MOST
        block_counts = {"figure": {"max_num": MOST_FIGURES}}


def cards_of(body: Any) -> dict[tuple[str, str], links.Card]:
    """All cards of a body as everybody may see them, one query per kind."""
    return links.presented(
        child.block.pair(child.value) for child in body if isinstance(child.block, CardBlock)
    )


def words_of(body: Any) -> str:
    """The words of a body without mark-up, to be found by and to be compared."""
    return "\n".join(str(part) for part in body.stream_block.get_searchable_content(body))
