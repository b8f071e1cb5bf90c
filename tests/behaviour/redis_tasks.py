"""The application of the workers that the Redis tests start as processes of their own.

Where the broker is, and what differs from Alliance Auth's settings, stands in the environment.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import billiard  # type: ignore[import-untyped]
import redis
from celery import Celery, chain
from celery.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded
from celery_once import AlreadyQueued, QueueOnce

URL = os.environ["BEHAVIOUR_REDIS"]

app = Celery("redis_tasks", broker=URL)
app.conf.update(json.loads(os.environ["BEHAVIOUR_SETTINGS"]))
app.conf.ONCE = {"backend": "celery_once.backends.Redis", "settings": {"url": URL}}
board = redis.Redis.from_url(URL)


def note(text: str) -> None:
    """Tell the test what happened."""
    board.rpush("happened", text)


@app.task
def say(text: str) -> None:
    note(text)


@app.task(rate_limit="4/s")
def says_four_times_a_second(text: str) -> None:
    note(text)


@app.task(rate_limit="1/h")
def says_once_an_hour(text: str) -> None:
    note(text)


@app.task
def say_and_send(text: str, later: str, priority: int) -> None:
    note(text)
    say.apply_async([later], priority=priority)


@app.task
def loop(texts: list[str], later: str) -> None:
    """A page sends something at a high priority while this task does all its work itself."""
    say.apply_async([later], priority=3)
    for text in texts:
        say(text)


@app.task
def work_as_chain(texts: list[str], later: str) -> None:
    """The same work as a chain."""
    chain(say.si(text).set(priority=7) for text in texts).delay()
    say.apply_async([later], priority=3)


def _never_ends(self: Any) -> None:
    note("started" if not self.request.delivery_info.get("redelivered") else "started again")
    time.sleep(60)


@app.task(bind=True, time_limit=1, acks_late=True)
def overruns(self: Any) -> None:
    _never_ends(self)


@app.task(bind=True, time_limit=1, acks_late=True, acks_on_failure_or_timeout=False)
def overruns_and_is_requeued(self: Any) -> None:
    _never_ends(self)


@app.task(bind=True, base=QueueOnce, time_limit=1)
def once_and_overruns(self: Any) -> None:
    _never_ends(self)


@app.task(bind=True, base=QueueOnce, soft_time_limit=1)
def once_and_stops_in_time(self: Any) -> None:
    _never_ends(self)


@app.task
def dispatch(name: str) -> None:
    """Send a task from a worker, where it is known, and so locked if it is one of celery-once."""
    try:
        app.tasks[name].delay()
    except AlreadyQueued:
        note("already queued")


@app.task(bind=True, acks_late=True)
def holds(self: Any, seconds: float) -> None:
    note(f"holds {self.request.delivery_info.get('redelivered', False)}")
    time.sleep(seconds)


@app.task(bind=True, soft_time_limit=1)
def swallows_its_soft_limit(self: Any) -> None:
    try:
        time.sleep(60)
    except Exception as ex:
        note(type(ex).__name__)
    note("went on")


@app.task(soft_time_limit=1)
def works_beyond_its_soft_limit(seconds: float) -> None:
    try:
        time.sleep(seconds)
    except SoftTimeLimitExceeded:
        note("soft limit")
    else:
        note("succeeded")


@app.task(time_limit=1)
def works_beyond_its_hard_limit(seconds: float) -> None:
    note("started")
    time.sleep(seconds)
    note("succeeded")


@app.task
def works(seconds: float) -> None:
    note("started")
    try:
        time.sleep(seconds)
    except SoftTimeLimitExceeded:
        note("soft limit")
        time.sleep(0.5)
        note("cleaned up")
        raise
    note("succeeded")


@app.task(bind=True, time_limit=1, autoretry_for=(TimeLimitExceeded,), default_retry_delay=0)
def retries_for_its_hard_limit(self: Any) -> None:
    note(f"retry {self.request.retries}")
    time.sleep(60)


@app.task(bind=True, soft_time_limit=1, autoretry_for=(SoftTimeLimitExceeded,), default_retry_delay=0, max_retries=1)
def retries_for_its_soft_limit(self: Any) -> None:
    note(f"retry {self.request.retries}")
    if not self.request.retries:
        time.sleep(60)


@app.task(bind=True)
def keeps_on_itself(self: Any, text: str, seconds: float) -> None:
    """Keep an argument on the task, of which there is one object, and say later what is found there."""
    self.text = text
    note(f"{text} began")
    time.sleep(seconds)
    note(f"{text} finds {self.text}")


WAYS = {
    "multiprocessing.Process": lambda: _run(multiprocessing.Process(target=_nothing)),
    "multiprocessing.Pool": lambda: multiprocessing.Pool(1).map(abs, [1]),
    "ProcessPoolExecutor": lambda: ProcessPoolExecutor(1).submit(abs, 1).result(),
    "billiard.Process": lambda: _run(billiard.Process(target=_nothing)),
}
"""Ways to have another process do something."""


def _nothing() -> None:
    """What such a process does."""


def _run(process: Any) -> None:
    process.start()
    process.join()


@app.task
def starts_a_process(way: str) -> None:
    try:
        WAYS[way]()
    except Exception as ex:
        note(f"{type(ex).__name__}: {ex}")
    else:
        note("done")


@app.task
def fails() -> None:
    raise ValueError("broken")


@app.task
def none() -> None:
    note("called back")


@app.task
def two(x: Any, y: Any) -> None:
    note("called back")
