"""Each format for programs, whole, and read by programs that are not ours."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sarif_pydantic import Level, Sarif

from flake8_aa_celery import __version__
from flake8_aa_celery.report import formats
from frontends import CELERY, Frontends

if TYPE_CHECKING:
    from outcomes import Outcomes

pytestmark = pytest.mark.usefixtures("fakes")
GOLDEN = Path(__file__).parent / "golden"


def write_app() -> None:
    """A file with a strange name and violations that move no line, and one without any."""
    folder = Path("app")
    folder.mkdir()
    (folder / "ä, 100%: b.py").write_text(f"{CELERY}x = 'ä', f()\ng(\n    1,\n)\nif x:\n    g()\n    f()\n", "utf-8")
    (folder / "c.py").write_text(CELERY, "utf-8")


@pytest.mark.parametrize("name", formats())
def test_a_format_is_as_it_was(frontends: Frontends, outcomes: Outcomes, name: str) -> None:
    write_app()
    text = "\n".join(frontends.check("--output-format", name, "app").lines).replace(__version__, "VERSION") + "\n"
    outcomes.compare(text, GOLDEN / f"report.{name}")


def fingerprints(frontends: Frontends) -> dict[str, int]:
    """The line of each violation by its fingerprint."""
    issues = json.loads("\n".join(frontends.check("--output-format=gitlab").lines))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    return {issue["fingerprint"]: issue["location"]["lines"]["begin"] for issue in issues}


def test_fingerprints_survive_lines_that_move(frontends: Frontends) -> None:
    write = Path("a.py").write_text
    write(f"{CELERY}f()\ng(), g()\nf()\n")
    before = fingerprints(frontends)
    write(f"import os\n{CELERY}\n\nif os:\n    f()\n    g(), g()\nf()\n")
    after = fingerprints(frontends)
    assert before.keys() == after.keys()
    assert sorted(after.values()) == [6, 7, 7, 8]


def test_a_violation_more_is_one_fingerprint_more(frontends: Frontends) -> None:
    write = Path("a.py").write_text
    write(f"{CELERY}f()\n")
    before = fingerprints(frontends)
    write(f"{CELERY}f()\nf()\nx = f()\n")
    assert len(fingerprints(frontends).keys() - before.keys()) == 2


def test_fingerprints_do_not_depend_on_how_a_path_is_given(frontends: Frontends) -> None:
    Path("a.py").write_text(f"{CELERY}f()\n")
    reports = {
        frontends.check("--output-format=gitlab", path).lines[4] for path in (".", "a.py", os.path.abspath("a.py"))
    }
    (line,) = reports
    assert "fingerprint" in line


def test_a_published_reader_of_sarif_reads_ours(frontends: Frontends) -> None:
    write_app()
    report = Sarif.model_validate_json("\n".join(frontends.check("--output-format=sarif").lines))
    (run,) = report.runs
    first = run.results[0]
    assert report.version == "2.1.0"
    assert first.level is Level.WARNING
    assert [rule.id for rule in run.tool.driver.rules] == ["AAC201", "AAC203"]
    place = first.locations[0].physical_location
    assert place.artifact_location.uri == "app/%C3%A4%2C%20100%25%3A%20b.py"
    assert (place.region.start_line, place.region.start_column, place.region.end_column) == (2, 10, 13)
    assert first.properties["fix"] == {"safety": "safe", "title": "Drop it"}


def test_a_path_elsewhere_is_absolute_in_sarif(frontends: Frontends, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "a.py"
    elsewhere.write_text(f"{CELERY}f()\n")
    assert f'"uri": "file://{elsewhere}"' in "\n".join(frontends.check("--output-format=sarif", str(elsewhere)).lines)
