"""Three reviews by three people, none of whom reviews what is their own."""

import pytest
from wagtail.models import ModelLogEntry, PageLogEntry, TaskState, WorkflowState  # noqa: F401

from shiliu.channel.models import ArticlePage, ColumnPage
from shiliu.core.door import Refused
from tests import factories
from tests.channel.conftest import Desk, paragraphs, said

ORDER = ("first", "second", "final")


def is_live(page) -> bool:
    return ArticlePage.objects.get(pk=page.pk).live


def waits_for(page) -> str:
    task = ArticlePage.objects.get(pk=page.pk).current_workflow_task
    return task.specific.stage if task else ""


def test_three_people_one_after_another_publish_it(desks, draft):
    desks["writer"].edit(draft, title="三审之后")
    for stage in ORDER:
        assert waits_for(draft) == stage
        assert not is_live(draft)
        desks[stage].decide(draft)
    assert is_live(draft)
    page = ArticlePage.objects.get(pk=draft.pk)
    assert page.title == "三审之后"
    passed = TaskState.objects.filter(status="approved").order_by("pk")
    assert [(it.task.name, it.finished_by.username) for it in passed] == [
        ("初审", "first"),
        ("复审", "second"),
        ("终审", "final"),
    ]


@pytest.mark.parametrize("who", ["writer", "second", "final", "far_first"])
def test_a_review_is_for_its_own_right_and_area(desks, draft, who):
    desks["writer"].edit(draft)
    desks[who].decide(draft)
    assert waits_for(draft) == "first"
    assert not TaskState.objects.filter(status="approved").exists()


def hold(desk: Desk, role: str, where) -> Desk:
    """The same person with one more post."""
    from shiliu.core import access

    factories.tenure(desk.user, role, where)
    access.forget(desk.user)
    return desk


def test_nobody_reviews_what_they_wrote(places, desks, draft):
    writer = hold(desks["writer"], "first_reviewer", places.town)
    writer.edit(draft)
    page = said(writer.client.get(f"/admin/pages/{draft.pk}/edit/"))
    assert "You wrote part of this version. Somebody else has to review it." in page
    writer.decide(draft)
    assert waits_for(draft) == "first"


def test_nobody_passes_two_reviews_of_one_submission(places, desks, draft):
    first = hold(desks["first"], "second_reviewer", places.town)
    desks["writer"].edit(draft)
    first.decide(draft)
    assert waits_for(draft) == "second"
    page = said(first.client.get(f"/admin/pages/{draft.pk}/edit/"))
    assert "You have passed another review of it already." in page
    first.decide(draft)
    assert waits_for(draft) == "second"


def test_task_refuses_with_a_sentence_whatever_way_it_is_asked(places, desks, draft):
    writer = hold(desks["writer"], "first_reviewer", places.town)
    writer.edit(draft)
    state = ArticlePage.objects.get(pk=draft.pk).current_workflow_task_state
    with pytest.raises(Refused, match="You wrote part of this version"):
        state.task.specific.on_action(state, writer.user, "approve")


def test_decision_that_somebody_has_taken_already_is_refused(places, desks, draft):
    desks["writer"].edit(draft)
    state = ArticlePage.objects.get(pk=draft.pk).current_workflow_task_state
    desks["first"].decide(draft)
    other = Desk("other", "first_reviewer", places.town)
    with pytest.raises(Refused, match="in the meantime"):
        state.task.specific.on_action(state, other.user, "approve")


def test_whoever_changes_it_under_review_is_an_author_and_all_reviews_begin_anew(places, desks, draft):
    desks["writer"].edit(draft)
    desks["first"].decide(draft)
    desks["second"].edit(draft, "action-save", title="复审改过")
    desks["second"].decide(draft)
    assert waits_for(draft) == "second"
    another = Desk("another", "second_reviewer", places.town)
    another.decide(draft)
    assert waits_for(draft) == "first"
    desks["first"].decide(draft)
    desks["final"].decide(draft)
    assert ArticlePage.objects.get(pk=draft.pk).title == "复审改过"
    assert is_live(draft)


def test_change_and_approval_in_one_are_refused_and_the_change_is_kept(desks, draft):
    desks["writer"].edit(draft)
    sent = {"action-workflow-action": "1", "workflow-action-name": "approve", "title": "顺手改了"}
    response = desks["first"].edit(draft, **sent)
    assert response.status_code == 422
    assert "You wrote part of this version" in said(response)
    assert waits_for(draft) == "first"
    assert ArticlePage.objects.get().get_latest_revision_as_object().title == "顺手改了"


