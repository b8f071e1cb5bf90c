"""Puts the page of every rule into the navigation of the site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Called by mkdocs: ``Rules`` gets their pages, in the order of their codes."""
    pages = sorted(path.stem for path in Path(config.docs_dir, "rules").glob("AAC*.md"))
    rules = next(entry for entry in config.nav or [] if "Rules" in entry)
    rules["Rules"] = ["rules/index.md", *({code: f"rules/{code}.md"} for code in pages)]
    return config
