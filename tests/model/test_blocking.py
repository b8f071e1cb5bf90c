"""What blocks, and which loops do so once per item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.code.names import absolute
from flake8_aa_celery.model.effects.blocking import BLOCKS
from flake8_aa_celery.model.effects.blocking_loops import blocking_loops_of
from flake8_aa_celery.model.effects.bodies import Body, Step
from flake8_aa_celery.model.effects.graph import graph_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path


def blocked_by(root: Path, source: str) -> str:
    """What blocks in the last call of the module that is no argument of another."""
    module = module_of(root, source)
    (call,) = (call for call in module.all_calls() if call.node is getattr(module.tree.body[-1], "value", None))
    way = graph_of(module.project).way_of(Step(call), BLOCKS)
    return way[0].what if way else ""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import requests\nrequests.get(x)", "requests.get"),
        ("import requests as r\nr.Session().get(x)", "requests.Session.get"),
        ("from requests import session\nsession().post(x)", "requests.session.post"),
        ("from requests.sessions import Session\nSession().put(x)", "requests.sessions.Session.put"),
        ("from requests_oauthlib import OAuth2Session\nOAuth2Session().fetch_token(x)", "requests_oauthlib"),
        ("import httpx\nhttpx.Client().stream('GET', x)", "httpx.Client.stream"),
        ("import aiohttp\naiohttp.ClientSession().get(x)", "aiohttp.ClientSession.get"),
        ("import urllib3\nurllib3.PoolManager().request('GET', x)", "urllib3.PoolManager.request"),
        ("from urllib import request\nrequest.urlretrieve(x)", "urllib.request.urlretrieve"),
        ("import smtplib\nsmtplib.SMTP_SSL(x)", "smtplib.SMTP_SSL"),
        ("import smtplib\nsmtplib.SMTP(x).sendmail(y)", "smtplib.SMTP.sendmail"),
        ("from dhooks import Webhook\nWebhook(x).send(y)", "dhooks.Webhook.send"),
        ("from discord import SyncWebhook\nSyncWebhook.from_url(x).send(y)", "discord.SyncWebhook.from_url.send"),
        (
            "from discordproxy.client import DiscordClient\nDiscordClient().create_direct_message(x)",
            "discordproxy.client.DiscordClient.create_direct_message",
        ),
        ("import subprocess\nsubprocess.check_output(x)", "subprocess.check_output"),
        ("import subprocess\nsubprocess.Popen(x).communicate()", "subprocess.Popen.communicate"),
        ("client.Universe.GetUniverseTypes().result()", "GetUniverseTypes.result"),
        ("o = client.Universe.get_universe_types()\no.results()", "get_universe_types.results"),
    ],
)
def test_a_call_that_blocks_is_known(tmp_path: Path, source: str, expected: str) -> None:
    assert blocked_by(tmp_path, source).startswith(expected)


@pytest.mark.parametrize(
    "source",
    [
        "import requests\nrequests.get(x).json()",
        "import requests\nrequests.Session()",
        "import requests\nrequests.Session().headers.get(x)",
        "import requests\nrequests.codes.get(x)",
        "from . import requests\nrequests.get(x)",
        "import httpx\nhttpx.Client()",
        "import urllib.parse\nurllib.parse.quote(x)",
        "import time\ntime.time()",
        "import subprocess\nsubprocess.Popen(x)",
        "import dhooks_lite\ndhooks_lite.Embed()",
        "client.Universe.GetUniverseTypes()",
        "client.universe.get_universe_types().result()",
        "client.Universe.types().result()",
        "o = client.Universe.get_universe_types()\nif x:\n    o = y\no.results()",
        "future.result()",
        "f().result()",
    ],
)
def test_a_call_that_does_not_block_is_not_taken_for_one(tmp_path: Path, source: str) -> None:
    assert blocked_by(tmp_path, source) == ""


def test_a_module_without_tasks_has_no_blocking_loops(tmp_path: Path) -> None:
    assert blocking_loops_of(module_of(tmp_path, "import requests\nfor x in y:\n    requests.get(x)")) == []


def test_of_a_nest_the_outermost_loop_is_reported_with_the_first_call(tmp_path: Path) -> None:
    source = (
        "import requests, time\nfrom celery import shared_task\n@shared_task\ndef t(xs):\n"
        "    for x in xs:\n        time.sleep(1)\n        for y in x:\n            requests.get(y)\n"
    )
    (loop,) = blocking_loops_of(module_of(tmp_path, source))
    assert (loop.node.lineno, loop.by) == (5, "time.sleep")


def test_loops_in_functions_within_a_task_count_and_those_of_a_task_within_it_count_once(tmp_path: Path) -> None:
    source = (
        "import time\nfrom celery import shared_task\n@shared_task\ndef t(xs):\n"
        "    def f():\n        for x in xs:\n            time.sleep(x)\n    f()\n"
        "    @shared_task\n    def inner():\n        for x in xs:\n            time.sleep(x)\n"
    )
    assert [loop.node.lineno for loop in blocking_loops_of(module_of(tmp_path, source))] == [8, 11]


@pytest.mark.parametrize(
    ("dotted", "path", "expected"),
    [
        ("requests.get", "/p/app/tasks.py", "requests.get"),
        (".providers.fetch", "/p/app/tasks.py", "app.providers.fetch"),
        ("..core.fetch", "/p/app/sub/tasks.py", "app.core.fetch"),
        (".providers.fetch", "/p/app/tasks/__init__.py", "app.tasks.providers.fetch"),
        ("...far.fetch", "/p/app/tasks.py", "far.fetch"),
    ],
)
def test_a_relative_origin_is_made_absolute(dotted: str, path: str, expected: str) -> None:
    importer = path.removeprefix("/p/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert absolute(dotted, importer, path) == expected


def test_a_way_does_not_rest_on_what_was_asked_before(tmp_path: Path) -> None:
    source = (
        "import requests\n"
        "def far(): return near()\n"
        "def near(): return requests.get('a')\n"
        "def first():\n    far()\n    near()\n"
    )
    ways = set()
    for asked in (("first",), ("far", "first"), ("near", "first"), ("near", "far", "first")):
        module = module_of(tmp_path, source)
        graph = graph_of(module.project)
        bodies = {body.name: body for scope in module.scopes.all if (body := Body(scope)).name != "lambda"}
        found = [graph.way(bodies[name], BLOCKS) for name in asked]
        ways.add(tuple(stage.line for stage in found[-1]))
    assert ways == {(6, 3)}