def test_writer_cannot_change_it_under_review_and_gets_it_back(desks, draft):
    desks["writer"].edit(draft)
    response = desks["writer"].edit(draft, "action-save", title="偷偷改")
    assert "could not be saved as it is locked" in said(response)
    desks["first"].decide(draft, "reject", comment="标题不清楚")
    desks["writer"].edit(draft, title="清楚的标题")
    assert waits_for(draft) == "first"
    for stage in ORDER:
        desks[stage].decide(draft)
    assert ArticlePage.objects.get(pk=draft.pk).title == "清楚的标题"


@pytest.mark.parametrize("who", ["writer", "first", "second", "final"])
def test_nobody_publishes_past_the_reviews(desks, draft, who):
    desks["writer"].edit(draft)
    desks[who].edit(draft, "action-publish")
    assert not is_live(draft)
    desks[who].client.post(f"/admin/bulk/wagtailcore/page/publish/?id={draft.pk}&next=/admin/")
    assert not is_live(draft)


def test_post_that_ended_reviews_nothing(desks, draft):
    desks["writer"].edit(draft)
    desks["first"].user.tenures.update(valid_to="2020-01-01")
    desks["first"].decide(draft)
    assert waits_for(draft) == "first"


@pytest.mark.parametrize(("who", "may"), [("writer", True), ("final", True), ("first", False)])
def test_editors_and_the_final_review_take_back_what_is_wrong(desks, places, who, may):
    page = factories.article(ColumnPage.objects.get(), "live")
    desks[who].client.post(f"/admin/pages/{page.pk}/unpublish/")
    assert is_live(page) != may


def test_what_a_reviewer_may_review_stands_in_the_inbox_and_on_the_admins_first_page(desks, draft):
    desks["writer"].edit(draft)
    assert "测试文章a-1" in said(desks["first"].client.get("/console/inbox/"))
    assert "测试文章a-1" in said(desks["first"].client.get("/admin/"))
    for who in ("second", "final", "far_first"):
        assert "测试文章a-1" not in said(desks[who].client.get("/console/inbox/"))
        assert "测试文章a-1" not in said(desks[who].client.get("/admin/"))


def test_who_reviewed_as_what_is_in_the_history(desks, draft):
    desks["writer"].edit(draft)
    for stage in ORDER:
        desks[stage].decide(draft)
    state = WorkflowState.objects.get()
    shown = said(desks["writer"].client.get(f"/admin/pages/{draft.pk}/workflow_history/detail/{state.pk}/"))
    for words in ("初审", "复审", "终审", "first某", "second某", "final某"):
        assert words in shown
    actions = PageLogEntry.objects.filter(page=draft.pk).values_list("action", flat=True)
    assert list(actions).count("wagtail.workflow.approve") == 3
    assert "wagtail.publish" in actions


def test_reviewed_and_scheduled_it_goes_live_at_its_time_and_ends(desks, draft, monkeypatch):
    from datetime import timedelta

    from django.utils import timezone

    now = timezone.now()
    here = timezone.localtime(now)
    when = {"go_live_at": f"{here + timedelta(hours=1):%Y-%m-%d %H:%M}"}
    when["expire_at"] = f"{here + timedelta(days=20):%Y-%m-%d %H:%M}"
    desks["writer"].edit(draft, **when)
    for stage in ORDER:
        desks[stage].decide(draft)
    assert not is_live(draft)
    from shiliu.channel.tasks import publish_scheduled

    publish_scheduled.call()
    assert not is_live(draft)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1))
    publish_scheduled.call()
    assert is_live(draft)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=21))
    publish_scheduled.call()
    assert not is_live(draft)


def test_clock_asks_every_minute():
    from datetime import timedelta

    from shiliu.core.work import JOBS

    assert JOBS["shiliu.channel.tasks.publish_scheduled"].every == timedelta(minutes=1)


def test_versions_are_compared_and_shown_at_phone_width(desks, draft):
    desks["writer"].edit(draft, "action-save", **paragraphs("旧的第一段"))
    desks["writer"].edit(draft, "action-save", **paragraphs("新的第一段"))
    older, newer = draft.revisions.order_by("pk")[1:3]
    shown = said(
        desks["writer"].client.get(f"/admin/pages/{draft.pk}/revisions/compare/{older.pk}...{newer.pk}/")
    )
    assert "旧的第一段" in shown
    assert "新的第一段" in shown
    edit = said(desks["writer"].client.get(f"/admin/pages/{draft.pk}/edit/"))
    assert 'data-device-width="390"' in edit
