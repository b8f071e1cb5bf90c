"""Find files, read them, and know which of their lines say ``noqa``."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, NamedTuple

from flake8_aa_celery.documents import is_document
from flake8_aa_celery.gitignore import is_ignored, of_parents, own
from flake8_aa_celery.places import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from tokenize import TokenInfo

    from flake8_aa_celery.settings import Settings
    from flake8_aa_celery.violation import Violation

    #: is told a path that could not be read, and why
    Failed = Callable[[str, str], None]
    #: gives the settings of the files in a folder
    SettingsOf = Callable[[str], Settings]

#: How documents begin that tell what has changed: what they show is not to be copied any more.
_OF_THE_PAST = ("changelog", "changes", "history", "news", "release")
#: What flake8 takes for a ``noqa`` comment, of which the first in a line counts.
NOQA = re.compile(r"# noqa(?::\s?(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)
#: Python in JSON, which nothing here reads.
_NOTEBOOK = ".ipynb"


def find(paths: Iterable[str], settings: Settings | SettingsOf, failed: Failed) -> list[str]:
    """The files that paths stand for, sorted, each once.

    A file that is named is always there, unless the settings exclude it and ``force-exclude`` is set. Of a folder it is
    what the settings include below it, except what they exclude, what a ``.gitignore`` names, and changelogs: they
    speak of the past. Symbolic links to folders are not followed, and links to files count only where these lie
    below the folder, too: nothing else is read or changed.

    :param settings: for all files, or what gives those of a folder.
    :param failed: is told of each path that does not exist, is no file, cannot be entered, or holds a notebook.
    :return: paths that begin as they were given.
    """
    found: dict[str, None] = {}
    wanted = _Wanted(settings if callable(settings) else lambda _: settings)
    for path in paths:
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError) as error:
            failed(path, reason(error))
            continue
        if wanted.is_left_out(path):  # even where it is named
            continue
        if stat.S_ISDIR(mode):
            found.update(dict.fromkeys(_walk(path, wanted, failed)))
        elif not stat.S_ISREG(mode):
            failed(path, "Not a regular file")
        elif path.endswith(_NOTEBOOK):
            failed(path, "notebooks are not checked")
        else:
            found[path] = None
    return sorted(found)


def is_excluded(path: str, of: SettingsOf) -> bool:
    """Whether a file that is named is to be left out: the settings of its folder exclude it, and say so of such, too.

    :param of: gives the settings of a folder.
    """
    return _Wanted(of).is_left_out(path)


def read(path: str) -> bytes:
    """The bytes of a file.

    :raises OSError: where it cannot be read.
    """
    with open(path, "rb", buffering=0) as file:
        return file.read()


def reason(error: Exception) -> str:
    """Why something could not be read or written, without its path."""
    return getattr(error, "strerror", None) or str(error)


class _Included:
    """Whether a file is searched for: by its name, or by its absolute path."""

    __slots__ = ("_rest", "_suffixes")

    def __init__(self, patterns: Iterable[str]) -> None:
        suffixes = [pattern[1:] for pattern in patterns if pattern[:1] == "*" and not _is_pattern(pattern[1:])]
        rest = [pattern for pattern in patterns if pattern[1:] not in suffixes]
        self._suffixes = tuple(suffixes)
        self._rest = _Excluded(rest) if rest else None

    def __call__(self, name: str, absolute: str) -> bool:
        if not name.endswith(self._suffixes) and not (self._rest and self._rest(name, absolute)):
            return False
        if name.endswith(_NOTEBOOK):
            return False
        return name.endswith(".py") or not (is_document(name) and name.lower().startswith(_OF_THE_PAST))


def _is_pattern(text: str) -> bool:
    return any(sign in text for sign in "*?[/")


class _Excluded:
    """Whether a file or folder is excluded: by its name alone, or by its absolute path."""

    __slots__ = ("_names", "_patterns")

    def __init__(self, patterns: Iterable[str]) -> None:
        from fnmatch import translate
        from re import compile

        listed = set(patterns)
        plain = {pattern for pattern in listed if not _is_pattern(pattern)}
        self._names = frozenset(plain)
        rest = "|".join(map(translate, sorted(listed - plain)))
        self._patterns = compile(rest) if rest else None

    def __call__(self, name: str, absolute: str) -> bool:
        if name in self._names:
            return True
        matches = self._patterns and self._patterns.match
        return bool(matches and (matches(name) or matches(absolute.rstrip("/"))))


def excludes(path: str, root: str, settings: Settings) -> bool:
    """Whether the settings exclude a file, or a folder that it lies in below the root of its project."""
    excluded = _Excluded((*settings.exclude, *settings.extend_exclude))
    whole = os.path.abspath(path)
    while len(whole) > len(root):
        if excluded(os.path.basename(whole), whole):
            return True
        whole = os.path.dirname(whole)
    return False


class _Wanted:
    """What the settings of a folder include and exclude, by folder."""

    __slots__ = ("_known", "_of")

    def __init__(self, of: SettingsOf) -> None:
        self._of = of
        self._known: dict[Settings, tuple[_Included, _Excluded]] = {}

    def __call__(self, folder: str) -> tuple[_Included, _Excluded]:
        """What is included and what is excluded in a folder."""
        settings = self._of(folder)
        if settings not in self._known:
            excluded = _Excluded((*settings.exclude, *settings.extend_exclude))
            self._known[settings] = _Included(settings.include), excluded
        return self._known[settings]

    def is_left_out(self, path: str) -> bool:
        """Whether a path that is named, or a folder above it in this one or in its project, is to be left out."""
        absolute = os.path.abspath(path)
        if not self._of(os.path.dirname(absolute)).force_exclude:
            return False
        here = os.path.abspath("").rstrip(os.sep) + os.sep
        top = here if absolute.startswith(here) else Places().project_root(absolute).rstrip(os.sep) + os.sep
        while absolute.startswith(top):
            folder, name = os.path.split(absolute)
            if self(folder)[1](name, absolute):
                return True
            absolute = folder
        return False


def _walk(top: str, wanted: _Wanted, failed: Failed) -> Iterator[str]:
    start = os.path.abspath(top).rstrip("/") + "/"
    folders = [(top, start, of_parents(start))]
    while folders:
        folder, absolute, gitignores = folders.pop()
        try:
            with os.scandir(folder) as entries:
                listed = list(entries)
            if any(entry.name == ".gitignore" for entry in listed):
                gitignores = (*gitignores, *own(absolute))
        except OSError as error:
            failed(folder, reason(error))
            continue
        included, excluded = wanted(absolute)
        for entry in listed:
            is_folder = entry.is_dir(follow_symlinks=False)
            whole = absolute + entry.name + "/" * is_folder
            if not is_folder and not included(entry.name, whole):
                continue
            if excluded(entry.name, whole) or (gitignores and is_ignored(whole, gitignores)):
                continue
            if is_folder:
                folders.append((entry.path, whole, gitignores))
            elif _is_file(entry, start):
                yield entry.path


def _is_file(entry: os.DirEntry[str], top: str) -> bool:
    """Whether an entry is a file, or a link to one that lies below the folder that is searched."""
    try:
        if not entry.is_file():
            return False
    except OSError:  # a symbolic link that leads to itself
        return False
    return not entry.is_symlink() or os.path.realpath(entry.path).startswith(os.path.realpath(top).rstrip("/") + "/")


def decode(data: bytes) -> str:
    """The text of Python source: by its cookie, its byte-order mark, or as UTF-8; without the mark.

    Ends of lines are as they were.

    :raises SyntaxError: for a cookie that names no encoding of texts or contradicts the mark.
    :raises UnicodeDecodeError: for bytes that the encoding does not have.
    """
    try:
        return data.decode(_encoding_of(data))
    except LookupError as error:  # of bytes, such as zlib
        raise SyntaxError(str(error)) from error


def encode(text: str, like: bytes) -> bytes:
    """Text in the encoding of Python source, with its byte-order mark.

    :raises SyntaxError: as :func:`decode`.
    :raises UnicodeEncodeError: where that encoding does not have a character of the text.
    """
    try:
        return text.encode(_encoding_of(like))
    except LookupError as error:
        raise SyntaxError(str(error)) from error


def _encoding_of(data: bytes) -> str:
    """The name of the encoding of Python source.

    :raises SyntaxError: as :func:`decode`.
    :raises LookupError: from Python 3.14 on, for an encoding of bytes.
    """
    from io import BytesIO
    from tokenize import detect_encoding

    encoding, _ = detect_encoding(BytesIO(data).readline)
    return encoding


def split(text: str) -> list[str]:
    """The lines of a text as Python counts them, each with its end as it is: a form feed ends none."""
    from io import StringIO

    return list(StringIO(text, newline=""))


def lines_of(data: bytes) -> list[str]:
    """The lines of Python source as flake8 reads them, each with its end, which is always a line feed.

    What cannot be decoded is read as Latin-1, so that there are always lines.
    """
    from io import StringIO

    try:
        text = decode(data)
    except (SyntaxError, UnicodeError):
        text = data.decode("latin-1")
    return list(StringIO(text, newline=None))


def heed_noqa(violations: list[Violation], path: str, data: bytes) -> list[Violation]:
    """The violations that no ``noqa`` silences, exactly as the installed flake8 would have it."""
    if not violations or b"noqa" not in data.lower():
        return violations
    from flake8.defaults import NOQA_FILE
    from flake8.violation import Violation as Flake8Violation

    lines = lines_of(data)
    if any(NOQA_FILE.match(line) for line in lines):
        return []
    searched = {} if is_document(path) else statements(lines)
    kept = []
    for found in violations:
        first, last = searched.get(found.line, (found.line, found.line))
        line = "".join(lines[first - 1 : last])
        asked = Flake8Violation(found.code, path, found.line, found.column + 1, found.message, line)
        if not asked.is_inline_ignored(disable_noqa=False):
            kept.append(found)
    return kept


class NoqaComment(NamedTuple):
    """A ``noqa`` comment that names codes.

    :param line: from 1, where it stands; ``column`` and ``end`` from 0 in characters, where it says ``noqa`` and ends.
    :param codes: those that it names, in capital letters.
    :param first: the first of the lines that it is for; ``last`` is the last.
    """

    line: int
    column: int
    end: int
    codes: tuple[str, ...]
    first: int
    last: int


def noqa_comments(data: bytes) -> list[NoqaComment]:
    """The comments of Python source by which the installed flake8 silences some codes; none where it silences all.

    :raises SyntaxError: where the source is no Python.
    """
    if b"noqa" not in data.lower():
        return []
    from flake8.defaults import NOQA_FILE

    lines = lines_of(data)
    if any(NOQA_FILE.match(line) for line in lines):
        return []
    searched = statements(lines)
    found: list[NoqaComment] = []
    for number, column in comments(lines).items():
        first, last = searched.get(number, (number, number))
        heard = NOQA.search("".join(lines[first - 1 : last]))
        match = NOQA.search(lines[number - 1], column)
        if match and match["codes"] and heard and heard[0] == match[0]:
            codes = tuple(dict.fromkeys(re.findall(r"[A-Z]+[0-9]+", match["codes"].upper())))
            found.append(NoqaComment(number, *match.span(), codes, first, last))
    return found


def statements(lines: list[str]) -> dict[int, tuple[int, int]]:
    """For each line the first and the last of those in which flake8 looks for its ``noqa``.

    All lines of a multi-line string are one, and those joined by a backslash; within parentheses each is for itself.
    """
    from tokenize import DEDENT, ENDMARKER, NEWLINE, NL, TokenError

    found: dict[int, tuple[int, int]] = {}
    first = 0
    try:
        for token in _tokens(lines):
            if token.type in (ENDMARKER, DEDENT):
                continue
            first = first or token.start[0]
            if token.type in (NL, NEWLINE):
                last = token.end[0]
                found.update(dict.fromkeys(range(first, last + 1), (first, last)))
                first = 0
    except (TokenError, SyntaxError):
        return {}
    return found


def comments(lines: list[str]) -> dict[int, int]:
    """The column in which the comment of a line begins, by line.

    :raises SyntaxError: where the lines are no Python.
    """
    from tokenize import COMMENT, TokenError

    try:
        return {token.start[0]: token.start[1] for token in _tokens(lines) if token.type == COMMENT}
    except TokenError as error:
        raise SyntaxError(str(error)) from error


def _tokens(lines: list[str]) -> Iterator[TokenInfo]:
    from tokenize import generate_tokens

    following = iter(lines)
    return generate_tokens(lambda: next(following))
