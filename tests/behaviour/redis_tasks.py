"""The application of the workers that the Redis tests start as processes of their own.

Where the broker is, and what differs from Alliance Auth's settings, stands in the environment.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

import redis
from celery import Celery, chain
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
