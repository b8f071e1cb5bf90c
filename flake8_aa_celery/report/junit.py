"""JUnit's XML, which CI services show as failed tests: a suite a file, a case a violation."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from flake8_aa_celery.wording import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.report import Result, Results

_TOOL = "flake8-aa-celery"


def render(results: Results) -> Iterator[str]:
    """The suites of the files in which something was found; one that passed where there are none."""
    found = [result for result in results if result.violations]
    total = sum(len(result.violations) for result in found)
    suites = Element("testsuites", name=_TOOL, tests=str(total or 1), failures=str(total), errors="0")
    for result in found:
        _add_suite(suites, result)
    if not found:
        passed = SubElement(suites, "testsuite", name=_TOOL, tests="1", disabled="0", errors="0", failures="0")
        SubElement(passed, "testcase", name="no violations", classname=_TOOL)
    indent(suites)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _add_suite(suites: Element, result: Result) -> None:
    path, number = printable(result.path), str(len(result.violations))
    counts = {"tests": number, "disabled": "0", "errors": "0", "failures": number}
    suite = SubElement(suites, "testsuite", {"name": path, "package": _TOOL, **counts})
    for found in result.violations:
        line, column = str(found.line), str(found.column + 1)
        name = f"{_TOOL}.{found.code}"
        case = SubElement(suite, "testcase", name=name, classname=path, file=path, line=line, column=column)
        message = printable(found.message)
        failure = SubElement(case, "failure", type=found.code, message=message)
        failure.text = f"{path}:{line}:{column}: {found.code} ({found.name}) {message}"
