"""Outcomes that are kept in files, to be compared with what comes out now, or rewritten: ``pytest --update``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Outcomes(NamedTuple):
    """Compares with kept outcomes.

    :param update: whether they are rewritten first.
    """

    update: bool

    def compare(self, text: str, kept: Path) -> None:
        """Demand that a file holds a text."""
        if self.update:
            kept.write_text(text, "utf-8")
        assert text == kept.read_text("utf-8")

    def compare_all(self, texts: Mapping[str, str], kept: Path) -> None:
        """Demand that the Python files in a folder are these, by their paths in it, with these texts."""
        if self.update:
            for path in _python_files(kept).keys() - texts.keys():
                (kept / path).unlink()
            for path, text in texts.items():
                (kept / path).parent.mkdir(parents=True, exist_ok=True)
                (kept / path).write_text(text, "utf-8")
        assert texts == _python_files(kept)


def _python_files(folder: Path) -> dict[str, str]:
    """The Python files in a folder, with their texts."""
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in sorted(folder.rglob("*.py"))}
