"""Platform, online: the channel with its columns and articles, reads, and the grid groups it reaches."""

from shiliu.channel.models.corrections import Correction
from shiliu.channel.models.deliveries import ARRIVED, LACKING, Bot, Delivery, DeliveryState, Message, Outage
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
    "ARRIVED",
    "LACKING",
    "ArticlePage",
    "ArticleQuerySet",
    "Bot",
    "ChannelPage",
    "ColumnPage",
    "Correction",
    "Delivery",
    "DeliveryState",
    "GridGroup",
    "GroupSize",
    "Message",
    "Outage",
    "PageInArea",
    "Reads",
    "ReviewTask",
    "latest_articles",
]
