"""Every write of a request. Right, transaction, conditional update, audit, tasks: see `core.door`."""

from shiliu.requests.actions.answering import confirm, dispute, may_answer, withdraw
from shiliu.requests.actions.asking import add_photos, ask, classify
from shiliu.requests.actions.call_backs import end_call_back, plan_call_back
from shiliu.requests.actions.calling import MOST_TRIES, Said, answer, call
from shiliu.requests.actions.handling import (
    accept,
    assign,
    close,
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
    "MOST_TRIES",
    "Said",
    "accept",
    "add_photos",
    "answer",
    "ask",
    "assign",
    "call",
    "classify",
    "close",
    "confirm",
    "defer",
    "dispute",
    "end_call_back",
    "extend",
    "hold",
    "join",
    "may_answer",
    "merge",
    "plan_call_back",
    "refuse",
    "reopen",
    "report",
    "report_part",
    "resume",
    "return_",
    "show_contact",
    "take",
    "take_up",
    "transfer",
    "verify",
    "whole_hours",
    "withdraw",
]
