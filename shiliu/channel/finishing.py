"""The end of a workflow. Settings name it, and Wagtail imports it before there are models."""

from typing import Any


def publish(state: Any, user: Any = None) -> None:
    from shiliu.channel import actions

    actions.publish_reviewed(state, user)
