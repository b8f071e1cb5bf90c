"""Each format: whole, as it was, and safe with whatever a file holds."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest

from flake8_aa_celery.cli import main
from flake8_aa_celery.graph import FORMATS, html, renderer
from flake8_aa_celery.graph.build import build
from flake8_aa_celery.graph.elements import Edge, Finding, Graph, Node, Priority, Step, Wait, Workflow
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import Settings
from maps import GOLDEN, copy_project

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes import Outcomes

HOSTILE = "</script><script>alert(1)</script>\"'`]|}#quot;&amp;\\N\n@@DATA@@TITLE<!--\x1b[31m"


def drawing(page: str) -> str:
    """The drawing in a page."""
    return page[page.index("<svg id=") : page.index("</svg>") + len("</svg>")].replace("><", ">\n<") + "\n"


def hostile() -> Graph:
    """A map in which every text is out to break its format."""
    nodes = (
        Node(HOSTILE, "task", HOSTILE, HOSTILE, f"{HOSTILE}.py", 1, HOSTILE, ((HOSTILE, HOSTILE),),
             Priority(None, "unknown", HOSTILE), "", (Finding("AAC999", HOSTILE, 1),),
             waits=(Wait(HOSTILE, True, f"{HOSTILE}.py", 2),)),
        Node(f"2{HOSTILE}", "schedule", HOSTILE, HOSTILE, f"{HOSTILE}.py", 9, detail=HOSTILE),
    )  # fmt: skip
    edges = (Edge(f"2{HOSTILE}", HOSTILE, "beat", Priority(None, "given", HOSTILE), True, f"{HOSTILE}.py", 9),)
    steps = (Step("1", 0, HOSTILE, HOSTILE, Priority(3, "given", "3"), False),)
    return Graph(nodes, edges, (Workflow(f"3{HOSTILE}", "chain", HOSTILE, "delay", False, HOSTILE, 3, steps),))


class Page(HTMLParser):
    """Collects the elements of a page and what stands in its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def hangar(folder: Path) -> Graph:
    """The map of the app, without the messages of its violations, which may change."""
    copy_project(folder)
    graph = build(["."], Settings(), lambda path, why: pytest.fail(f"{path}: {why}"))
    nodes = [
        node._replace(violations=tuple(found._replace(message="MESSAGE") for found in node.violations))
        for node in graph.nodes
    ]
    return graph._replace(nodes=tuple(nodes))


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_as_it_was(folder: Path, outcomes: Outcomes, name: str) -> None:
    text = renderer(name)(hangar(folder))
    text = drawing(text) if name == "html" else text
    outcomes.compare(text, GOLDEN / ("map.svg" if name == "html" else f"map.{name}"))


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_project_has_an_empty_map(folder: Path, name: str) -> None:
    assert renderer(name)(Graph((), (), ()))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_files_give_the_same_map_in_every_process(folder: Path, name: str) -> None:
    copy_project(folder)
    command = [sys.executable, "-m", "flake8_aa_celery", "graph", "--format", name]
    seeds = ("1", "2")
    assert len({subprocess.check_output(command, env={**os.environ, "PYTHONHASHSEED": seed}) for seed in seeds}) == 1


# -- html ---------------------------------------------------------------------------------------------------------


def test_a_page_needs_nothing_but_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy_project(folder)
    main(["graph", "--format", "html"])
    text = capsys.readouterr().out
    links = [
        value for _, attributes in Page(text).elements for key in ("src", "href") if (value := attributes.get(key))
    ]
    assert links == ["data:,"]
    assert not re.search(r"https?:|//[a-z]|@import|url\(|fetch\(|XMLHttpRequest|import\(", text)
    assert "default-src 'none'" in text


def test_a_page_holds_hostile_names_as_text(folder: Path) -> None:
    page = Page(html.render(hostile()))
    harmless = Page(html.render(Graph((), (), ())))
    tags = {tag for tag, _ in page.elements}
    assert len(page.scripts) == len(harmless.scripts) == 2
    assert page.scripts[1] == harmless.scripts[1]
    assert tags - {tag for tag, _ in harmless.elements} <= {"rect", "text", "path", "circle", "g"}
    assert not [key for _, attributes in page.elements for key in attributes if key.startswith("on")]
    assert json.loads(page.scripts[0])["nodes"][0]["name"] == HOSTILE


