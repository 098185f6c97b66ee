"""Platform, online: the channel with its columns and articles, reads, and the grid groups it reaches."""

from shiliu.channel.models.corrections import Correction
from shiliu.channel.models.deliveries import ARRIVED, Bot, Delivery, DeliveryState, Message, Outage
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
from shiliu.channel.models.reviews import ReviewTask
from shiliu.channel.models.serving import PagesState

__all__ = [
    "ARRIVED",
    "ArticlePage",
    "ArticleQuerySet",
    "Bot",
    "ChannelPage",
    "ColumnPage",
    "Correction",
    "CountedBatch",
    "Delivery",
    "DeliveryState",
    "GridGroup",
    "GroupSize",
    "Message",
    "OfficialArticle",
    "OfficialDay",
    "OfficialFetch",
    "Outage",
    "PageInArea",
    "PagesState",
    "Reads",
    "ReviewTask",
    "latest_articles",
]
