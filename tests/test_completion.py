"""Shells complete the command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from flake8_aa_celery.report import formats
from flake8_aa_celery.rules import all_rules
from frontends import Frontends

#: Completes the words of a command line as bash does when Tab is pressed after the last of them.
ASK_BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
function=$(complete -p aa-celery | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
"$function" aa-celery "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def script_for(frontends: Frontends, shell: str) -> Path:
    outcome = frontends.command("completion", shell)
    assert outcome.code == 0
    script = Path(f"completion.{shell}")
    script.write_text("\n".join(outcome.lines) + "\n")
    return script


def completed(frontends: Frontends, *words: str) -> set[str]:
    """What bash offers for the last of some words."""
    command = ["bash", "-c", ASK_BASH, "bash", str(script_for(frontends, "bash")), "aa-celery", *words]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ch"], {"check"}),
        (["rul"], {"rule", "rules"}),
        (["check", "--output-fo"], {"--output-format"}),
        (["check", "--color", "al"], {"always"}),
        (["fix", "--di"], {"--diff"}),
        (["check", "--profile", "c"], {"celery"}),
        (["completion", "z"], {"zsh"}),
    ],
)
def test_bash_completes_commands_options_and_values(frontends: Frontends, words: list[str], expected: set[str]) -> None:
    assert completed(frontends, *words) == expected


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash_completes_formats_codes_and_files(frontends: Frontends) -> None:
    Path("tasks.py").touch()
    assert completed(frontends, "check", "--output-format", "") == set(formats())
    assert completed(frontends, "rule", "AAC2") == {code for code in all_rules() if code.startswith("AAC2")}
    assert completed(frontends, "check", "ta") == {"tasks.py"}


@pytest.mark.parametrize(
    ("shell", "check"),
    [("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])],
)
def test_a_shell_can_read_its_script(frontends: Frontends, shell: str, check: list[str]) -> None:
    script = script_for(frontends, shell)
    for word in ("check", "--output-format", "AAC205"):
        assert word.removeprefix("--") in script.read_text()
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    assert subprocess.run([*check, str(script)], check=False).returncode == 0


def test_another_shell_is_misuse(frontends: Frontends) -> None:
    assert frontends.command("completion", "tcsh").code == 2
