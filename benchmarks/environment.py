"""The environment in which everything is measured: this project and its peers, installed as users install them."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
PEERS = ("flake8", "flake8-comprehensions", "ruff")
PROJECT = "flake8-aa-celery"


class Environment:
    """A virtual environment with this project, as it is now, and its peers.

    :param folder: where it is; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = str(folder / "bin" / "python")

    def prepare(self) -> None:
        """Make the environment and bring it up to date.

        :raises subprocess.CalledProcessError: where something cannot be installed.
        """
        if not Path(self.python).exists():
            venv.create(self.folder, with_pip=True)
        install = [self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*install, str(ROOT), *PEERS], check=True)
        subprocess.run([*install, "--no-deps", "--force-reinstall", str(ROOT)], check=True)

    def command(self, name: str) -> str:
        """The path of an installed command."""
        return str(self.folder / "bin" / name)

    def answer(self, script: str, *arguments: str) -> Any:
        """What a script of this folder, run in the environment, prints as JSON."""
        command = [self.python, str(HERE / script), *arguments]
        # The checkout's own modules must not hide the installed ones.
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=self.folder)
        return json.loads(done.stdout)

    def versions(self) -> dict[str, str]:
        """The versions of what is compared, by name."""
        code = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]), sep='\\n')"
        names = (PROJECT, *PEERS)
        done = subprocess.run([self.python, "-c", code, *names], check=True, capture_output=True, text=True)
        return dict(zip(names, done.stdout.split(), strict=True))


def machine() -> str:
    """The machine in a few words."""
    cpus = Path("/proc/cpuinfo")
    models = [line for line in cpus.read_text().splitlines() if "model name" in line] if cpus.exists() else []
    model = models[0].partition(": ")[2] if models else platform.processor() or platform.machine()
    return f"{os.cpu_count()} x {model}, {platform.system()}, Python {platform.python_version()}"
