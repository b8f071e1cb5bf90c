"""Which calls of libraries wait for ever unless they are given a timeout, and where they take one.

Not among them: httpx, aiohttp, django-esi and others, which have a timeout of their own.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_VERBS = r"(get|options|head|post|put|patch|delete|request|send)"


class Waiting(NamedTuple):
    """Calls that wait for ever unless they are given a ``timeout``.

    :param calls: their origins, in which a call is written with ``()``.
    :param position: how many arguments by position come before the timeout; None where it has to be named.
    :param needed: how many arguments a call has at least that waits: ``FTP()`` does not connect.
    :param by_default: whether ``socket.setdefaulttimeout`` holds for them.
    :param on_session: whether they are methods of a session of requests, which an adapter can give a timeout.
    :param of_object: whether what they are methods of can be made with a timeout.
    """

    calls: re.Pattern[str]
    position: int | None = None
    needed: int = 0
    by_default: bool = False
    on_session: bool = False
    of_object: bool = False


WAITING = (
    Waiting(re.compile(rf"requests(\.api)?\.{_VERBS}")),
    Waiting(re.compile(rf"requests(\.sessions)?\.[Ss]ession\(\)\.{_VERBS}"), on_session=True),
    Waiting(
        re.compile(rf"requests_oauthlib(\.\w+)?\.OAuth[12]Session\(\)\.({_VERBS}|fetch_token|refresh_token)"),
        on_session=True,
    ),
    Waiting(re.compile(r"urllib3\.request"), by_default=True),
    Waiting(re.compile(r"urllib3(\.\w+)?\.PoolManager\(\)\.(request|urlopen)"), by_default=True, of_object=True),
    Waiting(re.compile(r"urllib\.request\.urlopen|urllib\.request\.build_opener\(\)\.open"), 2, by_default=True),
    Waiting(re.compile(r"smtplib\.(SMTP|LMTP)"), 3, by_default=True),
    Waiting(re.compile(r"smtplib\.SMTP_SSL"), 5, by_default=True),
    Waiting(re.compile(r"ftplib\.(FTP)"), 4, needed=1, by_default=True),
    Waiting(re.compile(r"ftplib\.FTP_TLS"), needed=1, by_default=True),
    Waiting(re.compile(r"imaplib\.IMAP4"), 2, by_default=True),
    Waiting(re.compile(r"imaplib\.IMAP4_SSL"), by_default=True),
    Waiting(re.compile(r"poplib\.POP3"), 2, by_default=True),
    Waiting(re.compile(r"http\.client\.HTTPS?Connection"), by_default=True),
    Waiting(re.compile(r"socket\.create_connection"), 1, by_default=True),
    Waiting(re.compile(r"subprocess\.(run|call|check_call|check_output)")),
    Waiting(re.compile(r"subprocess\.Popen\(\)\.wait"), 0),
    Waiting(re.compile(r"subprocess\.Popen\(\)\.communicate"), 1),
)
#: The last names of all of them, and of other things.
METHODS = frozenset(name for known in WAITING for name in re.findall(r"[A-Za-z]\w+", known.calls.pattern)) | {
    "HTTPConnection", "HTTPSConnection",
}  # fmt: skip
_PACKAGES = frozenset(
    {"ftplib", "http", "imaplib", "poplib", "requests", "requests_oauthlib", "smtplib", "socket", "subprocess"}
    | {"urllib", "urllib3"}
)
#: The class whose object, mounted on a session, sets no timeout.
PLAIN_ADAPTERS = frozenset({"requests.adapters.HTTPAdapter()"})


def waiting(dotted: str) -> Waiting | None:
    """How a call of something by its origin waits; None where it does not, or gives up by itself."""
    if dotted.partition(".")[0] not in _PACKAGES:
        return None
    return next((known for known in WAITING if known.calls.fullmatch(dotted)), None)
