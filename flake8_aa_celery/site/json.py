"""A site as one object for other programs; docs/site.md describes it."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from flake8_aa_celery.site.elements import Entry, Site, SiteApp

#: Raised where a field changes its meaning or goes; more fields may come at any time.
VERSION = 1


def render(site: Site) -> str:
    """The object."""
    found = {
        "version": VERSION,
        "path": site.path,
        "environment": site.environment or None,
        "starts_an_hour": round(site.an_hour, 3),
        "starts_at_minute": list(site.minutes),
        "entries": list(map(_entry, site.entries)),
        "missing": list(map(_entry, site.missing)),
        "doubles": list(map(list, site.doubles)),
        "apps": list(map(_app, site.apps)),
        "problems": list(site.problems),
    }
    return dumps(found, indent=2, ensure_ascii=False) + "\n"


def _entry(entry: Entry) -> dict[str, Any]:
    times = entry.times
    return {
        "name": entry.name,
        "task": entry.task or None,
        "arguments": entry.given,
        "when": times.text if times else None,
        "starts_an_hour": round(times.an_hour, 3) if times else None,
        "minutes": list(times.minutes) if times else [],
        "hours": list(times.hours) if times else [],
        "is_spread": times.is_spread if times else False,
        "priority": entry.priority,
        "path": entry.path,
        "line": entry.line,
        "origin": entry.origin or None,
        "problems": [
            {"code": each.code or None, "message": each.message, "stops": each.stops} for each in entry.problems
        ],
    }


def _app(app: SiteApp) -> dict[str, Any]:
    tasks = [{"name": task.name, "priority": task.priority, "entries": list(task.entries)} for task in app.tasks]
    return {"title": app.title, "package": app.package, "tasks": tasks}
