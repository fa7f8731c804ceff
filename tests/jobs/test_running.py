"""A job goes on piece by piece, whoever runs it; what was committed is never done again."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.log import Who
from jobs import queue, registry, running, services
from jobs.models import Job, JobRow, RowState, State
from jobs.running import LostError, Step
from order_api.errors import Rejected, Unavailable
from tests.jobs.kinds import KIND, counting

pytestmark = pytest.mark.django_db


def start(person: User, to: int = 10, **more: Any) -> Job:
    return services.start(KIND, Who(person.username, person.pk), {"to": to}, **more)


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def lapse(job: Job) -> None:
    """As if whoever holds it had died and its time were over."""
    Job.objects.filter(pk=job.pk).update(until=timezone.now() - dt.timedelta(seconds=1))


def test_a_job_comes_to_its_end_piece_by_piece(support: User) -> None:
    with counting() as counted:
        job = start(support)
        assert job.state == State.WAITING
        assert not running.go_on(str(job.pk))
    job = again(job)
    assert counted == list(range(10))
    assert (job.state, job.done, job.holder, registry.called(job)) == (State.DONE, 10, None, KIND)
    assert job.started_at and job.ended_at and job.expires_at and job.expires_at > timezone.now()


def test_it_says_what_became_of_it_in_the_words_of_its_kind(support: User) -> None:
    with counting():
        job = start(support)
        running.go_on(str(job.pk))
        assert registry.says(again(job)) == "Counted to 10"
        assert registry.called(job) == "Counting"


def test_one_that_takes_long_lets_others_have_their_turn(support: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SLICE", 0.0)
    with counting() as counted:
        job = start(support)
        assert running.go_on(str(job.pk)), "it wants to go on"
        assert counted == [0, 1, 2]
        assert not again(job).is_held
        while running.go_on(str(job.pk)):
            pass
    assert counted == list(range(10))
    assert again(job).state == State.DONE


def test_nobody_runs_what_somebody_else_holds(support: User) -> None:
    def meanwhile(step: Step) -> None:
        assert not running.go_on(str(step.job.pk)), "another process comes by"

    with counting(before=meanwhile) as counted:
        running.go_on(str(start(support).pk))
    assert counted == list(range(10))


def test_what_a_dead_process_has_left_goes_on_after_its_last_piece(support: User) -> None:
    died: list[Step] = []

    def die(step: Step) -> None:
        if step.cursor.get("at") == 6 and not died:
            died.append(step)
            raise SystemExit

    with counting(before=die) as counted:
        job = start(support)
        with pytest.raises(SystemExit):
            running.go_on(str(job.pk))
        assert not running.go_on(str(job.pk)), "its time is not over"
        assert again(job).state == State.RUNNING
        lapse(job)
        queue.sweep()
        running.go_on(str(job.pk))
    assert counted == list(range(10)), "nothing left out, nothing twice"
    assert again(job).state == State.DONE


def test_whoever_was_slow_commits_nothing_once_another_has_taken_over(support: User) -> None:
    was_slow: list[Step] = []

    def slow(step: Step) -> None:
        if not was_slow:
            was_slow.append(step)
            lapse(step.job)
            running.go_on(str(step.job.pk))  # another takes it over and comes to the end

    with counting(before=slow) as counted:
        job = start(support)
        running.go_on(str(job.pk))
    assert counted == list(range(10)), "by the other one alone"
    with pytest.raises(LostError):
        was_slow[0].renew()
    with pytest.raises(LostError), was_slow[0].committing():
        pytest.fail("it is another's")


def test_what_a_piece_writes_goes_with_how_far_it_came(support: User) -> None:
    def write(job: Job) -> None:
        JobRow.objects.create(job=job, position=job.done, merchant="norce", channel="se", order_id="1")
        if job.done == 6 and job.tries == 0:
            raise ValueError("after it was written")

    with counting(inside=write):
        job = start(support)
        running.go_on(str(job.pk))
        assert [row.position for row in job.rows.all()] == [3], "what was undone left nothing"
        assert again(job).done == 3
        Job.objects.filter(pk=job.pk).update(next_at=None)
        running.go_on(str(job.pk))
        assert [row.position for row in job.rows.all()] == [3, 6, 9, 10]
        assert all(row.state == RowState.WAITING for row in job.rows.all())


def test_it_is_stopped_after_the_piece_that_is_under_way_and_goes_on_there(support: User) -> None:
    def stop(step: Step) -> None:
        if step.cursor.get("at") == 3:
            services.stop(step.job)

    with counting(before=stop) as counted:
        job = start(support)
        running.go_on(str(job.pk))
        assert counted == list(range(6)), "what was under way was not lost"
        assert (again(job).state, registry.says(again(job))) == (State.STOPPED, "You stopped it.")
        assert not running.go_on(str(job.pk))
        services.resume(job)
        running.go_on(str(job.pk))
    assert counted == list(range(10))
    assert again(job).state == State.DONE


def test_one_that_nobody_runs_is_stopped_at_once(support: User) -> None:
    with counting() as counted:
        job = services.stop(start(support))
        assert job.state == State.STOPPED
        running.go_on(str(job.pk))
    assert counted == []


def test_one_that_was_asked_to_stop_by_a_process_that_died_is_stopped_by_the_next(support: User) -> None:
    def stop_and_die(step: Step) -> None:
        services.stop(step.job)
        raise SystemExit

    with counting(before=stop_and_die):
        job = start(support)
        with pytest.raises(SystemExit):
            running.go_on(str(job.pk))
        lapse(job)
        running.go_on(str(job.pk))
    assert again(job).state == State.STOPPED


def test_an_outage_pauses_it_for_longer_each_time_and_never_ends_it(support: User) -> None:
    def fails(step: Step) -> None:
        if len(pauses) < 12:
            raise Unavailable("It does not answer", operation="GET orders")

    pauses: list[float] = []
    with counting(before=fails) as counted:
        job = start(support)
        for _ in range(12):
            running.go_on(str(job.pk))
            job = again(job)
            assert (job.state, job.code) == (State.WAITING, "outage")
            assert job.next_at
            pauses.append((job.next_at - timezone.now()).total_seconds())
            assert not running.go_on(str(job.pk)), "not before its time"
            Job.objects.filter(pk=job.pk).update(next_at=timezone.now())
        running.go_on(str(job.pk))
    assert counted == list(range(10))
    assert pauses[0] < 2 < pauses[2] < pauses[5]
    assert max(pauses) <= running.LONGEST_PAUSE * 1.25
    assert (again(job).state, again(job).tries) == (State.DONE, 0)


def test_what_the_api_refuses_ends_it_with_its_words(support: User) -> None:
    def refused(step: Step) -> None:
        raise Rejected("No such filter", operation="GET orders", status=400)

    with counting(before=refused):
        job = start(support)
        running.go_on(str(job.pk))
        assert again(job).state == State.FAILED
        assert registry.says(again(job)) == "The Order API refused the question: No such filter"


def test_what_goes_wrong_in_the_desk_is_tried_again_and_then_given_up(support: User) -> None:
    def wrong(step: Step) -> None:
        raise ZeroDivisionError

    with counting(before=wrong):
        job = start(support)
        for tries in range(1, running.MOST_TRIES):
            running.go_on(str(job.pk))
            assert (again(job).state, again(job).tries) == (State.WAITING, tries)
            Job.objects.filter(pk=job.pk).update(next_at=None)
        running.go_on(str(job.pk))
    assert (again(job).state, again(job).code) == (State.FAILED, "error")


@pytest.mark.parametrize("taken", ["account", "right"])
def test_it_ends_where_the_person_may_not_any_more(support: User, taken: str) -> None:
    def take(step: Step) -> None:
        if step.cursor.get("at") == 3:
            User.objects.filter(pk=support.pk).update(is_active=taken != "account")
            if taken == "right":
                support.groups.clear()

    with counting(before=take) as counted:
        job = start(support)
        running.go_on(str(job.pk))
    assert counted == list(range(6))
    assert (again(job).state, again(job).code) == (State.FAILED, "not-allowed")


def test_its_kind_is_asked_before_each_piece(support: User) -> None:
    with counting(may=lambda job, owner: "no-channel" if job.done else "") as counted:
        job = start(support)
        running.go_on(str(job.pk))
    assert counted == [0, 1, 2]
    assert (again(job).state, again(job).code) == (State.FAILED, "no-channel")


def test_a_kind_that_this_version_does_not_know_ends(support: User) -> None:
    with counting():
        job = start(support)
    running.go_on(str(job.pk))
    assert (again(job).state, again(job).code) == (State.FAILED, "unknown-kind")


def test_what_may_name_a_customer_is_not_in_the_row(support: User, settings: Any) -> None:
    with counting():
        job = start(support, private={"billing_emails": ["eva@example.com"]})
        assert "eva" not in str(Job.objects.filter(pk=job.pk).values())
        assert again(job).private == {"billing_emails": ["eva@example.com"]}
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another one"
        assert again(job).private == {"billing_emails": ["eva@example.com"]}


def test_a_key_that_is_gone_ends_it(support: User, settings: Any) -> None:
    with counting(before=lambda step: step.private):
        job = start(support, private={"search": "Eva"})
        settings.SECRET_KEY = "another one"
        running.go_on(str(job.pk))
    assert (again(job).state, again(job).code) == (State.FAILED, "seal")


def test_a_person_has_a_few_at_once(support: User, manager: User) -> None:
    with counting():
        jobs = [start(support) for _ in range(services.MOST_OPEN)]
        with pytest.raises(services.TooManyError):
            start(support)
        start(manager)
        services.stop(jobs[0])
        start(support)


def test_the_queue_is_told_once_it_is_committed(
    support: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(queue, "_tell", told.append)
    with counting():
        with django_capture_on_commit_callbacks(execute=True):
            job = start(support)
            assert told == []
        assert told == [str(job.pk)]
        with django_capture_on_commit_callbacks(execute=True):
            queue.sweep()
        assert told == [str(job.pk)], "it was told a moment ago"
        Job.objects.filter(pk=job.pk).update(enqueued_at=timezone.now() - 2 * queue.patience())
        for _ in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                queue.sweep()
        assert told == [str(job.pk)] * 2, "what was lost on its way is told again, once"


def test_what_is_over_its_time_goes(support: User) -> None:
    with counting():
        done, waits = start(support, to=3), start(support)
        running.go_on(str(done.pk))
        past = timezone.now() - dt.timedelta(seconds=1)
        Job.objects.filter(pk__in=[done.pk, waits.pk]).update(expires_at=past)
        with transaction.atomic():
            queue.sweep()
        assert not Job.objects.filter(pk=done.pk).exists()
        assert (again(waits).state, again(waits).code) == (State.FAILED, "too-old")


def test_when_to_look_next(support: User) -> None:
    assert queue.next_due() is None
    with counting():
        job = start(support)
        moment = timezone.now() + dt.timedelta(seconds=9)
        Job.objects.filter(pk=job.pk).update(next_at=moment)
        assert queue.next_due() == moment
