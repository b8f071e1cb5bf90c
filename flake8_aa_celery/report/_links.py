"""Where the documentation is."""

from __future__ import annotations

#: As ``[project.urls]`` has it, and the branch whose pages are shown.
DOCUMENTATION = "https://flake8-aa-celery.readthedocs.io/"
_PAGES = f"{DOCUMENTATION}en/latest/"


def page_of(code: str) -> str:
    """The address of the page of a rule."""
    return f"{_PAGES}rules/{code}.html"
