"""Which functions answer a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.django.views import views_of
from modules import module_of

if TYPE_CHECKING:
    from pathlib import Path


def views_in(root: Path, source: str, files: dict[str, str] | None = None) -> list[str]:
    """The names of the views of a module, before anything else is asked of it."""
    return [view.name for view in views_of(module_of(root, source, "app/views.py", files or {}))]


def test_a_function_that_answers_a_request_is_a_view(tmp_path: Path) -> None:
    assert views_in(tmp_path, "def index(request): return page\ndef helper(request): print(request)") == ["index"]


def test_a_task_that_is_given_a_request_is_no_view(tmp_path: Path) -> None:
    source = "from celery import shared_task\n@shared_task\ndef answer(request): return request"
    assert views_in(tmp_path, source) == []


def test_a_method_of_a_class_is_a_view_by_what_the_project_names_otherwise(tmp_path: Path) -> None:
    files = {"app/base.py": "from django.views.generic import TemplateView as Page\nclass Base(Page): ..."}
    source = "from .base import Base\nclass Index(Base):\n    def get(self, x): ...\n    def other(self, x): ..."
    assert views_in(tmp_path, source, files) == ["get"]
