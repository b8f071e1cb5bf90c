"""What tells a violation from others wherever its line has moved."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from flake8_aa_celery.source import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flake8_aa_celery.violation import Violation

#: 128 bits: no two violations of a project share them.
_LENGTH = 32


def fingerprints(path: str, violations: Sequence[Violation], data: bytes) -> Iterator[str]:
    """A fingerprint for each violation of a file, in their order.

    It is made of the path, the code, the text of the line, and how many alike stand above it, so that it stays the
    same when lines are added or indented elsewhere; it differs from that of all other violations.

    :param path: as :func:`.places.below` gives it, so that it does not depend on where the command was called.
    :param data: the bytes of the file.
    """
    lines = lines_of(data) if violations else []
    seen: dict[tuple[str, str], int] = {}
    for found in violations:
        text = "".join(lines[found.line - 1 : found.line]).strip()
        number = seen[found.code, text] = seen.get((found.code, text), -1) + 1
        whole = "\0".join((path, found.code, text, str(number)))
        yield sha256(whole.encode(errors="surrogatepass")).hexdigest()[:_LENGTH]
