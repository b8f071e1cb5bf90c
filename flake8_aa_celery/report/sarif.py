"""SARIF 2.1.0, the format of code scanning services and of many editors."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING
from urllib.parse import quote

from flake8_aa_celery import __version__
from flake8_aa_celery.fingerprints import fingerprints
from flake8_aa_celery.places import below_repository
from flake8_aa_celery.report._links import DOCUMENTATION, page_of
from flake8_aa_celery.rules import all_rules, severity_in, severity_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from flake8_aa_celery.report import Edit, Result, Results
    from flake8_aa_celery.violation import Violation

WITH_EDITS = True

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "convention": "note"}
#: The root of the repository, as code scanning services call it.
_ROOT = "%SRCROOT%"


def render(results: Results) -> Iterator[str]:
    """One run, with the pages of the rules that found something."""
    codes = sorted({found.code for result in results for found in result.violations})
    driver = {
        "name": "flake8-aa-celery",
        "informationUri": DOCUMENTATION,
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [found for result in results for found in _results(result, codes)],
    }
    yield dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    rule = all_rules()[code]
    summary, page = rule.documentation.partition("\n")[0], rule.documentation
    return {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": summary},
        "helpUri": page_of(code),
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"enabled": rule.default, "level": _LEVELS[severity_of(code)]},
        "properties": {"tags": ["celery"], "profiles": list(rule.profiles), "fix": rule.fix or "none"},
    }


def _results(result: Result, codes: list[str]) -> Iterator[dict[str, Any]]:
    path = below_repository(result.path)
    location = _location(path)
    known = fingerprints(path, result.violations, result.data)
    for (found, edits), fingerprint in zip(result.with_edits(), known, strict=True):
        place = {"artifactLocation": location, "region": _region(found)}
        yield {
            "ruleId": found.code,
            "ruleIndex": codes.index(found.code),
            "level": _LEVELS[severity_in(found)],
            "message": {"text": found.message},
            "locations": [{"physicalLocation": place}],
            "partialFingerprints": {"aaCelery/v1": fingerprint},
            **_fix(found, location, edits),
            **_flow(found),
        }


def _flow(found: Violation) -> dict[str, Any]:
    """The calls that lead to what a violation is about, one after the other."""
    steps = [
        {
            "message": {"text": each.what},
            "physicalLocation": {
                "artifactLocation": _location(below_repository(each.path)),
                "region": {"startLine": each.line},
            },
        }
        for each in found.trace
    ]
    if not steps:
        return {}
    flow = {"threadFlows": [{"locations": [{"location": step} for step in steps]}]}
    return {"relatedLocations": [{"id": number, **step} for number, step in enumerate(steps)], "codeFlows": [flow]}


def _location(path: str) -> dict[str, str]:
    uri = quote(path, errors="surrogatepass")
    return {"uri": f"file://{uri}"} if path.startswith("/") else {"uri": uri, "uriBaseId": _ROOT}


def _region(found: Violation) -> dict[str, int]:
    return {
        "startLine": found.line,
        "startColumn": found.column + 1,
        "endLine": found.end_line,
        "endColumn": found.end_column + 1,
    }


def _fix(found: Violation, location: dict[str, str], edits: Sequence[Edit]) -> dict[str, Any]:
    """What a fix would do: its safety and its title as a property, and what it would change, if that is known."""
    fix = found.fix
    if not fix:
        return {}
    properties = {"properties": {"fix": {"safety": fix.safety, "title": fix.title}}}
    if not edits:
        return properties
    replacements = [
        {
            "deletedRegion": {"startLine": edit.line, "startColumn": 1, "endLine": edit.end_line, "endColumn": 1},
            "insertedContent": {"text": edit.text},
        }
        for edit in edits
    ]
    change = {"artifactLocation": location, "replacements": replacements}
    return {**properties, "fixes": [{"description": {"text": fix.title}, "artifactChanges": [change]}]}
