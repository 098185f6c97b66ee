"""Platform, online: the channel with its columns and articles, reads, and the grid groups it reaches."""

from shiliu.channel.models.groups import GridGroup, GroupSize
from shiliu.channel.models.official import OfficialArticle, OfficialDay, OfficialFetch
from shiliu.channel.models.pages import (
    ArticlePage,
    ArticleQuerySet,
    ChannelPage,
    ColumnPage,
    PageInArea,
    latest_articles,
)
from shiliu.channel.models.reads import CountedBatch, Reads
from shiliu.channel.models.serving import PagesState

__all__ = [
    "ArticlePage",
    "ArticleQuerySet",
    "ChannelPage",
    "ColumnPage",
    "CountedBatch",
    "GridGroup",
    "GroupSize",
    "OfficialArticle",
    "OfficialDay",
    "OfficialFetch",
    "PageInArea",
    "PagesState",
    "Reads",
    "latest_articles",
]
