"""Settings: one table, three sources, clear errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flake8.defaults import EXCLUDE

from flake8_aa_celery.linter import selected_rules
from flake8_aa_celery.pyproject import read_file, read_pyproject
from flake8_aa_celery.rules import all_rules
from flake8_aa_celery.settings import (
    EXCLUDED,
    OPTIONS,
    Option,
    Settings,
    SettingsError,
    merge,
    parse_text,
)
from frontends import F, Frontends, write

if TYPE_CHECKING:
    from pathlib import Path


CODES = ("AAC101", "AAC104", "AAC205", "AAC207")
NUMBER = "a whole number from 0 to 9"
NUMBERS = [option for option in OPTIONS if option.kind == "number"]


def codes() -> tuple[str, ...]:
    return CODES


def written(folder: Path, text: str) -> Settings:
    put(folder, text)
    return read_pyproject(Settings(), str(folder), codes)


def put(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(f"[tool.flake8-aa-celery]\n{text}\n", "utf-8")


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as raised:
        written(folder, text)
    return str(raised.value).removeprefix(f"{folder / 'pyproject.toml'}: ")


def test_the_table_describes_every_setting() -> None:
    assert [option.field for option in OPTIONS] == list(Settings._fields)


def test_what_flake8_does_not_search_is_not_searched() -> None:
    assert set(EXCLUDE) <= set(EXCLUDED)


def test_settings_are_read_from_pyproject(tmp_path: Path) -> None:
    settings = written(tmp_path, 'profile = "celery"\nbulk-priority = 8\ncheck-tests = true\nselect = ["AAC2"]')
    assert settings == Settings(profile="celery", bulk_priority=8, check_tests=True, select=("AAC2",))


def test_settings_are_read_from_the_nearest_pyproject_above(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    written(tmp_path, "bulk-priority = 8")
    assert read_pyproject(Settings(), str(below), codes).bulk_priority == 8


@pytest.mark.parametrize(
    "text",
    [
        "[tool.black]\n",
        "[tool.black\n",
        "[dependency-groups]\ndev = ['flake8-aa-celery']\n",
        "[tool.aa-celery]\nprofile = 'celery'\n",
    ],
)
def test_a_nearer_pyproject_without_our_table_does_not_end_the_search(tmp_path: Path, text: str) -> None:
    written(tmp_path, "bulk-priority = 8")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "pyproject.toml").write_text(text)
    assert read_pyproject(Settings(), str(tmp_path / "a"), codes) == Settings(bulk_priority=8)


def test_a_nearer_table_hides_those_above(tmp_path: Path) -> None:
    written(tmp_path, "bulk-priority = 8")
    (tmp_path / "a").mkdir()
    assert written(tmp_path / "a", "") == Settings()


def test_a_table_can_extend_another_file(tmp_path: Path) -> None:
    written(tmp_path, 'bulk-priority = 8\nprofile = "celery"\nextend-select = ["AAC104"]\nextend-exclude = ["x/y"]')
    (tmp_path / "a").mkdir()
    text = 'extend = "../pyproject.toml"\nbulk-priority = 9\nextend-select = ["AAC2"]'
    assert written(tmp_path / "a", text) == Settings(
        bulk_priority=9,
        profile="celery",
        extend_select=("AAC104", "AAC2"),
        extend_exclude=(str(tmp_path / "x" / "y"),),
    )


def test_a_file_of_another_name_can_be_extended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ours.toml").write_text("bulk-priority = 8\n")
    assert written(tmp_path, 'extend = "ours.toml"').bulk_priority == 8
    monkeypatch.setenv("OURS", str(tmp_path))
    assert written(tmp_path, 'extend = "$OURS/ours.toml"').bulk_priority == 8


def test_what_is_extended_may_extend_another(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("bulk-priority = 8\nhighest-priority = 1\n")
    (tmp_path / "ours.toml").write_text('extend = "base.toml"\nbulk-priority = 9\n')
    assert written(tmp_path, 'extend = "ours.toml"') == Settings(bulk_priority=9, highest_priority=1)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("extend = 1", 'extend must be the path of a file, such as "../pyproject.toml", not 1'),
        ('extend = "pyproject.toml"', "extend leads in a circle, back to {folder}/pyproject.toml"),
        ('extend = "none.toml"', "{folder}/none.toml: No such file or directory (extended by {file})"),
        ('extend = "bad.toml"', "{folder}/bad.toml: there is no setting 'x'"),
    ],
)
def test_what_cannot_be_extended_is_an_error(tmp_path: Path, text: str, error: str) -> None:
    (tmp_path / "bad.toml").write_text("x = 1\n")
    assert refusal(tmp_path, text) == error.format(folder=tmp_path, file=tmp_path / "pyproject.toml")


def test_a_broken_pyproject_that_is_not_ours_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.black\n")
    assert read_pyproject(Settings(), str(tmp_path), codes) == Settings()


def test_a_result_backend_may_be_a_boolean(tmp_path: Path) -> None:
    assert written(tmp_path, "result-backend = true").result_backend == "true"


def test_an_unknown_key_names_the_file_and_the_nearest_key(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        written(tmp_path, 'profil = "celery"')
    file = tmp_path / "pyproject.toml"
    assert str(raised.value) == f"{file}: there is no setting 'profil'; did you mean 'profile'?"


def test_an_unknown_key_that_resembles_none_suggests_none(tmp_path: Path) -> None:
    assert refusal(tmp_path, "xyzzy = 1") == "there is no setting 'xyzzy'"


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
@pytest.mark.parametrize("value", ["[1]", "-1", "1e99", "1979-05-27", "{ x = { y = 1 } }", "99999999999999999999"])
def test_a_value_of_a_wrong_type_names_the_key_and_what_is_allowed(tmp_path: Path, option: Option, value: str) -> None:
    assert refusal(tmp_path, f"{option.name} = {value}").startswith(f"{option.name} must be {option.allowed}, not ")


@pytest.mark.parametrize("option", NUMBERS, ids=lambda option: option.name)
def test_a_number_is_within_its_bounds(tmp_path: Path, option: Option) -> None:
    assert getattr(written(tmp_path, f"{option.name} = {option.highest}"), option.field) == option.highest
    assert "must be a whole number" in refusal(tmp_path, f"{option.name} = {option.highest + 1}")
    assert "must be a whole number" in refusal(tmp_path, f"{option.name} = {option.lowest - 1}")


def test_a_boolean_is_no_number(tmp_path: Path) -> None:
    assert refusal(tmp_path, "bulk-priority = true") == ("bulk-priority must be a whole number from 0 to 9, not True")


def test_an_unknown_code_suggests_the_nearest(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'ignore = ["AAC20", "AAC209"]').startswith("ignore names no rule with 'AAC209'; did you")


def test_a_table_of_files_is_checked_for_unknown_codes(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'per-file-ignores = { "a.py" = ["E501"] }') == (
        "per-file-ignores names no rule with 'E501'"
    )


def test_broken_toml_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        written(tmp_path, "profile =")
    assert str(raised.value).startswith(f"{tmp_path / 'pyproject.toml'}: Invalid value (at line 2")


def test_a_section_that_is_no_table_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nflake8-aa-celery = 1\n")
    with pytest.raises(SettingsError, match="must be a table, not 1"):
        read_pyproject(Settings(), str(tmp_path), codes)


def test_a_file_of_another_name_may_hold_the_settings_alone(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text("bulk-priority = 9\n")
    assert read_file(Settings(), str(tmp_path / "ours.toml"), codes).bulk_priority == 9


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read_file(Settings(), str(tmp_path / "none.toml"), codes)


def test_extending_settings_add_up() -> None:
    first = merge(Settings(), {"extend-select": ["AAC104"]}, "a", ".", codes)
    assert merge(first, {"extend-select": ["AAC2"]}, "b", ".", codes).extend_select == ("AAC104", "AAC2")


def test_a_pattern_with_a_slash_is_relative_to_its_file(tmp_path: Path) -> None:
    settings = written(tmp_path, 'extend-exclude = ["sub/x", "y"]')
    assert settings.extend_exclude == (str(tmp_path / "sub" / "x"), "y")


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_nonsense_on_the_command_line_is_refused_or_a_list(option: Option) -> None:
    value = parse_text(option, "?")
    if option.kind in ("patterns", "names"):
        assert value == ["?"]
    elif option.kind in ("path", "environment"):
        assert value == "?"
    else:
        with pytest.raises(SettingsError, match=option.name):
            merge(Settings(), {option.name: value}, "command line", ".", codes)


def test_files_with_codes_are_pairs_on_the_command_line() -> None:
    option = next(option for option in OPTIONS if option.kind == "codes by file")
    assert parse_text(option, "a.py:AAC1,a.py:AAC2 b.py:AAC1") == {"a.py": ["AAC1", "AAC2"], "b.py": ["AAC1"]}


# -- which rules are on -----------------------------------------------------------------------------------------------


def chosen(**settings: object) -> set[str]:
    selected_rules.cache_clear()
    return {rule.code for rule in selected_rules(Settings(**settings))} - {"AAC900", "AAC901", "AAC999"}  # type: ignore[arg-type]


@pytest.mark.usefixtures("fakes")
@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        ({}, "201 203 301 401"),
        ({"profile": "celery"}, "201 203 401"),
        ({"profile": "celery", "extend_select": ("AAC3",)}, "201 203 301 401"),
        ({"select": ("AAC2",)}, "201 203"),
        ({"select": ("AAC",)}, "201 203 301 401"),
        ({"select": ("AAC1",)}, "104"),
        ({"select": ("AAC104", "AAC203")}, "104 203"),
        ({"extend_select": ("AAC104",)}, "104 201 203 301 401"),
        ({"extend_select": ("AAC",)}, "201 203 301 401"),
        ({"ignore": ("AAC2",)}, "301 401"),
        ({"ignore": ("AAC",)}, ""),
        ({"select": ("AAC203",), "ignore": ("AAC2",)}, "203"),
        ({"select": ("AAC2",), "ignore": ("AAC203",)}, "201"),
        ({"select": ("AAC203",), "ignore": ("AAC203",)}, ""),
        ({"select": ("ALL",)}, "104 201 203 301 401"),
        ({"select": ("ALL",), "profile": "celery"}, "104 201 203 301 401"),
        ({"select": ("ALL",), "ignore": ("AAC1",)}, "201 203 301 401"),
        ({"extend_select": ("ALL",)}, "104 201 203 301 401"),
        ({"ignore": ("ALL",)}, ""),
        ({"ignore": ("ALL",), "extend_select": ("AAC2",)}, "201 203"),
    ],
    ids=str,
)
def test_the_longest_prefix_decides_which_rules_are_on(settings: dict[str, object], codes: str) -> None:
    assert chosen(**settings) == {f"AAC{number}" for number in codes.split()}


# -- the command line and flake8 --------------------------------------------------------------------------------------


def shown(frontends: Frontends, *arguments: str) -> dict[str, str]:
    return {name: value for name, (value, _) in shown_with_places(frontends, *arguments).items()}


def shown_with_places(frontends: Frontends, *arguments: str) -> dict[str, tuple[str, str]]:
    lines = [line.partition("  # ") for line in frontends.check("--show-settings", *arguments).lines]
    return {setting.split(" = ", 1)[0]: (setting.split(" = ", 1)[1], place) for setting, _, place in lines}


def test_the_command_line_wins_over_pyproject(frontends: Frontends, tmp_path: Path) -> None:
    written(tmp_path, "bulk-priority = 8\nhighest-priority = 2")
    settings = shown(frontends, "--bulk-priority", "9")
    assert (settings["bulk-priority"], settings["highest-priority"]) == ("9", "2")


def test_isolated_looks_for_no_pyproject(frontends: Frontends, tmp_path: Path) -> None:
    written(tmp_path, "bulk-priority = 8")
    assert shown(frontends, "--isolated")["bulk-priority"] == "7"


def test_a_configuration_file_stands_for_pyproject(frontends: Frontends, tmp_path: Path) -> None:
    written(tmp_path, "bulk-priority = 8")
    (tmp_path / "ours.toml").write_text("highest-priority = 1\n")
    settings = shown(frontends, "--config", "ours.toml")
    assert (settings["bulk-priority"], settings["highest-priority"]) == ("7", "1")


@pytest.mark.parametrize("pair", ["profile=celery", 'profile = "celery"'])
def test_a_setting_can_be_given_as_a_pair(frontends: Frontends, pair: str) -> None:
    assert shown(frontends, "--config", pair)["profile"] == '"celery"'


def test_lists_can_be_given_as_pairs(frontends: Frontends) -> None:
    settings = shown(frontends, "--config", "tasks-modules=tasks,jobs", "--config", "blocking-calls=['a.b']")
    assert (settings["tasks-modules"], settings["blocking-calls"]) == ('["tasks", "jobs"]', '["a.b"]')


def test_a_flag_can_be_turned_off(frontends: Frontends, tmp_path: Path) -> None:
    written(tmp_path, "check-tests = true")
    assert shown(frontends)["check-tests"] == "true"
    assert shown(frontends, "--no-check-tests")["check-tests"] == "false"


def test_what_is_shown_can_be_read_again(frontends: Frontends, tmp_path: Path) -> None:
    lines = frontends.check("--show-settings", "--per-file-ignores", "a.py:AAC900").lines
    (tmp_path / "ours.toml").write_text("\n".join(lines))
    expected = Settings(profile="alliance-auth", per_file_ignores=(("a.py", ("AAC900",)),))
    assert read_file(Settings(), "ours.toml", all_rules) == expected


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--profile", "celry"], "command line: profile must be one of auto, alliance-auth, celery, not 'celry'"),
        (["--bulk-priority", "ten"], "command line: bulk-priority must be a whole number from 0 to 9, not 'ten'"),
        (["--config", "profil=x"], "command line: --config: there is no setting 'profil'; did you mean 'profile'?"),
        (["--config", "none.toml"], "none.toml: No such file or directory"),
        (["--select", "AAC99x"], "command line: select names no rule with 'AAC99x'; did you mean 'AAC999'?"),
        (["--select", "aac9"], "command line: select names no rule with 'aac9'; did you mean 'AAC9'?"),
        (
            ["--config", "bulk-priority=1\nx=2"],
            f"command line: --config: bulk-priority must be {NUMBER}, not '1\\nx=2'",
        ),
    ],
    ids=str,
)
def test_a_mistake_on_the_command_line_is_one_line_and_misuse(
    frontends: Frontends, arguments: list[str], error: str
) -> None:
    outcome = frontends.check(*arguments)
    assert (outcome.code, outcome.errors, outcome.lines) == (2, f"aa-celery: {error}\n", [])


def test_settings_are_shown_with_the_place_that_they_come_from(frontends: Frontends, tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('profile = "celery"\nextend-select = ["AAC9"]\n')
    put(tmp_path, 'extend = "base.toml"\nbulk-priority = 8')
    places = shown_with_places(frontends, "--extend-select=AAC2", "--config", "highest-priority=1")
    file, base = str(tmp_path / "pyproject.toml"), str(tmp_path / "base.toml")
    assert places["bulk-priority"] == ("8", file)
    assert places["profile"] == ('"celery"', base)
    assert places["extend-select"] == ('["AAC9", "AAC2"]', f"{base}, command line")
    assert places["highest-priority"] == ("1", "command line: --config")
    assert places["ignore"] == ("[]", "")


def test_the_settings_of_the_first_path_are_shown(frontends: Frontends, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    written(tmp_path / "a", "bulk-priority = 8")
    assert shown(frontends)["bulk-priority"] == "7"
    assert shown(frontends, "a")["bulk-priority"] == "8"
    assert shown(frontends, "a/x.py", "b")["bulk-priority"] == "8"
    assert shown(frontends, "-", "--stdin-filename=a/x.py")["bulk-priority"] == "8"


@pytest.mark.usefixtures("fakes")
def test_each_file_has_the_settings_of_the_nearest_folder(frontends: Frontends, tmp_path: Path) -> None:
    for folder in ("a", "a/sub", "b", "c"):
        write(f"{folder}/x.py", "f()")
    written(tmp_path, 'bulk-priority = 8\nextend-exclude = ["c"]')
    written(tmp_path / "a", "bulk-priority = 9")
    written(tmp_path / "b", 'ignore = ["AAC2"]')
    (tmp_path / "a" / "sub" / "pyproject.toml").write_text("[tool.black]\n")
    expected = ["./a/sub/x.py:2:1: AAC201 f is called at 9", "./a/x.py:2:1: AAC201 f is called at 9"]
    assert frontends.check().lines == expected
    assert frontends.check("--jobs=2").lines == expected
    assert [line for line in frontends.flake8("--select=AAC", "a", "b").lines if "AAC" in line] == [
        line.removeprefix("./") for line in expected
    ]
    assert frontends.check("--bulk-priority=1", "a/x.py").lines == ["a/x.py:2:1: AAC201 f is called at 1"]
    assert len(frontends.check("--isolated").lines) == 4


@pytest.mark.usefixtures("fakes")
def test_what_a_folder_includes_and_excludes_goes_for_what_is_below_it(frontends: Frontends, tmp_path: Path) -> None:
    for file in ("x.py", "a/x.py", "a/old/x.py", "a/y.pyw", "y.pyw"):
        write(file, "f()")
    written(tmp_path / "a", 'extend-exclude = ["old"]\ninclude = ["*.py", "*.pyw"]')
    assert frontends.check("--show-files") == (0, ["./a/x.py", "./a/y.pyw", "./x.py"], "")


@pytest.mark.usefixtures("fakes")
def test_the_files_that_are_checked_are_shown(frontends: Frontends, tmp_path: Path) -> None:
    for file in ("b.py", "a.py", "tests/test_x.py", "build/x.py"):
        write(file, "f()")
    (tmp_path / "no_celery.py").touch()
    assert frontends.check("--show-files") == (0, ["./a.py", "./b.py", "./no_celery.py"], "")
    assert frontends.check("--show-files", "--check-tests", "tests").lines == ["tests/test_x.py"]
    assert frontends.command("fix", "--show-files", "b.py").lines == ["b.py"]
    assert frontends.check("--show-files", "none").code == 2


@pytest.mark.usefixtures("fakes")
def test_a_verbose_run_says_where_settings_come_from(frontends: Frontends, tmp_path: Path) -> None:
    write("a/x.py", "f()")
    write("y.py", "f()")
    written(tmp_path / "a", "bulk-priority = 8")
    errors = frontends.check("-v", "--select=AAC2").errors.splitlines()
    assert f"bulk-priority = 8  # {tmp_path / 'a' / 'pyproject.toml'}" in errors
    assert 'select = ["AAC2"]  # command line' in errors


@pytest.mark.usefixtures("fakes")
def test_a_mistake_in_a_folder_below_is_told_with_its_file(frontends: Frontends, tmp_path: Path) -> None:
    write("a/x.py", "f()")
    put(tmp_path / "a", "profil = 1")
    error = f"aa-celery: {tmp_path}/a/pyproject.toml: there is no setting 'profil'; did you mean 'profile'?\n"
    assert frontends.check() == (2, [], error)


@pytest.mark.usefixtures("fakes")
@pytest.mark.parametrize("option", ["--select", "--extend-select", "--ignore"])
def test_a_list_that_is_given_twice_adds_up(frontends: Frontends, option: str) -> None:
    assert shown(frontends, option, "AAC201", f"{option}=AAC203,AAC9")[option[2:]] == '["AAC201", "AAC203", "AAC9"]'


@pytest.mark.usefixtures("fakes")
def test_other_lists_that_are_given_twice_add_up(frontends: Frontends) -> None:
    lists = ["--tasks-modules=a", "--tasks-modules", "b c", "--exclude=x", "--exclude=y"]
    settings = shown(frontends, *lists, "--per-file-ignores=a.py:AAC2", "--per-file-ignores=a.py:AAC3,b.py:AAC2")
    assert settings["tasks-modules"] == '["a", "b", "c"]'
    assert settings["exclude"] == '["x", "y"]'
    assert settings["per-file-ignores"] == '{ "a.py" = ["AAC2", "AAC3"], "b.py" = ["AAC2"] }'


@pytest.mark.usefixtures("fakes")
@pytest.mark.parametrize("name", ["call-of-g", "Call-Of-G", "AAC203"])
def test_a_rule_can_be_named(frontends: Frontends, tmp_path: Path, name: str) -> None:
    write("x.py", "f()", "g()")
    assert frontends.check("--select", name).lines == ["./x.py:3:1: AAC203 g is called"]
    assert frontends.check("--ignore", name).lines == [f"./x.py:2:1: {F}"]
    assert frontends.check("--per-file-ignores", f"x.py:{name}").lines == [f"./x.py:2:1: {F}"]
    put(tmp_path, f'ignore = ["{name}"]')
    assert frontends.check().lines == [f"./x.py:2:1: {F}"]


@pytest.mark.usefixtures("fakes")
def test_all_rules_can_be_named_at_once(frontends: Frontends) -> None:
    write("x.py", "f()", "optional()")
    assert len(frontends.check("--select=ALL").lines) == 2
    assert frontends.check("--per-file-ignores=x.py:ALL").lines == []


@pytest.mark.usefixtures("fakes")
def test_an_unknown_name_suggests_the_nearest(frontends: Frontends) -> None:
    error = "aa-celery: command line: ignore names no rule with 'cal-of-g'; did you mean 'call-of-g'?\n"
    assert frontends.check("--ignore=cal-of-g").errors == error


def test_a_text_in_the_place_of_a_list_suggests_the_list(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'select = "AAC205"') == (
        'select must be a list of codes, their beginnings, or names, such as ["AAC205", "AAC2"], or ["ALL"], '
        "not 'AAC205'; did you mean [\"AAC205\"]?"
    )
    assert refusal(tmp_path, 'exclude = "a, b"').endswith('not \'a, b\'; did you mean ["a", "b"]?')


@pytest.mark.parametrize("table", ["aa-celery", "flake8_aa_celery", "aa_celery", "flake8-aa_celery"])
def test_a_table_with_another_name_is_warned_of(frontends: Frontends, tmp_path: Path, table: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[tool.{table}]\nprofile = "celery"\n')
    warning = f"{tmp_path}/pyproject.toml: [tool.{table}] is not read; the settings belong in [tool.flake8-aa-celery]\n"
    assert frontends.check("--show-files") == (0, [], f"aa-celery: {warning}")
    assert frontends.flake8(".").errors == f"flake8-aa-celery: {warning}"


@pytest.mark.parametrize("table", ["celery", "flake8", "allianceauth"])
def test_a_table_of_another_tool_is_not_warned_of(frontends: Frontends, tmp_path: Path, table: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"# flake8-aa-celery\n[tool.{table}]\n")
    assert frontends.check("--show-files").errors == ""


def test_a_mistake_in_pyproject_stops_flake8_with_its_text(frontends: Frontends, tmp_path: Path) -> None:
    written_file = tmp_path / "pyproject.toml"
    written_file.write_text("[tool.flake8-aa-celery]\nprofil = 1\n")
    outcome = frontends.flake8()
    assert outcome.code == 1
    assert outcome.lines == [
        "There was a critical error during execution of Flake8:",
        f"{written_file}: there is no setting 'profil'; did you mean 'profile'?",
    ]


@pytest.mark.parametrize(
    "option",
    [option for option in OPTIONS if option.flake8 and option.kind not in ("names", "environment")],
    ids=lambda o: o.name,
)
def test_a_mistake_in_a_file_of_flake8_stops_it_with_what_is_allowed(
    frontends: Frontends, tmp_path: Path, option: Option
) -> None:
    (tmp_path / ".flake8").write_text(f"[flake8]\naa-celery-{option.name} = nonsense\n")
    assert frontends.flake8().lines[1] == (
        f"flake8's option aa-celery-{option.name}: {option.name} must be {option.allowed}, not 'nonsense'"
    )


def test_flake8_shows_our_options_with_their_defaults(frontends: Frontends) -> None:
    with pytest.raises(SystemExit):
        frontends.flake8("--help")
    text = " ".join(frontends.capsys.readouterr().out.split())
    for option in OPTIONS:
        assert (f"--aa-celery-{option.name}" in text) == option.flake8
    assert "from 0 to 9 (default: 7)" in text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["shop.tasks.job"], (("shop.tasks.job", False),)),
        ([{"name": "shop.tasks.job"}], (("shop.tasks.job", False),)),
        ([{"name": "shop.tasks.job", "bind": True}, "a.b"], (("shop.tasks.job", True), ("a.b", False))),
    ],
)
def test_a_decorator_may_hand_over_the_task(written: list[object], meant: tuple[tuple[str, bool], ...]) -> None:
    settings = merge(Settings(), {"task-decorators": written}, "x.toml", ".", codes)
    assert settings.task_decorators == meant


@pytest.mark.parametrize(
    "written", ["shop.tasks.job", ["job"], [{"bind": True}], [{"name": "a.b", "bind": 1}], [{"name": "a.b", "x": 1}]]
)
def test_a_decorator_is_a_dotted_name(written: object) -> None:
    with pytest.raises(SettingsError, match="task-decorators must be a list of dotted names"):
        merge(Settings(), {"task-decorators": written}, "x.toml", ".", codes)


def test_decorators_are_named_on_the_command_line_and_shown_again(frontends: Frontends, tmp_path: Path) -> None:
    lines = frontends.check("--show-settings", "--task-decorators", "a.job,a.bound:bind").lines
    (tmp_path / "ours.toml").write_text("\n".join(lines))
    assert read_file(Settings(), "ours.toml", all_rules).task_decorators == (("a.job", False), ("a.bound", True))