def test_the_drawing_is_well_formed() -> None:
    ids = [element.get("data-id") for element in ElementTree.fromstring(drawing(html.render(hostile()))).iter()]
    assert len([id for id in ids if id]) == 3


def test_a_page_never_writes_html_from_data() -> None:
    script = Page(html.render(Graph((), (), ()))).scripts[1]
    assert re.findall(r"innerHTML = `[^`]*`", script) == re.findall(r"innerHTML.*?`[^`]*`", script)
    assert "${look}" in script and script.count("innerHTML") == 1
    assert not re.search(r"insertAdjacentHTML|document\.write|eval\(|outerHTML", script)


def test_lines_of_the_source_lead_where_the_template_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy_project(folder)
    main(["graph", "--format", "html", "--link", "vscode://file/{path}:{line}"])
    assert json.loads(Page(capsys.readouterr().out).scripts[0])["link"] == "vscode://file/{path}:{line}"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("tasks.html", "./hangar/tasks.py#L1"),
        ("./tasks.html", "./hangar/tasks.py#L1"),
        ("build/tasks.html", "../hangar/tasks.py#L1"),
        ("build/a map/tasks.html", "../../hangar/tasks.py#L1"),
        ("hangar/tasks.html", "../hangar/tasks.py#L1"),
        ("../elsewhere/tasks.html", "../the%20app/hangar/tasks.py#L1"),
    ],
)
def test_lines_of_the_source_lead_there_from_the_folder_of_the_page(
    folder: Path, monkeypatch: pytest.MonkeyPatch, page: str, expected: str
) -> None:
    app = folder / "the app"
    copy_project(app)
    monkeypatch.chdir(app)
    (app / page).parent.mkdir(parents=True, exist_ok=True)
    assert main(["graph", "--output-file", page]) == 0
    link = json.loads(Page((app / page).read_text("utf-8")).scripts[0])["link"]
    assert link.format(path="hangar/tasks.py", line=1) == expected
    target = urljoin((app / page).resolve().as_uri(), link.format(path="hangar/tasks.py", line=1))
    assert target == f"{(app / 'hangar' / 'tasks.py').resolve().as_uri()}#L1"


def test_a_page_holds_the_pages_of_the_rules_that_it_names_and_no_others(folder: Path) -> None:
    rules = json.loads(Page(html.render(hangar(folder))).scripts[0])["rules"]
    assert rules.keys() == {"AAC203", "AAC205", "AAC207", "AAC303"}
    assert rules["AAC207"] == {
        "name": "chain-priority-first-only",
        "text": all_rules()["AAC207"].documentation,
    }


# -- the others -----------------------------------------------------------------------------------------------------


def test_labels_of_mermaid_hold_hostile_names_as_text() -> None:
    text = renderer("mermaid")(hostile())
    labels = re.findall(r'"([^"]*)"', text)
    assert text.count('"') == 2 * len(labels)
    assert not [label for label in labels if re.search(r"[<>`|{}\[\]\\\n]", label.replace("<br/>", ""))]
    assert not re.search(r"#(?!\d+;|[0-9a-f]{6}\b)", text)


def test_ids_of_mermaid_are_plain() -> None:
    text = renderer("mermaid")(hostile())
    assert set(re.findall(r"^  (\S+?)(?:\W.*)?$", text, re.M)) <= {"n0", "n1", "w0", "class", "classDef"}


def test_strings_of_dot_hold_hostile_names_as_text() -> None:
    text = renderer("dot")(hostile())
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    assert '"' not in outside and "script" not in outside


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
def test_graphviz_takes_hostile_names() -> None:
    done = subprocess.run(
        ["dot", "-Tjson"], input=renderer("dot")(hostile()), capture_output=True, text=True, check=True
    )
    assert len(json.loads(done.stdout)["objects"]) == 3
    assert not done.stderr


def test_the_terminal_is_not_moved_by_names() -> None:
    text = renderer("text")(hostile())
    assert "\x1b" not in text and "alert" in text


def test_json_has_the_documented_fields() -> None:
    found = json.loads(renderer("json")(hostile()))
    assert found.keys() == {"version", "nodes", "edges", "workflows"}
    assert found["nodes"][0].keys() == set(Node._fields)
    assert found["edges"][0].keys() == set(Edge._fields)
    assert found["workflows"][0].keys() == {*Workflow._fields, "title"}
    assert found["workflows"][0]["steps"][0]["priority"] == {"value": 3, "source": "given", "text": "3"}
