"""Environments that are made by hand: packages with the metadata that their installation would leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

POSIX = "lib/python3.12/site-packages"


def install(site: Path, package: str, files: dict[str, str], *, readme: str = "# Readme\n") -> Path:
    """A package with its metadata, as pip leaves it: ``aa-PACKAGE 1.2.3``.

    :return: the folder of its metadata.
    """
    written = [f"{package}/__init__.py", *(f"{package}/{file}" for file in files)]
    for path in written:
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(files.get(path.removeprefix(f"{package}/"), ""))
    metadata = site / f"aa_{package}-1.2.3.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\n"
        f"Name: aa-{package}\n"
        "Version: 1.2.3\n"
        "Description-Content-Type: text/markdown\n"
        f"\n{readme}"
    )
    (metadata / "RECORD").write_text("".join(f"{path},sha256=x,1\n" for path in [*written, "x.dist-info/RECORD"]))
    return metadata
