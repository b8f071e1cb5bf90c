"""What the page does in a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.graph import html
from flake8_aa_celery.graph.build import build
from flake8_aa_celery.settings import Settings
from maps import copy_project

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or ""
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")]

CLICK_CODE = "document.querySelector('aside .violation.go').click();"
ONLY = "document.querySelector('#only input').click();"
ESCAPE = "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}));"


def shown(folder: Path, script: str = "", fragment: str = "") -> str:
    """What a browser makes of the page of the app, after a script."""
    copy_project(folder)
    page = html.render(build(["."], Settings(), lambda path, why: pytest.fail(f"{path}: {why}")))
    file = folder / "page.html"
    file.write_text(page.replace("isShown = true;", f"isShown = true; {script}"), "utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"{file.as_uri()}{fragment}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def panel(dom: str) -> str:
    """The text of the panel on the right."""
    return re.sub(r"<[^>]+>", "", dom[dom.index("<aside") : dom.index("</aside>")])


def listed(dom: str) -> list[str]:
    """The ids of what is listed on the left."""
    return re.findall(r'data-id="([^"]+)"', dom[dom.index("<nav") : dom.index("</nav>")])


def test_a_code_opens_the_page_of_its_rule(folder: Path) -> None:
    text = panel(shown(folder, CLICK_CODE))
    assert "AAC205 bulk-needs-priority" in text and "Leaves alone" in text
    assert "How to read it" not in text


def test_the_page_of_a_rule_is_shown_as_a_text_with_blocks_of_code(folder: Path) -> None:
    dom = shown(folder, fragment="#AAC207")
    assert "<pre><code>from celery import chain, shared_task\n\n\n@shared_task\ndef update_character(pk): ...\n" in dom
    assert "<h3>Why</h3>" in dom and "<li>a chain of one task, and the task behind a group" in dom
    assert not {"```", "## ", "\n- "} & set(re.findall(r"```|## |\n- ", panel(dom)))


def test_the_address_of_a_rule_opens_its_page(folder: Path) -> None:
    dom = shown(folder, fragment="#AAC207")
    assert "AAC207 chain-priority-first-only" in panel(dom)
    assert '<a href="https://' in dom, "its references are links"


def test_escape_leads_back_from_the_page_of_a_rule(folder: Path) -> None:
    text = panel(shown(folder, CLICK_CODE + ESCAPE, "#hangar.tasks.update_all"))
    assert "hangar.tasks.update_all" in text and "Started by" in text


def test_only_what_has_violations_is_shown_with_its_neighbours(folder: Path) -> None:
    assert len(listed(shown(folder))) > 2
    dom = shown(folder, ONLY)
    assert listed(dom) == ["hangar.tasks.update_all", "hangar.helpers.tell_all", "hangar.models.Character._start"]
    drawn = set(re.findall(r'class="node [^"]*\bkept\b[^"]*" data-id="([^"]+)"', dom))
    assert {"hangar.tasks.update_all", "hangar.tasks.update_assets", "schedule hangar_update_all"} <= drawn
    assert "hangar.tasks.poll" not in drawn


def test_what_was_hidden_is_shown_again(folder: Path) -> None:
    assert listed(shown(folder, ONLY + ONLY)) == listed(shown(folder))
