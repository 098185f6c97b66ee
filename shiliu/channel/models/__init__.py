"""Platform, online: the channel with its columns and articles, reads, and the grid groups it reaches."""

from shiliu.channel.models.corrections import Correction
from shiliu.channel.models.groups import GridGroup, GroupSize
from shiliu.channel.models.pages import (
    ArticlePage,
    ArticleQuerySet,
    ChannelPage,
    ColumnPage,
    PageInArea,
    latest_articles,
)
from shiliu.channel.models.reads import Reads
from shiliu.channel.models.reviews import ReviewTask

__all__ = [
    "ArticlePage",
    "ArticleQuerySet",
    "ChannelPage",
    "ColumnPage",
    "Correction",
    "GridGroup",
    "GroupSize",
    "PageInArea",
    "Reads",
    "ReviewTask",
    "latest_articles",
]
