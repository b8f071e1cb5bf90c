"""What holds for any source: no crash, a search that hides nothing, the same result in any order."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from flake8_aa_celery import model
from flake8_aa_celery.linter import lint
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import Settings
from support import place
from unfiltered import prefilters_off, search_off

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_aa_celery.violation import Violation

EVERYTHING = Settings(select=tuple(all_rules()), check_tests=True)
#: What the generated modules can import.
NEIGHBOURS = {
    "app/constants.py": "HIGH = 3\nLOW = HIGH + 4\nDEFAULTS = {'priority': LOW}\nONE = {**DEFAULTS, 'bind': True}\n",
    "app/work.py": (
        "from celery import shared_task\nfrom .constants import *\n\n"
        "@shared_task(**DEFAULTS)\ndef update(pk, force=False): ...\n\n"
        "@shared_task(**ONE)\ndef sync(self, *args, **kwargs): ...\n\n"
        "class Service:\n    @staticmethod\n    @shared_task\n    def update(pk): ...\n"
    ),
    "app/tasks.py": "from .work import *\nfrom .work import Service as S, update as again\nfrom . import views\n",
    "app/celery.py": "from celery import Celery\n\napp = Celery('app')\n",
    "app/models.py": "from django.db import models\n\nclass Thing(models.Model):\n    def save(self): ...\n",
}
#: The rule that does not see tasks outside a tasks module called directly yet (tests/test_prefilters.py), and the one
#: that says of itself that it leaves alone what has nothing to do with Celery.
HIDDEN = {"AAC403", "AAC604"}
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
#: Every how manieth file of the standard library is looked at.
STRIDE = 8

# -- a small grammar of Python that talks about Celery ------------------------------------------------------------


def _one_of(words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(words.split())


NAMES = _one_of(
    """
    update sync again S tasks work chain group chord signature shared_task app pks x y LOW DEFAULTS self
    requests time logger Thing request crontab
    """
)
ATTRIBUTES = _one_of(
    """
    delay apply_async s si set get map chunks update append objects conf retry beat_schedule task
    signature run apply id result sleep items pk on_commit
    """
)
KEYWORDS = _one_of(
    """
    priority countdown args kwargs bind name once base queue options schedule minute max_retries
    autoretry_for default_value body pk
    """
)
CONSTANTS = _one_of(
    """
    0 1 3 7 10 -1 2.5 None True 'high' 'app.work.update' '*/5' b'' ... 1j [] {} () '' 1e400 99999999999999999999999
    """
)


def _calls(expressions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    argument = st.one_of(
        expressions,
        expressions.map(lambda text: f"*{text}"),
        st.builds("{}={}".format, KEYWORDS, expressions),
        expressions.map(lambda text: f"**{text}"),
    )
    # positional arguments stand before keywords, plain ones before those unpacked
    arguments = st.lists(argument, max_size=3, unique_by=lambda text: text.partition("=")[0]).map(
        lambda found: ", ".join(
            sorted(found, key=lambda text: ("=" in text[:15] or text[:2] == "**", text[:2] == "**"))
        )
    )
    return st.builds("{}({})".format, expressions, arguments)


def _larger(expressions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(expressions, expressions)
    return st.one_of(
        st.builds("{}.{}".format, expressions, ATTRIBUTES),
        _calls(expressions),
        _calls(st.builds("{}.{}".format, expressions, ATTRIBUTES)),
        st.builds(
            "({} {} {})".format, expressions, st.sampled_from(["|", "+", "*", "or", "and", "//", "=="]), expressions
        ),
        st.builds("({} if {} else {})".format, expressions, expressions, expressions),
        st.builds("[{} for {} in {}]".format, expressions, NAMES, expressions),
        st.builds("({} for {} in {} if {})".format, expressions, NAMES, expressions, expressions),
        st.builds("{}[{}]".format, expressions, expressions),
        st.builds("{}[:{}]".format, expressions, expressions),
        st.builds("(lambda {}: {})".format, NAMES, expressions),
        st.builds("({} := {})".format, NAMES, expressions),
        st.lists(expressions, max_size=3).map(lambda found: f"[{', '.join(found)}]"),
        st.lists(pair, max_size=3).map(lambda found: f"{{{', '.join(map(': '.join, found))}}}"),
        expressions.map(lambda text: f"{{**{text}, 'priority': 3}}"),
        expressions.map(lambda text: f"(await {text})"),
        expressions.map(lambda text: f"f'{{{text}}}'" if "'" not in text and "{" not in text else text),
    )


EXPRESSIONS = st.recursive(NAMES | CONSTANTS, _larger, max_leaves=6)
TASKS = _one_of("update sync again S.update tasks.update work.sync app.work.update local")
OPTIONS = st.lists(
    st.builds("{}={}".format, KEYWORDS, EXPRESSIONS), max_size=2, unique_by=lambda text: text.partition("=")[0]
)
ARGUMENTS = st.builds("({}, {})".format, EXPRESSIONS, OPTIONS.map(", ".join)) | st.just("()")
SIGNATURES = st.builds(
    "{}.{}{}{}".format, TASKS, _one_of("s si signature"), ARGUMENTS, st.sampled_from(["", ".set(priority=3)"])
)
MEMBERS = st.one_of(
    SIGNATURES,
    st.builds("[{} for x in pks]".format, SIGNATURES),
    st.builds("*({} for x in pks)".format, SIGNATURES),
    st.builds("{}, {}".format, SIGNATURES, SIGNATURES),
    NAMES,
)
WORKFLOWS = st.one_of(
    st.builds("{}({})".format, _one_of("chain group chord celery.chain"), MEMBERS),
    st.builds("({} | {})".format, SIGNATURES, SIGNATURES),
)
SENT = st.builds(
    "{}.{}{}".format, TASKS | SIGNATURES | WORKFLOWS, _one_of("delay apply_async get run apply"), ARGUMENTS
)
IMPORTS = st.sampled_from(
    [
        "from celery import *",
        "from celery import chain, shared_task",
        "from celery import group as chain",
        "import celery",
        "from .work import update",
        "from .work import *",
        "from . import work",
        "from app.work import Service as S",
        "from .tasks import again as update",
        "import app.work as tasks",
        "from .missing import sync",
        "import time, requests",
        "from .constants import LOW",
        "from ..app import constants",
        "from .celery import app",
        "from library.tasks import sync",
        "from celery.schedules import crontab",
        "from django.db import transaction",
        "from .models import Thing",
    ]
)
TARGETS = st.one_of(
    NAMES,
    st.builds("{}, {}".format, NAMES, NAMES),
    st.builds("{}.{}".format, NAMES, ATTRIBUTES),
    st.builds("{}['{}']".format, NAMES, KEYWORDS),
    st.sampled_from(["CELERYBEAT_SCHEDULE", "CELERYBEAT_SCHEDULE['x']", "app.conf.beat_schedule", "INSTALLED_APPS"]),
)


def parses(source: str | bytes) -> bool:
    """Whether a source is Python: the grammar above makes some that is none."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def _as_python(statement: str) -> str:
    """A statement, or one that does nothing where it is none: so that a program is not lost for one of its lines."""
    return statement if parses(statement) else "pass"


