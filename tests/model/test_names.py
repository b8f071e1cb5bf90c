"""Which binding a name means, through imports, scopes and the order of statements."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from flake8_aa_celery.model.code.names import means_the_same
from modules import UNKNOWN, look, looked_at, module_of
from support import place

if TYPE_CHECKING:
    from pathlib import Path

TASK = "from celery import shared_task\n\n@shared_task\ndef update(): ...\n"
SETTINGS = "PRIORITY = 3\nOTHER = 4\n"


def cases(*sources: tuple[str, object]) -> pytest.MarkDecorator:
    """Sources with what their ``look(…)`` is expected to be."""
    return pytest.mark.parametrize(("source", "expected"), [(dedent(source).strip(), what) for source, what in sources])


# -- imports ----------------------------------------------------------------------------------------------------


@cases(
    ("from app.settings import PRIORITY\nlook(PRIORITY)", 3),
    ("from app.settings import PRIORITY as P\nlook(P)", 3),
    ("from app import settings\nlook(settings.PRIORITY)", 3),
    ("from app import settings as s\nlook(s.PRIORITY)", 3),
    ("import app.settings\nlook(app.settings.PRIORITY)", 3),
    ("import app.settings as s\nlook(s.PRIORITY)", 3),
    ("import app\nlook(app.settings.PRIORITY)", 3),
    ("from .settings import PRIORITY\nlook(PRIORITY)", 3),
    ("from .settings import (\n    OTHER,\n    PRIORITY,\n)\nlook(PRIORITY)", 3),
    ("from . import settings\nlook(settings.PRIORITY)", 3),
    ("from ..app.settings import PRIORITY\nlook(PRIORITY)", 3),
    ("from .settings import *\nlook(PRIORITY)", 3),
    ("def f():\n    from .settings import PRIORITY\n    look(PRIORITY)", 3),
    ("class A:\n    from .settings import PRIORITY\n    look(PRIORITY)", 3),
    ("if True:\n    from .settings import PRIORITY\nlook(PRIORITY)", 3),
    ("import app.tasks, app.settings as s\nlook(s.PRIORITY)", 3),
    ("from .settings import MISSING\nlook(MISSING)", UNKNOWN),
    ("from . import settings\nlook(settings.MISSING)", UNKNOWN),
    ("from .missing import PRIORITY\nlook(PRIORITY)", "app.missing.PRIORITY"),
    ("from .....too.far import PRIORITY\nlook(PRIORITY)", ".too.far.PRIORITY"),
    ("from .....celery import chain\nlook(chain)", "app"),
    ("import settings\nlook(settings.PRIORITY)", "settings.PRIORITY"),
)
def test_a_constant_is_found_through_every_way_to_import_it(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source, files={"app/settings.py": SETTINGS}) == expected


@cases(
    ("from celery import shared_task as st\n@st\ndef t(): ...\nlook(t)", "task t"),
    ("import celery\n@celery.shared_task\ndef t(): ...\nlook(t)", "task t"),
    ("import celery as c\n@c.shared_task()\ndef t(): ...\nlook(t)", "task t"),
    ("from celery.app import shared_task\n@shared_task\ndef t(): ...\nlook(t)", "task t"),
    ("from celery import *\n@shared_task\ndef t(): ...\nlook(t)", "task t"),
    ("from celery import shared_task\nst = shared_task\n@st\ndef t(): ...\nlook(t)", "task t"),
    ("from celery import Celery\napp = Celery()\n@app.task\ndef t(): ...\nlook(t)", "task t"),
    ("from other import shared_task\n@shared_task\ndef t(): ...\nlook(t)", "function t"),
    ("def shared_task(f): ...\n@shared_task\ndef t(): ...\nlook(t)", "function t"),
    ("from celery import shared_task\nshared_task = print\n@shared_task\ndef t(): ...\nlook(t)", "function t"),
    ("def f(shared_task):\n    @shared_task\n    def t(): ...\n    look(t)", "function t"),
)
def test_a_task_is_known_by_where_its_decorator_comes_from(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@cases(
    ("from .tasks import update\nlook(update)", "task update"),
    ("from app.tasks import update as u\nlook(u)", "task update"),
    ("from . import tasks\nlook(tasks.update)", "task update"),
    ("import app.tasks\nlook(app.tasks.update)", "task update"),
    ("from .tasks import *\nlook(update)", "task update"),
    ("from .tasks import update as delete\nupdate = 3\nlook(delete)", "task update"),
    ("from .tasks import update\nagain = update\nlook(again)", "task update"),
    ("from .tasks import shared_task\nlook(shared_task)", "celery.shared_task"),
    ("from .tasks import update\ndel update\nlook(update)", UNKNOWN),
)
def test_a_task_is_found_through_every_way_to_import_it(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source, "app/views.py", files={"app/tasks.py": TASK}) == expected


def test_a_name_is_followed_through_the_init_of_its_package(tmp_path: Path) -> None:
    files = {"app/__init__.py": "from .core import *\n", "app/core/__init__.py": "from .values import PRIORITY as P\n"}
    assert look(tmp_path, "from app import P\nlook(P)", files={"app/core/values.py": SETTINGS, **files}) == 3


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        ("settings = 5", UNKNOWN),  # whoever imports the module later makes another thing of the name
        ("def settings(): ...", UNKNOWN),
        ("from .settings import OTHER as settings", 4),  # the module is imported, and will not be again
        ("if x:\n    from .settings import OTHER as settings", UNKNOWN),
        ("from . import settings", "app.settings"),
        ("", "app.settings"),
    ],
)
def test_what_an_init_binds_to_the_name_of_a_module_in_it(tmp_path: Path, init: str, expected: object) -> None:
    others = {"app/__init__.py": f"{init}\n", "app/settings.py": SETTINGS}
    assert look(tmp_path, "from app import settings\nlook(settings)", files=others) == expected


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        ("from .settings import OTHER\nlook(settings.PRIORITY)", 3),
        ("import app.settings\nlook(settings)", "app.settings"),
        ("from .settings import *\nfrom .other import *\nlook(settings)", UNKNOWN),
        ("look(other)", "app.other"),
        ("look(gone)", UNKNOWN),
    ],
)
def test_a_module_that_is_imported_is_a_name_of_its_package(tmp_path: Path, init: str, expected: object) -> None:
    others = {"app/settings.py": SETTINGS, "app/other.py": "settings = 3\n"}
    assert look(tmp_path, init, "app/__init__.py", files=others) == expected


def test_whoever_asks_a_module_with_a_getattr_may_be_answered_by_that(tmp_path: Path) -> None:
    others = {"app/lazy.py": "P = 3\nif x:\n    Q = 4\ndef __getattr__(name): ...\n"}
    source = "from .lazy import P, Q, R\nlook(P)\nlook(Q)\nlook(R)"
    assert looked_at(module_of(tmp_path, source, files=others)) == [3, UNKNOWN, UNKNOWN]


def test_a_star_import_below_a_name_counts_below_it(tmp_path: Path) -> None:
    others = {"app/one.py": "P = 3\n", "app/two.py": "P = 4\n"}
    source = "P = 1\nlook(P)\nfrom .one import *\nlook(P)\nfrom .two import *\nlook(P)\ndef f():\n    look(P)"
    assert looked_at(module_of(tmp_path, source, files=others)) == [1, UNKNOWN, UNKNOWN, UNKNOWN]
    source = "from .one import *\nlook(P)\nfrom .two import *\nlook(P)\ndef f():\n    look(P)"
    assert looked_at(module_of(tmp_path, source, files=others)) == [3, 4, 4]


def test_a_module_of_the_package_is_found_where_the_init_does_not_bind_it(tmp_path: Path) -> None:
    others = {"app/__init__.py": "from . import settings\n", "app/settings.py": SETTINGS}
    assert look(tmp_path, "from app import settings\nlook(settings.PRIORITY)", files=others) == 3


def test_relative_imports_of_an_init_start_in_its_package(tmp_path: Path) -> None:
    found = look(
        tmp_path,
        "from .settings import PRIORITY\nlook(PRIORITY)",
        "app/__init__.py",
        files={"app/settings.py": SETTINGS},
    )
    assert found == 3


def test_a_parents_package_is_reached_by_two_dots(tmp_path: Path) -> None:
    source = "from ..settings import PRIORITY\nlook(PRIORITY)"
    assert look(tmp_path, source, "app/core/deep/tasks.py", files={"app/core/settings.py": SETTINGS}) == 3


def test_a_src_layout_is_found_from_the_tests_beside_it(tmp_path: Path) -> None:
    place(tmp_path, "src/app/settings.py", SETTINGS.encode())
    (tmp_path / "src" / "__init__.py").unlink()
    assert look(tmp_path, "from app.settings import PRIORITY\nlook(PRIORITY)", "scripts/run.py") == 3


def test_a_namespace_package_is_found(tmp_path: Path) -> None:
    place(tmp_path, "space/app/settings.py", SETTINGS.encode())
    (tmp_path / "space" / "__init__.py").unlink()
    (tmp_path / "space" / "app" / "__init__.py").unlink()
    assert look(tmp_path, "from space.app.settings import PRIORITY\nlook(PRIORITY)") == 3


def test_relative_imports_work_in_a_folder_without_init(tmp_path: Path) -> None:
    place(tmp_path, "app/settings.py", SETTINGS.encode())
    (tmp_path / "app" / "__init__.py").unlink()
    module = module_of(tmp_path, "from .settings import PRIORITY\nlook(PRIORITY)")
    assert looked_at(module) == [3]


def test_imports_in_a_circle_are_unknown(tmp_path: Path) -> None:
    others = {"app/one.py": "from .two import P\n", "app/two.py": "from .one import P\n"}
    assert look(tmp_path, "from .one import P\nlook(P)", files=others) == UNKNOWN


def test_star_imports_in_a_circle_still_give_what_is_there(tmp_path: Path) -> None:
    others = {"app/one.py": "from .two import *\nP = 3\n", "app/two.py": "from .one import *\nQ = 4\n"}
    assert looked_at(module_of(tmp_path, "from .one import *\nlook(P)\nlook(Q)\nlook(R)", files=others)) == [
        3,
        4,
        UNKNOWN,
    ]


def test_a_module_that_imports_itself_is_no_trouble(tmp_path: Path) -> None:
    assert look(tmp_path, "from . import tasks\nP = 3\nlook(tasks.P)") == 3


def test_a_module_that_cannot_be_parsed_is_unknown(tmp_path: Path) -> None:
    assert look(tmp_path, "from .broken import P\nlook(P)", files={"app/broken.py": "P = (\n"}) == UNKNOWN


# -- star imports -----------------------------------------------------------------------------------------------


def test_a_star_import_obeys_all(tmp_path: Path) -> None:
    others = {"app/one.py": "__all__ = ['P']\nP = 3\nQ = 4\n", "app/two.py": "Q = 5\n"}
    source = "from .two import *\nfrom .one import *\nlook(P)\nlook(Q)"
    assert looked_at(module_of(tmp_path, source, files=others)) == [3, 5]


def test_all_may_name_private_names(tmp_path: Path) -> None:
    assert look(tmp_path, "from .one import *\nlook(_P)", files={"app/one.py": "__all__ = ('_P',)\n_P = 3\n"}) == 3


def test_private_names_are_not_star_imported(tmp_path: Path) -> None:
    assert look(tmp_path, "from .one import *\nlook(_P)", files={"app/one.py": "_P = 3\n"}) == UNKNOWN


def test_of_two_star_imports_the_last_one_counts(tmp_path: Path) -> None:
    source = "from .one import *\nfrom .two import *\nlook(P)"
    assert look(tmp_path, source, files={"app/one.py": "P = 3\n", "app/two.py": "P = 4\n"}) == 4


def test_a_later_star_import_overrides_what_is_bound_before(tmp_path: Path) -> None:
    assert look(tmp_path, "P = 3\nfrom .one import *\nlook(P)", files={"app/one.py": "P = 4\n"}) == UNKNOWN


def test_a_later_star_import_without_the_name_changes_nothing(tmp_path: Path) -> None:
    assert look(tmp_path, "P = 3\nfrom .one import *\nlook(P)", files={"app/one.py": "Q = 4\n"}) == 3


def test_a_later_star_import_that_cannot_be_read_may_change_anything(tmp_path: Path) -> None:
    assert look(tmp_path, "P = 3\nfrom library import *\nlook(P)") == UNKNOWN


def test_what_is_bound_after_a_star_import_counts(tmp_path: Path) -> None:
    assert look(tmp_path, "from .one import *\nP = 3\nlook(P)", files={"app/one.py": "P = 4\n"}) == 3


def test_a_conditional_binding_leaves_what_was_star_imported_possible(tmp_path: Path) -> None:
    assert look(tmp_path, "from .one import *\nif x:\n    P = 3\nlook(P)", files={"app/one.py": "P = 4\n"}) == UNKNOWN


def test_an_importer_sees_what_star_imports_override(tmp_path: Path) -> None:
    others = {"app/base.py": "P = 3\n", "app/local.py": "P = 4\nfrom .base import *\n"}
    assert look(tmp_path, "from .local import P\nlook(P)", files=others) == UNKNOWN


# -- rebinding --------------------------------------------------------------------------------------------------


@cases(
    ("P = 3\nP = 4\nlook(P)", 4),
    ("P = 3\nlook(P)\nP = 4", 3),
    ("P = 3\nif x:\n    P = 4\nlook(P)", UNKNOWN),
    ("P = 3\nif x:\n    P = 3\nlook(P)", 3),
    ("if x:\n    P = 3\nelse:\n    P = 4\nlook(P)", UNKNOWN),
    ("if x:\n    P = 3\nelse:\n    P = 3\nlook(P)", 3),
    ("if x:\n    P = 3\n    look(P)\nelse:\n    P = 4", 3),
    ("if x:\n    P = 3\nelse:\n    P = 4\n    look(P)", 4),
    ("P = 3\nif x:\n    P = 4\nelse:\n    look(P)", 3),
    ("P = 3\nif x:\n    P = 4\nelif y:\n    look(P)", 3),
    ("P = 3\nif x:\n    P = 4\n    if y:\n        look(P)", 4),
    ("P = 3\nP = True\nif x:\n    P = 1\nlook(P)", UNKNOWN),
    ("P = 3\nP += 1\nlook(P)", UNKNOWN),
    ("P, Q = 3, 4\nlook(Q)", 4),
    ("P, *Q = 3, 4\nlook(P)", 3),
    ("P = 3\nQ = 4\nP, Q = Q, P\nlook(P)", 4),
    ("P = Q = 3\nlook(P)", 3),
    ("P: int = 3\nlook(P)", 3),
    ("P: int\nP = 3\nlook(P)", 3),
    ("P = 3\ndel P\nlook(P)", UNKNOWN),
    ("P = P\nlook(P)", UNKNOWN),
    ("P = 3\nP, *Q = 4, 5, 6\nlook(P)", UNKNOWN),
    ("P = 3\ndef P(): ...\nlook(P)", "function P"),
    ("P = 3\nclass P: ...\nlook(P)", "class P"),
    ("P = 3\nimport os as P\nlook(P)", "os"),
    ("import os as P\nP = 3\nlook(P)", 3),
    ("P = 3\nfor P in x:\n    look(P)", UNKNOWN),
    ("P = 3\nfor P in x:\n    pass\nlook(P)", UNKNOWN),
    ("for P in (3, 3):\n    look(P)", 3),
    ("for P in (3, 4):\n    look(P)", UNKNOWN),
    ("for P, Q in ((3, 4),):\n    look(P)", UNKNOWN),
)
def test_the_last_binding_before_a_use_counts(tmp_path: Path, source: str, expected: object) -> None:
    indented = "\n".join(f"    {line}" for line in source.splitlines())
    assert look(tmp_path / "module", source) == expected
    assert look(tmp_path / "function", f"def f(x, y):\n{indented}") == expected


@cases(
    ("P = 3\nfor i in x:\n    look(P)\n    P = 4", UNKNOWN),
    ("P = 3\nwhile x:\n    look(P)\n    P = 4", UNKNOWN),
    ("P = 3\nwhile look(P):\n    P = 4", UNKNOWN),
    ("P = 3\nfor i in look(P):\n    P = 4", 3),
    ("P = 3\nfor i in x:\n    if i:\n        P = 4\n    else:\n        look(P)", UNKNOWN),
    ("P = 3\nfor i in x:\n    if i:\n        look(P)\n    else:\n        P = 4", UNKNOWN),
    ("for i in x:\n    P = 3\n    look(P)\n    P = 4", 3),
    ("for i in x:\n    P = 3\n    if i:\n        P = 4\n    else:\n        look(P)", 3),
    ("for i in x:\n    P = 3\n    for j in y:\n        look(P)\n        P = 4", UNKNOWN),
    ("P = 3\nfor i in x:\n    for j in y:\n        look(P)\n    P = 4", UNKNOWN),
    ("P = 3\nfor i in x:\n    P = 4\nlook(P)", UNKNOWN),
    ("P = 3\nfor i in x:\n    P = 4\nelse:\n    P = 5\nlook(P)", UNKNOWN),
    ("P = 3\nfor i in x:\n    pass\nlook(P)\nP = 4", 3),
)
def test_a_loop_brings_a_binding_back(tmp_path: Path, source: str, expected: object) -> None:
    indented = "\n".join(f"    {line}" for line in source.splitlines())
    assert look(tmp_path / "module", source) == expected
    assert look(tmp_path / "function", f"def f(x, y):\n{indented}") == expected


@cases(
    ("try:\n    from lib import P\nexcept ImportError:\n    P = None\nlook(P)", "lib.P"),
    ("try:\n    from lib import P\nexcept (ImportError, OSError):\n    P = None\nlook(P)", "lib.P"),
    ("try:\n    import lib\n    P = 3\nexcept ModuleNotFoundError:\n    P = None\nlook(P)", 3),
    ("try:\n    from lib import P\nexcept ImportError:\n    P = 5\nlook(P)", UNKNOWN),
    ("try:\n    P = 3\nexcept ImportError:\n    P = 5\nlook(P)", UNKNOWN),
    ("try:\n    P = 3\nexcept ValueError:\n    P = None\nlook(P)", UNKNOWN),
    ("try:\n    f()\n    P = 3\nexcept Exception:\n    P = None\nlook(P)", UNKNOWN),
    ("P = 3\ntry:\n    P = 4\nexcept E:\n    look(P)", UNKNOWN),
    ("P = 3\ntry:\n    P = 4\n    look(P)\nfinally:\n    pass", 4),
    ("P = 3\ntry:\n    pass\nfinally:\n    P = 4\nlook(P)", UNKNOWN),
    ("P = 3\ntry:\n    pass\nexcept E as P:\n    look(P)", UNKNOWN),
    ("try:\n    from one import P\nexcept ImportError:\n    from two import P\nlook(P)", UNKNOWN),
    ("try:\n    from lib import P\nexcept ImportError:\n    from lib import P\nlook(P)", "lib.P"),
    (2 * "try:\n    import lib\nexcept ImportError:\n    P = None\n" + "look(P)", None),
)
def test_what_a_try_binds_is_certain_within_it_alone(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@cases(
    ("P = 3\nmatch x:\n    case P:\n        look(P)", UNKNOWN),
    ("P = 3\nmatch x:\n    case {'a': P}:\n        look(P)", UNKNOWN),
    ("P = 3\nmatch x:\n    case [*P]:\n        look(P)", UNKNOWN),
    ("P = 3\nmatch x:\n    case {**P}:\n        look(P)", UNKNOWN),
    ("P = 3\nmatch x:\n    case 1 as P:\n        look(P)", UNKNOWN),
    ("P = 3\nmatch x:\n    case 1:\n        P = 4\nlook(P)", UNKNOWN),
    ("P = 3\nmatch x:\n    case 1:\n        P = 4\n        look(P)", 4),
    ("P = 3\nmatch x:\n    case 1:\n        look(P)", 3),
)
def test_a_match_binds_names(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@cases(
    ("if (P := 3):\n    look(P)", 3),
    ("look((P := 3))", 3),
    ("while (P := 3):\n    look(P)", 3),
    ("P = 0\nx and (P := 3)\nlook(P)", UNKNOWN),
    ("P = 0\ny = (P := 3) if x else 4\nlook(P)", UNKNOWN),
    ("P = 0\n[y for y in x if (P := y)]\nlook(P)", UNKNOWN),
    ("P = 0\n[y for y in x if [z for z in y if (P := 5)]]\nlook(P)", UNKNOWN),
    ("P = 0\nf = lambda: (P := 3)\nlook(P)", 0),
)
def test_a_walrus_binds_where_it_is_reached(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


# -- scopes -----------------------------------------------------------------------------------------------------


@cases(
    ("P = 3\ndef f():\n    look(P)", 3),
    ("P = 3\ndef f():\n    look(P)\nP = 4", UNKNOWN),
    ("P = 3\ndef f(P):\n    look(P)", UNKNOWN),
    ("P = 3\ndef f(P=3):\n    look(P)", UNKNOWN),
    ("P = 3\ndef f(*P):\n    look(P)", UNKNOWN),
    ("P = 3\ndef f(**P):\n    look(P)", UNKNOWN),
    ("P = 3\ndef f(*, P):\n    look(P)", UNKNOWN),
    ("P = 3\ndef f():\n    P = 4\n    look(P)", 4),
    ("P = 3\ndef f():\n    P = 4\nlook(P)", 3),
    ("P = 3\ndef f(a=look(P)):\n    P = 4", 3),
    ("P = 3\n@look(P)\ndef f():\n    P = 4", 3),
    ("P = 3\nasync def f():\n    P = 4\n    look(P)", 4),
    ("P = 3\ndef f():\n    P = 4\n    def g():\n        look(P)", 4),
    ("P = 3\ndef f():\n    def g():\n        look(P)\n    P = 4", 4),
    ("P = 3\ndef f():\n    P = 4\n    def g():\n        look(P)\n    P = 5", UNKNOWN),
    ("P = 3\nf = lambda P: look(P)", UNKNOWN),
    ("def f(x):\n    P = 3\n    with x as P:\n        look(P)", UNKNOWN),
    ("P = 3\nf = lambda: look(P)", 3),
    ("P = 3\nf = lambda a=look(P): a", 3),
)
def test_functions_see_the_names_around_them(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@cases(
    ("class A:\n    P = 3\nlook(A.P)", 3),
    ("class A:\n    P = 3\n    look(P)", 3),
    ("P = 4\nclass A:\n    P = 3\n    def f(self):\n        look(P)", 4),
    ("class A:\n    P = 3\n    def f(self):\n        look(A.P)", 3),
    ("class A:\n    P = 3\n    def f(self):\n        look(self.P)", UNKNOWN),
    ("P = 4\nclass A:\n    P = 3\n    Q = [look(P) for x in y]", 4),
    ("P = 4\nclass A:\n    P = 3\n    Q = [x for x in look(P)]", 3),
    ("P = 4\nclass A:\n    look(P)\n    P = 3", 4),
    ("P = 4\nclass A:\n    P = P\nlook(A.P)", 4),
    ("P = 4\nclass A:\n    P = P + 1\nlook(A.P)", 5),
    ("class A:\n    class B:\n        P = 3\nlook(A.B.P)", 3),
    ("P = 4\nclass A:\n    P = 3\n    class B:\n        look(P)", 4),
    ("class A:\n    P = 3\n    P = 4\nlook(A.P)", UNKNOWN),
    ("class A:\n    if x:\n        P = 3\n    else:\n        P = 4\nlook(A.P)", UNKNOWN),
)
def test_the_body_of_a_class_is_a_scope_of_its_own(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@cases(
    ("P = 3\n[look(P) for P in x]", UNKNOWN),
    ("P = 3\n[P for P in x]\nlook(P)", 3),
    ("P = 3\n[look(P) for y in x]", 3),
    ("P = 3\n[y for y in look(P)]", 3),
    ("P = 3\n{y: look(P) for y in x}", 3),
    ("P = 3\n{look(P) for y, P in x}", UNKNOWN),
    ("P = 3\n[1 for P in x for y in look(P)]", UNKNOWN),
    ("P = 3\n[1 for y in x if look(P)]", 3),
    ("[look(P) for P in (3, 3)]", 3),
    ("def f():\n    P = 3\n    P = 4\n    return [look(P) for y in x]", 4),
)
def test_a_comprehension_has_names_of_its_own(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@cases(
    ("P = 3\ndef f():\n    global P\n    P = 4\ndef g():\n    look(P)", UNKNOWN),
    ("P = 3\ndef f():\n    global P\n    P = 4\nlook(P)", UNKNOWN),
    ("def f():\n    global P\n    P = 4\nP = 3\nf()\nlook(P)", UNKNOWN),
    ("P = 3\ndef f():\n    global P\n    P = 4\n    look(P)", UNKNOWN),
    ("P = 3\ndef f():\n    P = 4\n    def g():\n        global P\n        look(P)", 3),
    ("P = 3\ndef f():\n    global P\n    [P for P in x]\nlook(P)", 3),
    ("def f():\n    global P\n    look(P)", UNKNOWN),
    ("def f():\n    P = 3\n    def g():\n        nonlocal P\n        P = 4\n    g()\n    look(P)", UNKNOWN),
    ("def f():\n    def g():\n        nonlocal P\n        P = 4\n    P = 3\n    g()\n    look(P)", UNKNOWN),
    ("P = 5\ndef f():\n    P = 3\n    def g():\n        nonlocal P\n        P = 4\nlook(P)", 5),
    ("class A:\n    global P\n    P = 3\nlook(P)", 3),
)
def test_global_and_nonlocal_bind_elsewhere(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


# -- origins ----------------------------------------------------------------------------------------------------


@cases(
    ("import requests\nlook(requests.get)", "requests.get"),
    ("from requests import get as fetch\nlook(fetch)", "requests.get"),
    ("import requests\ns = requests.Session()\nlook(s.get)", "requests.Session().get"),
    ("import requests\nwith requests.Session() as s:\n    look(s.get)", "requests.Session().get"),
    ("def f(requests):\n    look(requests.get)", UNKNOWN),
    ("import requests\nrequests = 3\nlook(requests)", 3),
    ("look(len)", "builtins.len"),
    ("look(crontab)", "unknown"),
    ("look(len)\nlen = 3\nlen = 4", UNKNOWN),
    ("def len(x): ...\nlook(len)", "function len"),
    ("from celery.canvas import chain\nlook(chain)", "celery.chain"),
    ("from celery import canvas\nlook(canvas.group)", "celery.group"),
    ("from itertools import chain\nlook(chain)", "itertools.chain"),
)
def test_a_name_of_a_library_has_an_origin(tmp_path: Path, source: str, expected: object) -> None:
    assert look(tmp_path, source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "if x:\n    import one as m\nelse:\n    import two as m\nlook(m.get)",
        "import lib\nfor m in lib.all:\n    look(m.get)",
    ],
)
def test_what_may_be_one_or_another_has_no_origin(tmp_path: Path, source: str) -> None:
    module = module_of(tmp_path, source)
    (call,) = module.all_calls()
    assert module.origin(call.node.args[0], call.site) is None


def test_of_too_many_meanings_that_functions_bind_too_none_is_considered(tmp_path: Path) -> None:
    source = "P = 3\n" * 60 + "def f():\n    global P\n    P = 3\nlook(P)"
    assert look(tmp_path, source) == UNKNOWN


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("look(3)\nlook(3)", True),
        ("P = 3\nlook(P)\ndef f():\n    look(P)", True),
        ("import s\nlook(s.P)\nlook(s.P)", True),
        ("def f(P):\n    look(P)\n    look(P)", True),
        ("def f(P):\n    look(P)\n    P = 4\n    look(P)", False),
        ("def f(P):\n    look(P)\ndef g(P):\n    look(P)", False),
        ("def f():\n    P = 3\n    look(P)\n    look(P)", False),
        ("P = 3\nlook(P)\nP = 4\nlook(P)", False),
        ("look(P)\nlook(P)", False),
        ("look(P())\nlook(P())", False),
    ],
)
def test_a_name_is_certain_to_mean_the_same_where_it_is_bound_once(
    tmp_path: Path, source: str, *, expected: bool
) -> None:
    one, other = (call for call in module_of(tmp_path, source).all_calls() if call.node.args)
    assert means_the_same(one.node.args[0], one.site, other.site) is expected


def test_names_that_are_bound_to_each_other_in_a_loop_take_no_time(tmp_path: Path) -> None:
    """Each way through the bindings would be one of 8 ** 20."""
    swaps = "\n".join(
        f"    {name} = {other}.next\n    {other} = {name}.next" for name, other in ("ab", "bc", "ca", "ac")
    )
    source = f"import lib\na = b = c = lib.x\nfor i in y:\n{swaps}\n    look(a.method)"
    module = module_of(tmp_path, source)
    (call,) = [call for call in module.all_calls() if call.node.args]
    assert module.origin(call.node.args[0], call.site) is None


def test_a_long_row_of_attributes_has_no_origin_and_no_crash(tmp_path: Path) -> None:
    module = module_of(tmp_path, f"import lib\nlook(lib{'.x' * 60})")
    (call,) = module.all_calls()
    assert module.origin(call.node.args[0], call.site) is None
