"""What a new rule begins with: a check of any fact that works, a page, and code that has an item of the fact."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import NamedTuple

from docs.generate import example_files, read_page, type_of_items
from flake8_aa_celery.cli import _items
from flake8_aa_celery.linter import parse
from flake8_aa_celery.model import facts
from flake8_aa_celery.model.code.workspace import Workspace
from flake8_aa_celery.model.facts import FACTS
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import Settings

#: What stands in a page until somebody has written it.
TO_BE_WRITTEN = "(To be written.)"
#: Code with an item of each fact that no rule has an example of.
_SAMPLES = {
    "apps": {"app/celery.py": 'from celery import Celery\n\napp = Celery("shop")\n'},
    "canvas": {"app/tasks.py": "from celery import shared_task\n\n\n@shared_task\ndef update(): ...\n\n\nupdate.s()\n"},
    "celery_settings": {"celeryconfig.py": "task_acks_late = True\n"},
    "named_in_vain": {
        "celeryconfig.py": 'task_routes = {"app.task.update": "slow"}\n',
        "app/__init__.py": "",
        "app/tasks.py": "from celery import shared_task\n\n\n@shared_task\ndef update(): ...\n",
    },
    "once_options": {
        "app/tasks.py": "from allianceauth.services.tasks import QueueOnce\nfrom celery import shared_task\n\n\n"
        '@shared_task(base=QueueOnce, once={"keys": []})\ndef update(): ...\n'
    },
    "pickle_settings": {"celeryconfig.py": 'accept_content = ["pickle"]\n'},
    "retries": {
        "app/tasks.py": "from celery import shared_task\n\n\n@shared_task(bind=True)\ndef update(self):\n"
        "    raise self.retry(countdown=60)\n"
    },
    "rows": {
        "app/apps.py": "from django_celery_beat.models import PeriodicTask\n\n"
        'PeriodicTask.objects.create(name="update", task="app.tasks.update")\n'
    },
    "result_uses": {
        "app/tasks.py": "from celery import shared_task\n\n\n@shared_task\ndef update(): ...\n",
        "app/views.py": "from app.tasks import update\n\n\ndef show(request):\n    return update.delay().get()\n",
    },
    "signal_receivers": {
        "app/signals.py": "from celery.signals import worker_ready\n\n\n"
        "@worker_ready.connect\ndef greet(**kwargs): ...\n"
    },
    "tasks": {
        "app/tasks.py": "from celery import shared_task\n\n\n@shared_task\ndef example(): ...\n",
        "app/views.py": "from app.tasks import example\n\n\ndef start(request):\n    example.delay()\n",
    },
    "task_classes": {
        "app/tasks.py": 'from celery import Celery, Task\n\napp = Celery("shop")\n\n\n'
        "class Update(Task):\n    def run(self): ...\n\n\napp.register_task(Update())\n"
    },
    "views": {
        "app/tasks.py": "from celery import shared_task\n\n\n@shared_task\ndef update(): ...\n",
        "app/views.py": "from app.tasks import update\n\n\ndef start(request):\n    update.delay()\n    return 1\n",
    },
}
_SAMPLES["scheduled"] = _SAMPLES["rows"]
_SAMPLES["signatures"] = _SAMPLES["canvas"]
_SAMPLES["class_tasks"] = _SAMPLES["task_classes"]
_SAMPLES["run_by_workers"] = _SAMPLES["task_classes"]

_RULE = Template('''"""$code: every item of the fact `$fact`. $to_be_written"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
$imports


def check($parameter: $type, module: Module) -> Iterator[Violation]:
    """
    The code has something of the fact `$fact`.

    Flags everything that the fact `$fact` says. $to_be_written

    ## Why
    What goes wrong, with what Celery does. $to_be_written

    ## Example
    ```python
$example
    ```

    ## Instead
    ```python
    PRICES = {}
    ```

    ## Leaves alone
    - what is no item of the fact.

    ## Profile
    Both: Celery is the same everywhere.$why_off $to_be_written
$proof
    ## References
    - [Celery: Tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html)
    """
    yield Violation.at($node, "say what is wrong here, what happens, and what to write")
