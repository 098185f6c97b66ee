"""Every write of a request. Right, transaction, conditional update, audit, tasks: see `core.door`."""

from shiliu.requests.actions.answering import confirm, dispute, may_answer, withdraw
from shiliu.requests.actions.asking import Order, Place, add_photos, ask, classify, set_urgency
from shiliu.requests.actions.exporting import export
from shiliu.requests.actions.handling import (
    accept,
    assign,
    close,
    reach,
    refuse,
    reopen,
    report,
    return_,
    show_contact,
    take,
    verify,
    whole_hours,
)
from shiliu.requests.actions.joint import join, merge, report_part
from shiliu.requests.actions.waiting import defer, extend, hold, resume, take_up, transfer

__all__ = [
    "Order",
    "Place",
    "accept",
    "add_photos",
    "ask",
    "assign",
    "classify",
    "close",
    "confirm",
    "defer",
    "dispute",
    "export",
    "extend",
    "hold",
    "join",
    "may_answer",
    "merge",
    "reach",
    "refuse",
    "reopen",
    "report",
    "report_part",
    "resume",
    "return_",
    "set_urgency",
    "show_contact",
    "take",
    "take_up",
    "transfer",
    "verify",
    "whole_hours",
    "withdraw",
]