SIMPLE = st.one_of(
    EXPRESSIONS,
    SENT,
    SIGNATURES | WORKFLOWS,
    st.builds("{} = {}".format, TARGETS, SENT | SIGNATURES | WORKFLOWS),
    IMPORTS,
    st.builds("{} = {}".format, TARGETS, EXPRESSIONS),
    st.builds("{} {}= {}".format, NAMES, st.sampled_from("+|-*"), EXPRESSIONS),
    st.builds("{}: int = {}".format, NAMES, EXPRESSIONS),
    st.builds("return {}".format, EXPRESSIONS),
    st.builds("del {}".format, NAMES),
    st.builds("{} {}".format, st.sampled_from(["global", "nonlocal"]), NAMES),
    st.builds("raise {}".format, EXPRESSIONS),
    st.builds("assert {}".format, EXPRESSIONS),
    st.sampled_from(["pass", "break", "continue"]),
).map(_as_python)
PARAMETERS = st.sampled_from(
    ["", "self", "pk", "self, pk=None", "request", "*args, **kwargs", "x, /, *, priority=None"]
)
BLOCKS = st.one_of(
    st.builds("for {} in {}:".format, NAMES, EXPRESSIONS),
    st.builds("while {}:".format, EXPRESSIONS),
    st.builds("if {}:".format, EXPRESSIONS),
    st.builds("with {} as {}:".format, EXPRESSIONS, NAMES),
    st.builds("class {}({}):".format, NAMES, EXPRESSIONS),
    st.builds("def {}({}):".format, NAMES, PARAMETERS),
    st.builds("@{}\ndef {}({}):".format, EXPRESSIONS, NAMES, PARAMETERS),
    st.builds("@shared_task\ndef {}({}):".format, NAMES, PARAMETERS),
    st.builds("@shared_task({}={})\nasync def {}({}):".format, KEYWORDS, EXPRESSIONS, NAMES, PARAMETERS),
)


