"""One line a violation, at a terminal too."""

from __future__ import annotations

from flake8_aa_celery.report.text import render

__all__ = ["render"]