''')


class Sample(NamedTuple):
    """Code that has an item of a fact.

    :param files: its files by their paths.
    :param lines: the lines of the items, of each file that has some; several times where several are on it.
    :param way: how the first item is asked for where it stands: ``.call.node``.
    """

    files: dict[str, str]
    lines: dict[str, list[int]]
    way: str


def sample_of(name: str) -> Sample:
    """Code that has something of a fact: the example of a rule that is about it.

    :raises LookupError: where there is none.
    """
    about = (rule for rule in all_rules().values() if rule.fact is FACTS[name])
    rule = next(about, None)
    if name not in _SAMPLES and rule is None:
        raise LookupError(f"no rule is about the fact {name!r} yet: give docs/scaffold.py a sample of it first")
    example = read_page(rule.documentation).sections["Example"] if rule else ""
    files = _SAMPLES[name] if name in _SAMPLES else example_files(example)
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / "pyproject.toml").touch()
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8")
        project = Workspace().project_of(str(root / "x.py"), Settings())
        items = {
            path: list(FACTS[name].of(project.module(str(root / path), parse(text.encode()))))
            for path, text in files.items()
            if path.endswith(".py")
        }
        lines = {path: [_items.node_of(item).lineno for item in found] for path, found in items.items() if found}
        first = next(item for found in items.values() for item in found)
        return Sample(files, lines, _items.way_to_node(first))


def rule_text(code: str, name: str, *, why_off: str, proof: str) -> str:
    """The file of a new rule about a fact."""
    sample = sample_of(name)
    typed = type_of_items(name)
    parameter = _in_words(typed)
    example = "\n".join(_named(path, text) for path, text in sample.files.items())
    return _RULE.substitute(
        code=code,
        fact=name,
        imports=_imports(typed),
        parameter=parameter,
        type=typed,
        example="\n".join(f"    {line}".rstrip() for line in example.splitlines()),
        node=parameter + sample.way,
        why_off=why_off,
        proof=proof,
        to_be_written=TO_BE_WRITTEN,
    )


def fixture_files(code: str, name: str) -> dict[str, str]:
    """The files of its first fixture, with what it finds there in comments: tasks and views, and what else it takes."""
    sample = sample_of(name)
    flagged = sum(map(len, sample.lines.values()))
    files = {path: _marked(text, code, sample.lines.get(path, [])) for path, text in sample.files.items()}
    views = files.get("app/views.py", "")
    silent = "".join(f"PAGE_{number} = {number}  # ok: it is nothing of the fact\n" for number in range(flagged))
    files["app/views.py"] = f"{views}\n\n{silent}".lstrip()
    files.setdefault("app/tasks.py", "")
    packages = {f"{folder}/__init__.py" for path in files for folder in map(str, Path(path).parents) if folder != "."}
    return {**dict.fromkeys(sorted(packages), ""), **files}


def _named(path: str, text: str) -> str:
    """A file as it stands in the example of a page: below its name, but for ``app/tasks.py``."""
    return text.strip("\n") if path == "app/tasks.py" else f"# {path}\n{text.strip()}"


def _marked(text: str, code: str, lines: list[int]) -> str:
    """A file with a comment on the lines that are flagged."""
    written = text.splitlines()
    for line in sorted(set(lines)):
        written[line - 1] += f"  # expect: {', '.join([code] * lines.count(line))}"
    return "\n".join([*written, ""])


def _in_words(typed: str) -> str:
    """What a parameter of a type is called: ``result_use`` of ``ResultUse``; an item of several types is just that."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", typed).lower() if typed.isidentifier() else "item"


def _imports(typed: str) -> str:
    """What the annotations of a check need."""
    known = {
        alias.name: node.module
        for node in ast.walk(ast.parse(Path(facts.__file__).read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    wanted = {"Module": "flake8_aa_celery.model.code.module"}
    wanted |= {name: known[name] or "" for name in re.findall(r"\b[A-Z]\w+", typed)}
    lines = ["import ast"] if "ast." in typed else []
    lines += ["from collections.abc import Iterator", ""]
    for module in sorted(set(wanted.values())):
        names = sorted(name for name in wanted if wanted[name] == module)
        lines.append(f"from {module} import {', '.join(names)}")
    return "\n".join(f"    {line}".rstrip() for line in lines)