def _block(header: str, body: list[str], tail: str) -> str:
    text = f"{header}\n{indent(chr(10).join(body), '    ')}"
    return f"{text}\n{tail}" if header.startswith(("for", "while", "if")) and tail else text


def _attempt(body: list[str], caught: str, handler: list[str]) -> str:
    return f"try:\n{indent(chr(10).join(body), '    ')}\nexcept {caught} as x:\n{indent(chr(10).join(handler), '    ')}"


def _nested(statements: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(statements, min_size=1, max_size=3)
    otherwise = body.map(lambda lines: f"else:\n{indent(chr(10).join(lines), '    ')}")
    case = st.builds(
        "match {}:\n    case [{}, *y]:\n{}".format, NAMES, NAMES, body.map(lambda b: indent("\n".join(b), " " * 8))
    )
    return st.one_of(
        st.builds(_block, BLOCKS, body, st.just("") | otherwise),
        st.builds(_attempt, body, st.sampled_from(["ImportError", "Exception", "(OSError, Retry)"]), body),
        case,
    )


STATEMENTS = st.recursive(SIMPLE, _nested, max_leaves=8)
BEGINNINGS = st.sampled_from(
    [
        "",
        "from celery import chain, chord, group, shared_task\nfrom .work import *\n",
        "import celery\nfrom celery import *\nfrom . import tasks, work\nfrom .tasks import again, sync\n",
        "from celery import chain as group, shared_task\n@shared_task(bind=True)\ndef local(self, pk=None): ...\n",
        "from library.tasks import sync\nimport app.work\n",
    ]
)
PROGRAMS = st.builds(
    "{}{}\n".format, BEGINNINGS, st.lists(STATEMENTS.map(_as_python), min_size=1, max_size=8).map("\n".join)
)
#: Sources with hardly a word of Celery's: they call by other names what :data:`NEIGHBOURS` define.
QUIET = st.builds(
    "{}{}\n".format,
    st.sampled_from(
        ["", "from .work import *\n", "from . import work, models\n", "from app.work import update as x, S\n"]
    ),
    st.lists(
        st.one_of(
            EXPRESSIONS,
            st.builds("{} = {}".format, TARGETS, EXPRESSIONS),
            st.builds(
                "{}.{}({})".format, NAMES, _one_of("run apply get map starmap chunks set clone result"), EXPRESSIONS
            ),
            st.builds("def {}({}):\n    {}".format, NAMES, PARAMETERS, EXPRESSIONS),
            st.builds("@{}\ndef {}({}):\n    return {}".format, EXPRESSIONS, NAMES, PARAMETERS, EXPRESSIONS),
            st.builds("for {} in {}:\n    {}".format, NAMES, EXPRESSIONS, EXPRESSIONS),
        ),
        min_size=1,
        max_size=6,
    ).map("\n".join),
)
PATHS = st.sampled_from(["app/views.py", "app/tasks.py", "app/settings.py", "app/__init__.py", "app/deep/tasks/x.py"])

quickly = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40)


