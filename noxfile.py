"""What ``.ci/run`` does, a session a step: ``nox``, ``nox -s lint``, ``nox -s tests-3.12 -- -k AAC205``.

Each session installs what it needs into an environment of its own. A Python that is not here is skipped.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import nox

nox.options.sessions = ["lint", "types", "docs", "package", "tests"]
nox.options.reuse_existing_virtualenvs = True

PYTHONS = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))
OLDEST_CELERY = "celery==5.4.*"


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests on the oldest and the newest Python, the fast ones on those between."""
    session.install("-e", ".[test]")
    chosen = () if session.python in (PYTHONS[0], PYTHONS[-1]) else ("-m", "not slow")
    session.run("pytest", *chosen, *session.posargs)


@nox.session
def oldest_celery(session: nox.Session) -> None:
    """What is observed of Celery, on the oldest one that is supported."""
    session.install("-e", ".[test]", OLDEST_CELERY)
    session.run("pytest", "tests/behaviour", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, the order of imports between packages, and this linter on itself."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", "--no-cache")
    ours = ("flake8_aa_celery", "tests", "docs", "benchmarks")
    session.run("flake8", "--select=AAC,F", "--exclude=tests/fixtures,tests/graph/project", *ours)
    session.run("aa-celery", "check")


@nox.session
def types(session: nox.Session) -> None:
    """Type annotations."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """What is made of the code is up to date, and the site can be built."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "docs.generate", "--check")
    session.run("zensical", "build", "--strict")


@nox.session
def package(session: nox.Session) -> None:
    """What users install can be built, and runs once it is installed."""
    session.install("build", "twine")
    with TemporaryDirectory() as folder:
        session.run("python", "-m", "build", "--outdir", folder, ".")
        session.run("twine", "check", "--strict", f"{folder}/*")
        session.install(*map(str, Path(folder).glob("*.whl")))
    session.run("aa-celery", "--version")
