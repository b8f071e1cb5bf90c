"""Output formats and statistics."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import fromstring

import pytest

from flake8_aa_celery.pyproject import parse_toml
from flake8_aa_celery.report import Edit, Result, _links, formats, renderer
from flake8_aa_celery.report._statistics import statistics
from flake8_aa_celery.rewrites import UseApplyAsync
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.violation import Fix, Violation
from support import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SAFE = Fix("safe", "Use `apply_async`", UseApplyAsync())
FIRST = Violation(2, 4, 3, 5, 'an "ä"\\message', SAFE, "AAC206", "delay-with-options")
SECOND = Violation(7, 0, 7, 1, "another", None, "AAC203", "high-priority")
RESULTS = [Result("./a b.py", [FIRST, SECOND]), Result("b.py", []), Result("c.py", [SECOND])]


def rendered(name: str, results: list[Result]) -> str:
    return "".join(renderer(name)(results))


def test_there_are_a_form_for_people_and_one_for_programs() -> None:
    assert {"text", "json"} <= set(formats())


@pytest.mark.parametrize("name", formats())
def test_every_format_says_where_and_what(name: str) -> None:
    text = rendered(name, RESULTS).replace("%20", " ")
    for part in ("a b.py", "c.py", "AAC206", "AAC203", "another"):
        assert part in text


@pytest.mark.parametrize("name", formats())
def test_every_format_can_say_that_there_is_nothing(name: str) -> None:
    assert "AAC2" not in rendered(name, [Result("a.py", [])])
    assert rendered(name, []) == rendered(name, [Result("a.py", [])])


def test_text_is_the_form_of_flake8() -> None:
    assert rendered("text", RESULTS).splitlines() == [
        './a b.py:2:5: AAC206 an "ä"\\message',
        "./a b.py:7:1: AAC203 another",
        "c.py:7:1: AAC203 another",
    ]


def test_json_is_a_list_of_objects_with_positions_from_one() -> None:
    first, second, third = json.loads(rendered("json", RESULTS))
    assert first == {
        "path": "./a b.py",
        "line": 2,
        "column": 5,
        "end_line": 3,
        "end_column": 6,
        "code": "AAC206",
        "name": "delay-with-options",
        "severity": "error",
        "message": 'an "ä"\\message',
        "url": "https://flake8-aa-celery.readthedocs.io/en/latest/rules/AAC206.html",
        "fix": {"safety": "safe", "title": "Use `apply_async`", "edits": []},
        "trace": [],
    }
    assert (second["path"], second["fix"]) == ("./a b.py", None)
    assert third == second | {"path": "c.py"}


def test_the_address_of_the_documentation_is_that_of_the_package() -> None:
    package = parse_toml((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert package["urls"]["Documentation"] == _links.DOCUMENTATION
    assert _links.page_of("AAC206").startswith(_links.DOCUMENTATION)
    assert (ROOT / "docs" / "rules" / "AAC206.md").exists()


def test_concise_is_text() -> None:
    assert rendered("concise", RESULTS) == rendered("text", RESULTS)


def test_pylint_has_the_code_in_brackets() -> None:
    assert rendered("pylint", RESULTS).splitlines() == [
        './a b.py:2: [AAC206] an "ä"\\message',
        "./a b.py:7: [AAC203] another",
        "c.py:7: [AAC203] another",
    ]


def test_junit_has_a_suite_a_file_and_a_case_a_violation() -> None:
    suites = fromstring(rendered("junit", RESULTS).encode())
    assert (suites.tag, suites.get("tests"), suites.get("failures")) == ("testsuites", "3", "3")
    assert [(suite.get("name"), suite.get("failures")) for suite in suites] == [("./a b.py", "2"), ("c.py", "1")]
    case = suites[0][0]
    assert (case.get("name"), case.get("line"), case.get("column")) == ("flake8-aa-celery.AAC206", "2", "5")
    assert case[0].get("message") == 'an "ä"\\message'
    assert case[0].text == './a b.py:2:5: AAC206 (delay-with-options) an "ä"\\message'


def test_junit_of_nothing_is_a_test_that_passed() -> None:
    suites = fromstring(rendered("junit", []))
    assert (suites.get("tests"), suites.get("failures")) == ("1", "0")
    assert [case.tag for case in suites.iter("testcase")] == ["testcase"]
    assert list(suites.iter("failure")) == []


def test_junit_is_xml_whatever_a_message_holds() -> None:
    found = SECOND._replace(message="<b> & \x00 \x1b ]]> '\"")
    (failure,) = fromstring(rendered("junit", [Result("<a>&.py", [found])])).iter("failure")
    assert "<b> &" in (failure.get("message") or "")


def test_rdjson_has_columns_in_bytes_from_one() -> None:
    found = Violation(1, 1, 1, 3, "wrong", None, "AAC203", "high-priority")
    (diagnostic,) = json.loads(rendered("rdjson", [Result("./a.py", [found], "äöü\n".encode())]))["diagnostics"]
    assert diagnostic == {
        "message": "wrong",
        "location": {
            "path": "a.py",
            "range": {"start": {"line": 1, "column": 3}, "end": {"line": 1, "column": 7}},
        },
        "severity": "INFO",
        "code": {"value": "AAC203", "url": _links.page_of("AAC203")},
    }
    assert json.loads(rendered("rdjson", []))["diagnostics"] == []


EDITS = [(Edit(1, 1, "import x\n"), Edit(2, 4, "y\r\n")), ()]
EDITED = [Result("./a b.py", [FIRST, SECOND], b"1\n2\n3\n4\n", EDITS)]


def test_json_says_what_a_fix_would_change() -> None:
    first, second = json.loads(rendered("json", EDITED))
    assert first["fix"]["edits"] == [
        {"line": 1, "column": 1, "end_line": 1, "end_column": 1, "content": "import x\n"},
        {"line": 2, "column": 1, "end_line": 4, "end_column": 1, "content": "y\r\n"},
    ]
    assert second["fix"] is None


def test_sarif_says_what_a_fix_would_change() -> None:
    first, second = json.loads(rendered("sarif", EDITED))["runs"][0]["results"]
    ((fix),) = first["fixes"]
    (change,) = fix["artifactChanges"]
    assert fix["description"]["text"] == "Use `apply_async`"
    assert change["artifactLocation"] == first["locations"][0]["physicalLocation"]["artifactLocation"]
    assert change["replacements"][1] == {
        "deletedRegion": {"startLine": 2, "startColumn": 1, "endLine": 4, "endColumn": 1},
        "insertedContent": {"text": "y\r\n"},
    }
    assert "fixes" not in second


def test_rdjson_suggests_whole_lines() -> None:
    first, second = json.loads(rendered("rdjson", EDITED))["diagnostics"]
    assert first["suggestions"] == [
        {"range": {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 1}}, "text": "import x\n"},
        {"range": {"start": {"line": 2}, "end": {"line": 3}}, "text": "y"},
    ]
    assert "suggestions" not in second


def test_no_violation_is_an_empty_list() -> None:
    assert json.loads(rendered("json", [])) == []


@pytest.mark.parametrize(
    ("code", "gitlab", "github", "sarif", "rdjson"),
    [
        ("AAC206", "critical", "error", "error", "ERROR"),
        ("AAC207", "major", "warning", "warning", "WARNING"),
        ("AAC203", "minor", "notice", "note", "INFO"),
    ],
)
def test_a_format_has_words_of_its_own_for_how_bad_it_is(
    code: str, gitlab: str, github: str, sarif: str, rdjson: str
) -> None:
    found = [Result("a.py", [Violation(1, 1, 1, 3, "wrong", None, code, all_rules()[code].name)], b"x = 1\n")]
    assert json.loads(rendered("json", found))[0]["severity"] == all_rules()[code].severity
    assert json.loads(rendered("gitlab", found))[0]["severity"] == gitlab
    assert rendered("github", found).startswith(f"::{github} ")
    assert json.loads(rendered("sarif", found))["runs"][0]["results"][0]["level"] == sarif
    assert json.loads(rendered("rdjson", found))["diagnostics"][0]["severity"] == rdjson


def test_statistics_count_each_rule_the_most_frequent_first() -> None:
    many = [Result("d.py", [FIRST] * 10)]
    assert list(statistics(RESULTS + many)) == [
        "11 AAC206 [*] delay-with-options\n",
        " 2 AAC203 [ ] high-priority\n",
        "[*] can be fixed with `aa-celery fix`\n",
    ]


def test_statistics_tell_safe_fixes_from_unsafe_ones() -> None:
    unsafe = FIRST._replace(fix=SAFE._replace(safety="unsafe"))
    assert list(statistics([Result("a.py", [unsafe, unsafe])])) == [
        "2 AAC206 [-] delay-with-options\n",
        "[-] can be fixed with `aa-celery fix --unsafe-fixes`\n",
    ]
    assert next(statistics([Result("a.py", [unsafe, FIRST, unsafe])])).startswith("3 AAC206 [*]")


def test_statistics_of_nothing_are_nothing() -> None:
    assert list(statistics([Result("a.py", [])])) == []


# -- paths in reports for CI services ---------------------------------------------------------------------------------


def paths(name: str) -> list[str]:
    """The paths in a report on ``a.py`` and ``../b.py`` of the current folder."""
    text = rendered(name, [Result("./a.py", [SECOND]), Result("../b.py", [SECOND])])
    if name == "gitlab":
        return [issue["location"]["path"] for issue in json.loads(text)]
    if name == "github":
        return re.findall(r"file=([^,]+)", text)
    places = [found["locations"][0]["physicalLocation"] for found in json.loads(text)["runs"][0]["results"]]
    return [place["artifactLocation"]["uri"] for place in places]


@pytest.fixture
def sub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in a folder, the current one, and a service that names no checkout."""
    folder = tmp_path / "sub" / "app"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    for variable in ("CI_PROJECT_DIR", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(variable, raising=False)
    return folder


CI_FORMATS = ["gitlab", "github", "sarif"]


@pytest.mark.parametrize("name", CI_FORMATS)
@pytest.mark.parametrize("variable", ["CI_PROJECT_DIR", "GITHUB_WORKSPACE"])
def test_paths_are_relative_to_the_checkout(
    sub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, variable: str
) -> None:
    (sub / ".git").mkdir()  # a submodule, say
    monkeypatch.setenv(variable, str(tmp_path))
    assert paths(name) == ["sub/app/a.py", "sub/b.py"]


@pytest.mark.parametrize("name", CI_FORMATS)
@pytest.mark.parametrize("is_worktree", [True, False])
def test_without_a_service_paths_are_relative_to_the_root_that_git_has(
    sub: Path, tmp_path: Path, name: str, is_worktree: bool
) -> None:
    if is_worktree:
        (tmp_path / ".git").write_text("gitdir: elsewhere")
    else:
        (tmp_path / ".git").mkdir()
    assert paths(name) == ["sub/app/a.py", "sub/b.py"]


@pytest.mark.parametrize("name", CI_FORMATS)
def test_without_a_repository_paths_are_relative_to_this_folder(sub: Path, name: str) -> None:
    above, _, _ = str(sub).rpartition("/")
    assert paths(name)[0] == "a.py"
    assert paths(name)[1].removeprefix("file://") == f"{above}/b.py"


@pytest.mark.usefixtures("sub")
def test_a_checkout_elsewhere_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path / "other"))
    assert paths("gitlab")[0] == "sub/app/a.py"


def test_a_checkout_may_be_reached_by_a_link(sub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "sub")
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path / "link"))
    assert paths("gitlab") == ["app/a.py", "b.py"]
    assert sub.is_dir()
