"""Run the test suites of real apps before and after fixes: ``python -m benchmarks.suites FOLDER [APP …]``.

FOLDER holds apps of Alliance Auth as they are unpacked from their distributions: each a folder with its package, with
the tests in it, and its ``.dist-info``. They run on sqlite, on a Redis that is started for them (``redis-server``), and
in an environment of their own, into which what they depend on is installed. For each app is said which tests fail
that did not before, after ``fix`` and after ``fix --unsafe-fixes``. Exits with 1 where there are any.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
#: What the suites import and do not depend on.
TOOLS = (
    "allianceauth",
    "django-webtest",
    "factory-boy",
    "faker",
    "freezegun",
    "markdown",
    "pook",
    "requests-mock",
    "responses",
)
#: Seconds after which a suite is given up.
PATIENCE = 1200

_SETTINGS = '''\
import os
from importlib.metadata import PackageNotFoundError, files, requires
from re import match

from allianceauth.project_template.project_name.settings.base import *

SECRET_KEY = "suite"
ROOT_URLCONF = "suite_urls"
WSGI_APPLICATION = None
SITE_URL = "https://example.com"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
STATIC_ROOT = "/tmp/static"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
REDIS = "redis://127.0.0.1:" + os.environ["SUITE_REDIS"]
BROKER_URL = REDIS + "/0"
CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": REDIS + "/1"}}
ESI_SSO_CLIENT_ID = ESI_SSO_CLIENT_SECRET = "suite"
ESI_SSO_CALLBACK_URL = "https://example.com/sso/callback"
ESI_USER_CONTACT_EMAIL = "suite@example.com"
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"handlers": []}}
TEST_RUNNER = "suite_runner.Runner"


def apps_of(distribution):
    """The packages of a distribution that are apps."""
    try:
        found = {path.parts[0] for path in files(distribution) or () if len(path.parts) == 2 and path.name == "apps.py"}
    except PackageNotFoundError:
        return []
    return sorted(found)


def wanted_by(distribution, seen):
    """The distributions that one needs, those that they need first; none of its extras."""
    try:
        lines = [line for line in requires(distribution) or () if "extra ==" not in line]
    except PackageNotFoundError:
        return
    for name in [match(r"[\\w.-]+", line)[0].lower() for line in lines]:
        if name not in seen:
            seen.add(name)
            yield from wanted_by(name, seen)
            yield name


wanted = list(wanted_by(os.environ["SUITE_DISTRIBUTION"], set()))
for app in [*(app for name in wanted for app in apps_of(name)), *os.environ["SUITE_PACKAGES"].split()]:
    if app not in INSTALLED_APPS and app not in ("allianceauth", "esi", "solo"):
        INSTALLED_APPS.append(app)
'''
_URLS = """\
from django.urls import include, path

urlpatterns = [path("", include("allianceauth.urls"))]
"""
_RUNNER = """\
import json
import os

from django.test.runner import DiscoverRunner


class Runner(DiscoverRunner):
    def suite_result(self, suite, result, **kwargs):
        failed = {test.id(): text.strip().splitlines()[-1] for test, text in result.failures + result.errors}
        with open(os.environ["SUITE_RESULT"], "w") as file:
            json.dump({"run": result.testsRun, "failed": failed}, file)
        return 0
"""


class App(NamedTuple):
    """An app as it is unpacked.

    :param packages: what stands beside the folder that tells of the distribution.
    """

    folder: Path
    name: str
    version: str
    packages: tuple[str, ...]


class Outcome(NamedTuple):
    """What a suite said.

    :param run: how many tests ran; 0 where it could not be started.
    :param failed: the last line of what is said of each test that failed.
    """

    run: int
    failed: dict[str, str]


def main() -> int:
    """Read the command line, run the suites, say what fails."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suites", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder of unpacked distributions")
    parser.add_argument("apps", nargs="*", help="the folders of those to run (all)")
    parser.add_argument("--environment", type=Path, default=ROOT / "build" / "suites", metavar="FOLDER")
    arguments = parser.parse_intermixed_args()
    python = _environment(arguments.environment.absolute())
    folders = [arguments.folder / name for name in arguments.apps] or sorted(arguments.folder.iterdir())
    worse = 0
    with _redis() as port:
        for folder in folders:
            app = _app_in(folder)
            if app is not None:
                worse += _report(app, python, port)
    return int(worse > 0)


def _environment(folder: Path) -> Path:
    """The Python of an environment with Alliance Auth; made where it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        _install(python, *TOOLS)
    return python


def _install(python: Path, *names: str) -> None:
    subprocess.run([python, "-m", "pip", "install", "--quiet", *names], check=False)


@contextmanager
def _redis() -> Iterator[int]:
    """A Redis of our own that keeps nothing; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            yield port
        finally:
            server.terminate()


def _app_in(folder: Path) -> App | None:
    """The app in a folder, if it ships tests."""
    told = next(folder.glob("*.dist-info"), None)
    if told is None:
        return None
    name, _, version = told.name.removesuffix(".dist-info").partition("-")
    packages = tuple(sorted(path.name for path in folder.iterdir() if (path / "apps.py").exists()))
    has_tests = any((folder / package / "tests").is_dir() for package in packages)
    return App(folder, name, version, packages) if has_tests else None


def _report(app: App, python: Path, port: int) -> int:
    """Run a suite three times, and print what fails that did not; how many those are."""
    _install(python, f"{app.name}=={app.version}")
    before = _outcome(app, python, port, [])
    print(f"{app.folder.name}: {before.run} tests, {len(before.failed)} fail before", flush=True)
    worse = 0
    for options in (["fix"], ["fix", "--unsafe-fixes"]) if before.run else ():
        after = _outcome(app, python, port, options)
        new = {name: line for name, line in after.failed.items() if name not in before.failed}
        lost = max(before.run - after.run, 0)
        print(f"  after `{' '.join(options)}`: {len(new)} more fail" + (f", {lost} do not run" if lost else ""))
        for name, line in sorted(new.items()):
            print(f"    {name}: {line}", flush=True)
        worse += len(new) + lost
    return worse


def _outcome(app: App, python: Path, port: int, options: list[str]) -> Outcome:
    """What the suite says of a copy of an app, fixed where options of our command are given."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        for package in app.packages:
            shutil.copytree(app.folder / package, root / package)
        for name, text in (("suite_settings", _SETTINGS), ("suite_urls", _URLS), ("suite_runner", _RUNNER)):
            (root / f"{name}.py").write_text(text)
        (root / "pyproject.toml").touch()
        if options:
            command = [sys.executable, "-m", "flake8_aa_celery", *options, "--exit-zero", "--quiet", *app.packages]
            subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
        return _run(app, python, port, root)


def _run(app: App, python: Path, port: int, root: Path) -> Outcome:
    result = root / "result.json"
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "DJANGO_SETTINGS_MODULE": "suite_settings",
        "SUITE_REDIS": str(port),
        "SUITE_RESULT": str(result),
        "SUITE_DISTRIBUTION": app.name,
        "SUITE_PACKAGES": " ".join(app.packages),
    }
    command = [str(python), "-m", "django", "test", "--noinput", *app.packages]
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(0, {})
    if not result.exists():
        print(f"  could not be run: {done.stderr.strip().splitlines()[-1:]}")
        return Outcome(0, {})
    return Outcome(**json.loads(result.read_text()))


if __name__ == "__main__":
    sys.exit(main())
