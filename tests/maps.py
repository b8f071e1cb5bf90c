"""What the tests of the map share: the app in tests/graph/project, and small ones."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_aa_celery.graph.build import build
from flake8_aa_celery.settings import Settings

if TYPE_CHECKING:
    from flake8_aa_celery.graph.elements import Graph

HERE = Path(__file__).parent / "graph"
GOLDEN = HERE / "golden"


def copy_project(folder: Path) -> None:
    """Put the app where it is no part of a folder of tests."""
    shutil.copytree(HERE / "project", folder, dirs_exist_ok=True)


def of_files(folder: Path, files: dict[str, str], *paths: str) -> Graph:
    """The map of a project of these files, below some paths; nothing may fail."""
    (folder / "pyproject.toml").touch()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def failed(path: str, why: str) -> None:
        raise AssertionError(f"{path}: {why}")

    return build(list(paths or ["."]), Settings(), failed)


def starts(graph: Graph) -> set[tuple[str, str, str, str]]:
    """Each edge as source, method, target and priority."""
    return {
        (edge.source, edge.method, edge.target, edge.priority.text if edge.priority else "") for edge in graph.edges
    }
