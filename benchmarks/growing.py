"""Code that grows in one way: ten times as much of it should cost about ten times as much."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

FACTOR = 10
HEAD = """\
from celery import chain, shared_task


@shared_task(priority=5)
def update(pk):
    print(pk)


"""


class Growth(NamedTuple):
    """A way to grow.

    :param of: what there is more of.
    :param small: how much of it there is at first.
    :param files: the code with so much of it, by path.
    """

    of: str
    small: int
    files: Callable[[int], dict[str, str]]

    def names(self) -> tuple[str, str]:
        """How the large and the small one are called in the table."""
        return self.named(FACTOR * self.small), self.named(self.small)

    def named(self, count: int) -> str:
        """So much of it, in words."""
        return f"{count:,} {self.of}"

    def write(self, folder: Path) -> dict[str, Path]:
        """Write both below a folder; where each is, by its name."""
        return {
            self.named(count): _written(folder / f"{count}-{self.of}", self.files(count))
            for count in (FACTOR * self.small, self.small)
        }


def _written(root: Path, files: dict[str, str]) -> Path:
    """Write the files of a project below a folder that is not there yet."""
    for path, text in {"pyproject.toml": "", **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


def _of_lines(count: int) -> dict[str, str]:
    task = (
        "@shared_task\ndef task{0}(pks, force=False):\n    options = {{'priority': 7}}\n    for pk in pks:\n"
        "        if force:\n            update.apply_async(args=[pk], **options)\n        else:\n"
        "            print(pk + {0})\n\n\n"
    )
    return _module(task.format(number) for number in range(count // task.count("\n")))


def _of_levels(count: int) -> dict[str, str]:
    """Calls and not blocks, whose indentation alone would make the file thirty times as long."""
    nested = "update.delay(" * count + "1" + ")" * count
    return _module([f"def run():\n    {nested}\n" * 40])


def _of_members(count: int) -> dict[str, str]:
    members = ", ".join(f"update.si({number})" for number in range(count))
    return _module([f"def run():\n    chain({members}).apply_async(priority=8)\n" * 5])


def _of_tasks(count: int) -> dict[str, str]:
    task = "@shared_task(bind=True)\ndef task{0}(self, pk):\n    update.delay(pk)\n\n\n"
    return _module(task.format(number) for number in range(count))


def _of_dispatches(count: int) -> dict[str, str]:
    lines = (f"        update.apply_async(args=[pk], priority={number % 9})\n" for number in range(count))
    return _module(["def run(pks):\n    for pk in pks:\n", *lines])


def _of_imports(count: int) -> dict[str, str]:
    return _module(f"from app.module{number} import task{number}\ntask{number}.delay()\n" for number in range(count))


def _of_files(count: int) -> dict[str, str]:
    """Each sends tasks of three others."""
    files = {"app/__init__.py": ""}
    for number in range(count):
        others = [(number + step) % count for step in (1, 2, 5)]
        imports = "".join(f"from app.module{other}.tasks import task{other}\n" for other in others)
        calls = "".join(f"    task{other}.apply_async(args=[pk], priority=7)\n" for other in others)
        files[f"app/module{number}/__init__.py"] = ""
        task = f"@shared_task\ndef task{number}(pk):\n    print(pk)\n{calls}"
        files[f"app/module{number}/tasks.py"] = f"{imports}{HEAD}{task}"
    return files


def _module(parts: Iterable[str]) -> dict[str, str]:
    return {"app/tasks.py": HEAD + "".join(parts)}


GROWTHS = (
    Growth("lines", 20_000, _of_lines),
    Growth("levels of dispatches", 9, _of_levels),  # two hundred are more than Python parses
    Growth("members of a chain", 300, _of_members),
    Growth("tasks", 300, _of_tasks),
    Growth("dispatches", 500, _of_dispatches),
    Growth("imports", 500, _of_imports),
    Growth("files that import each other's tasks", 50, _of_files),
)
