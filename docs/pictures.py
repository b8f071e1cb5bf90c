"""Draw what a terminal shows of the README's example: ``python -m docs.pictures`` makes ``images/terminal.svg``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "images" / "terminal.svg"
COLUMNS = 100
_COMMAND = ("check", "hangar")


def example() -> str:
    """The Python of the README's example, with an empty line for the comment that names its file.

    :raises ValueError: where the README has no such block.
    """
    _, _, after = (ROOT / "README.md").read_text("utf-8").partition("<!-- example -->")
    code = after.partition("```python\n")[2].partition("```")[0]
    if not code:
        raise ValueError("README.md has no example")
    return "\n" + code.partition("\n")[2]


def shown() -> str:
    """What the command prints of it at a terminal, with its colours."""
    with TemporaryDirectory() as folder:
        package = Path(folder, "hangar")
        package.mkdir()
        Path(folder, "pyproject.toml").touch()
        for name, text in {"__init__.py": "", "models.py": "class Character: ...\n", "tasks.py": example()}.items():
            (package / name).write_text(text, "utf-8")
        command = [sys.executable, "-m", "flake8_aa_celery", *_COMMAND, "--color", "always"]
        environment = {**os.environ, "COLUMNS": str(COLUMNS)}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return f"$ aa-celery {' '.join(_COMMAND)}\n{done.stdout}{done.stderr}"


def draw() -> str:
    """The picture as SVG."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(shown()))
    # a picture loads nothing: whoever has no such font sees another one of its kind
    return re.sub(r"@font-face \{[^}]*\}\s*", "", console.export_svg(title="aa-celery", unique_id="terminal"))


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
