"""Code blocks of Markdown and reStructuredText."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.documents import code_blocks, is_document
from frontends import Frontends

if TYPE_CHECKING:
    from flake8_aa_celery.rules import Rule


def blocks(path: str, text: str) -> list[tuple[int, int, str]]:
    return [(block.line, block.indent, block.code) for block in code_blocks(path, text.splitlines(keepends=True))]


@pytest.mark.parametrize(
    "info", ["python", "py", "Python3", " python", "python title=settings", "{code-block} python", "{.python}"]
)
def test_a_fence_that_says_python(info: str) -> None:
    assert blocks("README.md", f"Text\n\n```{info}\nx = 1\n```\nmore\n") == [(4, 0, "x = 1\n")]


@pytest.mark.parametrize("info", ["", "bash", "pycon", "pytest", "text", "{note}"])
def test_a_fence_that_says_something_else(info: str) -> None:
    assert blocks("README.md", f"```{info}\nx = 1\n```\n") == []


def test_a_fence_in_a_list_is_read_without_its_indentation() -> None:
    assert blocks("a.md", "1. do\n\n   ```python\n   if x:\n       y()\n   ```\n") == [(4, 3, "if x:\n    y()\n")]


def test_a_longer_fence_is_not_closed_by_a_shorter_one() -> None:
    assert blocks("a.md", "````python\n```\nx\n````\n") == [(2, 0, "```\nx\n")]


def test_a_fence_of_tildes() -> None:
    assert blocks("a.md", "~~~python\nx\n~~~\n~~~sh\ny\n~~~\n") == [(2, 0, "x\n")]


def test_python_within_another_fence_is_no_block_of_its_own() -> None:
    assert blocks("a.md", "````markdown\n```python\nx\n```\n````\n") == []


def test_a_fence_that_is_never_closed_reaches_to_the_end() -> None:
    assert blocks("a.md", "```python\nx\n\ny\n") == [(2, 0, "x\n\ny\n")]


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("> ```python\n> x = 1\n>\n> if y:\n>     z()\n> ```\n", (2, 2, "x = 1\n\nif y:\n    z()\n")),
        (">```python\n>x = 1\n>```\n", (2, 1, "x = 1\n")),
        ("> > ~~~py\n> > x\n>> y\n> > ~~~\n", (2, 4, "x\ny\n")),
        ("> ```python\n>x = 1\n> y = 2\n> ```\n", (2, 2, "x = 1\ny = 2\n")),
        ("  >   ```python\n  >   x\n  >   ```\n", (2, 6, "x\n")),
        ("> [!NOTE]\n> ```python\n> x > y\n> ```\n", (3, 2, "x > y\n")),
        ("> ```python\n> x\nnot quoted\n", (2, 2, "x\n")),
        ("> ```python\n> > x\n> ```\n", (2, 2, "> x\n")),
        ("```python\n> ```\n```\n", (2, 0, "> ```\n")),
    ],
)
def test_a_fence_in_a_quote_is_read_without_its_signs(text: str, block: tuple[int, int, str]) -> None:
    assert blocks("a.md", text) == [block]


def test_a_quote_that_ends_closes_its_fence() -> None:
    assert blocks("a.md", "> ```sh\n> x\n\n```python\ny\n```\n") == [(5, 0, "y\n")]


@pytest.mark.parametrize(
    "text",
    [
        "<!--\n```python\nx\n```\n-->\n",
        "<!-- old:\n\n```python\nx\n```\n\n-->\n",
        "  <!--\n  ```python\n  x\n  ```\n  -->\n",
        "> <!--\n> ```python\n> x\n> ```\n> -->\n",
        "<!--\n```python\nx\n```\n",
    ],
)
def test_what_is_in_an_html_comment_is_no_block(text: str) -> None:
    assert blocks("a.md", text) == []


@pytest.mark.parametrize(
    "before",
    [
        "<!-- a -->\n",
        "<!--\na\n-->\n",
        "> <!--\n\n",
        "```html\n<!--\n```\n",
        "Text <!--\n",
        "`<!--`\n",
        "<!-- a\nb --> <!-- c\n",
    ],
)
def test_what_is_outside_of_html_comments_is_a_block(before: str) -> None:
    ((_, _, code),) = blocks("a.md", f"{before}```python\nx\n```\n")
    assert code == "x\n"


@pytest.mark.parametrize(
    "text",
    [
        "..\n   .. code-block:: python\n\n      x\n",
        ".. old:\n\n   ::\n\n      x\n",
        ".. like this::\n\n   x\n",
    ],
)
def test_what_is_in_a_comment_of_restructuredtext_is_no_block(text: str) -> None:
    assert blocks("a.rst", text) == []


@pytest.mark.parametrize(
    "before",
    ["..\n\n", ".. old\n", ".. _target:\n\n", ".. [1] note\n", ".. |x| image:: y\n", "..\n   old\n\n", "...\n"],
)
def test_what_is_outside_of_comments_of_restructuredtext_is_a_block(before: str) -> None:
    ((_, _, code),) = blocks("a.rst", f"{before}::\n\n   x\n")
    assert code == "x\n"


@pytest.mark.parametrize(
    "opening", [".. code-block:: python", ".. code:: py", ".. sourcecode:: python", "Like this::", "::"]
)
def test_a_block_of_restructuredtext(opening: str) -> None:
    assert blocks("a.rst", f"{opening}\n\n    x = 1\n\n    y = 2\n\nText\n") == [(3, 4, "x = 1\n\ny = 2\n\n")]


def test_the_options_of_a_directive_are_no_code() -> None:
    assert blocks("a.rst", ".. code-block:: python\n   :caption: local.py\n\n   x = 1\n") == [(4, 3, "x = 1\n")]


@pytest.mark.parametrize("opening", [".. code-block:: bash", ".. note::", "No block:"])
def test_what_is_no_python_in_restructuredtext(opening: str) -> None:
    assert blocks("a.rst", f"{opening}\n\n    x = 1\n") == []


def test_documents_are_known_by_their_names() -> None:
    assert [is_document(name) for name in ("README.md", "a/b.RST", "x.py", "md")] == [True, True, False, False]


README = "# App\n\n```python\nfrom celery import shared_task\nx = f()\nx = 'ä', f()  # noqa: AAC201\n```\n"


@pytest.fixture
def documented(monkeypatch: pytest.MonkeyPatch, fakes: dict[str, Rule]) -> None:
    """A rule that looks at documents, too."""
    monkeypatch.setitem(fakes, "AAC201", fakes["AAC201"]._replace(documents=True))


@pytest.mark.usefixtures("documented")
def test_a_readme_is_checked_with_its_folder(frontends: Frontends) -> None:
    Path("README.md").write_text(README, "utf-8")
    Path("CHANGELOG.md").write_text(README, "utf-8")
    assert frontends.check().lines == ["./README.md:5:5: AAC201 f is called at 7"]
    assert frontends.check("CHANGELOG.md").code == 1


@pytest.mark.usefixtures("documented")
def test_a_quote_in_a_readme_is_checked_and_a_comment_is_not(frontends: Frontends) -> None:
    code = "```python\nfrom celery import shared_task\nx = f()\n```\n"
    quoted = "".join(f"> {line}" for line in code.splitlines(keepends=True))
    Path("README.md").write_text(f"{quoted}\n<!--\n{code}-->\n", "utf-8")
    assert frontends.check().lines == ["./README.md:3:7: AAC201 f is called at 7"]


@pytest.mark.usefixtures("documented")
def test_what_is_fixed_in_a_module_is_not_offered_in_a_document(frontends: Frontends) -> None:
    Path("README.md").write_text(README, "utf-8")
    (found,) = json.loads("\n".join(frontends.check("--output-format=json").lines))
    assert found["fix"] is None


@pytest.mark.usefixtures("documented")
def test_a_readme_is_left_alone_where_only_code_is_included(frontends: Frontends) -> None:
    Path("README.md").write_text(README, "utf-8")
    assert frontends.check("--include=*.py").lines == []