def lint_all(files: dict[str, str], order: Iterable[str]) -> dict[str, list[Violation]]:
    """What the linter says of the files of a fresh project beside :data:`NEIGHBOURS`, asked in an order."""
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / "pyproject.toml").touch()
        for path, source in {**NEIGHBOURS, **files}.items():
            place(root, path, source.encode())
        workspace = Workspace()
        return {path: lint(str(root / path), (root / path).read_bytes(), EVERYTHING, workspace) for path in order}


def crashes(found: Iterable[Violation]) -> list[str]:
    """What the linter says of its own crashes."""
    return [violation.message for violation in found if violation.code == "AAC999"]


# -- properties -------------------------------------------------------------------------------------------------


@quickly
@given(PROGRAMS, PATHS)
def test_no_source_crashes_the_linter(source: str, path: str) -> None:
    assert crashes(lint_all({path: source}, [path])[path]) == []


@quickly
@given(QUIET, PATHS)
@example("from .work import update\nupdate(1)\n", "app/views.py")
@example("from .work import *\nupdate . delay(1)\n", "app/views.py")
@example("from .work import update as x\n[x.\\\n  si (y) for y in z]\n", "app/views.py")
@example("from .tasks import again\nagain(1)\n", "app/views.py")
@example("from . import tasks\ndef view(request):\n    tasks.again(request.user)\n", "app/views.py")
def test_the_byte_search_hides_nothing(source: str, path: str) -> None:
    assume(parses(source) and not model.relevant(source.encode()))
    seen = lint_all({path: source}, [path])[path]
    with search_off():
        assert lint_all({path: source}, [path])[path] == seen


@quickly
@given(PROGRAMS, PATHS)
def test_no_prefilter_hides_anything(source: str, path: str) -> None:
    seen = lint_all({path: source}, [path])[path]
    with prefilters_off():
        everything = lint_all({path: source}, [path])[path]
    assert [violation for violation in everything if violation.code not in HIDDEN] == [
        violation for violation in seen if violation.code not in HIDDEN
    ]


@quickly
@given(st.tuples(PROGRAMS, PROGRAMS, PROGRAMS), st.permutations(range(3)))
def test_the_order_of_files_changes_nothing(sources: tuple[str, str, str], order: list[int]) -> None:
    paths = ["app/tasks.py", "app/views.py", "app/work.py"]
    files = dict(zip(paths, sources, strict=True))
    assert lint_all(files, paths) == lint_all(files, [paths[index] for index in order])


# -- the standard library ---------------------------------------------------------------------------------------


def library_files() -> Iterator[Path]:
    """A sample of the standard library of the running Python."""
    files = sorted(path for path in STANDARD_LIBRARY.rglob("*.py") if "site-packages" not in path.parts)
    yield from (path for path in files[::STRIDE] if path.stat().st_size < 60_000)


@pytest.fixture(scope="module")
def library() -> list[bytes]:
    """The sources of that sample which are Python."""
    sources = (path.read_bytes() for path in library_files())
    return [source for source in sources if parses(source)]


def test_the_standard_library_does_not_crash_the_linter_and_hides_nothing(library: list[bytes], tmp_path: Path) -> None:
    """Where the byte search says no, the model has no fact: every file goes through it with the search switched off."""
    (tmp_path / "pyproject.toml").touch()
    path = str(tmp_path / "module.py")
    workspace = Workspace()
    seen = [lint(path, source, EVERYTHING, workspace) for source in library]
    with search_off():
        everything = [lint(path, source, EVERYTHING, workspace) for source in library]
    assert len(library) > 50
    assert crashes(violation for found in everything for violation in found) == []
    assert everything == seen
