"""AAC408: a wait that is longer than the broker's patience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.calling.delays import visibility_timeout
from flake8_aa_celery.rules.words import recipient, shortened
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.calling.delays import Delay
    from flake8_aa_celery.model.code.module import Module


def check(delay: Delay, module: Module) -> Iterator[Violation]:
    """
    A task waits for longer than the broker's visibility timeout, and then runs several times.

    Flags a `countdown` of more than 3600 seconds, and an `eta` of `now() + timedelta(…)` beyond that, on a dispatch, a
    signature or a workflow, in `self.retry`, and in the options of a schedule.

    ## Why
    A message with a countdown or an eta is handed to a worker at once, which keeps it until its time has come and
    acknowledges it then. On Redis a message that is not acknowledged within the visibility timeout, one hour, counts
    as lost and is delivered again, every hour: to the next worker, which keeps it, too. When the time has come, each
    of them runs the task. Store what is due, and let a scheduled task look for it.

    ## Example
    ```python
    from celery import shared_task


    @shared_task
    def remind(user_pk): ...


    @shared_task
    def announce(user_pk):
        remind.apply_async([user_pk], countdown=24 * 60 * 60)
    ```

    ## Instead
    ```python
    from celery import shared_task


    @shared_task
    def remind_all():
        for reminder in Reminder.objects.filter(due__lte=now()):
            reminder.send()


    @shared_task
    def announce(user_pk):
        Reminder.objects.create(user_id=user_pk, due=now() + timedelta(days=1))
    ```

    ## Leaves alone
    - values that cannot be resolved, and an `eta` that is no sum of the current time and a `timedelta`;
    - projects whose own files configure a longer `visibility_timeout`, or RabbitMQ as their broker.

    ## Settings
    `visibility-timeout` (3600): after how many seconds your broker delivers a message again.

    ## Profile
    Both: the visibility timeout is that of Redis, whoever uses it as broker, as Alliance Auth does.

    ## Proof
    - `test_brokers_redis.py::test_a_countdown_beyond_the_visibility_timeout_runs_more_than_once`: each copy runs.
    - `test_brokers_redis.py::test_a_countdown_within_the_visibility_timeout_runs_once`: within it all is well.
    - `test_brokers_redis.py::test_the_visibility_timeout_is_an_hour_unless_told`: and how long that is.
    - `test_calling.py::test_a_countdown_becomes_an_eta_in_the_message`: both are the same to the broker.

    ## References
    - [Celery: visibility timeout](https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html#visibility-timeout)
    - [Celery: ETA and countdown](https://docs.celeryq.dev/en/stable/userguide/calling.html#eta-and-countdown)
    """
    if delay.seconds <= module.project.settings.visibility_timeout:
        return
    # asked last: what the project configures takes more files to find out
    limit = visibility_timeout(module.project)
    if limit is not None and delay.seconds > limit:
        yield Violation.at(delay.node, _message(delay, limit))


def _message(delay: Delay, limit: float) -> str:
    what = f"{shortened(recipient(delay.receiver), 26)} waits for {delay.seconds:.0f} s"
    return f"{what}, but Redis delivers it every {limit:.0f} s, so it runs twice: let a schedule start it"
