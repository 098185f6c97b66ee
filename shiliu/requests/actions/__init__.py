"""Every write of a request. Right, transaction, conditional update, audit, tasks: see `core.door`."""

from shiliu.requests.actions.answering import answered_before, confirm, dispute, rate, withdraw
from shiliu.requests.actions.asking import Order, Place, add_photos, ask, classify, set_urgency
from shiliu.requests.actions.call_backs import end_call_back, plan_call_back
from shiliu.requests.actions.calling import MOST_TRIES, Said, answer, call
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
from shiliu.requests.actions.joint import drop_part, join, merge, report_part, return_part
from shiliu.requests.actions.messages import add, mark_read, may_answer, note, read, tell
from shiliu.requests.actions.moving import move
from shiliu.requests.actions.orders import hand_back, take_in
from shiliu.requests.actions.waiting import defer, extend, hold, resume, take_up, transfer

__all__ = [
    "MOST_TRIES",
    "Order",
    "Place",
    "Said",
    "accept",
    "add",
    "add_photos",
    "answer",
    "answered_before",
    "ask",
    "assign",
    "call",
    "classify",
    "close",
    "confirm",
    "defer",
    "dispute",
    "drop_part",
    "end_call_back",
    "export",
    "extend",
    "hand_back",
    "hold",
    "join",
    "mark_read",
    "may_answer",
    "merge",
    "move",
    "note",
    "plan_call_back",
    "rate",
    "reach",
    "read",
    "refuse",
    "reopen",
    "report",
    "report_part",
    "resume",
    "return_",
    "return_part",
    "set_urgency",
    "show_contact",
    "take",
    "take_in",
    "take_up",
    "tell",
    "transfer",
    "verify",
    "whole_hours",
    "withdraw",
]
