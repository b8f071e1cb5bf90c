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

if TYPE_CHECKING:
    from pathlib import Path

    from doors import Doors

CODES = ("AAC101", "AAC104", "AAC205", "AAC207")
NUMBER = "a whole number from 0 to 9"
NUMBERS = [option for option in OPTIONS if option.kind == "number"]


def codes() -> tuple[str, ...]:
    return CODES


def written(folder: Path, text: str) -> Settings:
    (folder / "pyproject.toml").write_text(f"[tool.flake8-aa-celery]\n{text}\n", "utf-8")
    return read_pyproject(Settings(), str(folder), codes)


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


def test_a_nearer_pyproject_hides_those_above(tmp_path: Path) -> None:
    written(tmp_path, "bulk-priority = 8")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.black]\n")
    assert read_pyproject(Settings(), str(tmp_path / "a"), codes) == Settings()


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
    else:
        with pytest.raises(SettingsError, match=option.name):
            merge(Settings(), {option.name: value}, "command line", ".", codes)


def test_files_with_codes_are_pairs_on_the_command_line() -> None:
    option = next(option for option in OPTIONS if option.kind == "codes by file")
    assert parse_text(option, "a.py:AAC1,a.py:AAC2 b.py:AAC1") == {"a.py": ["AAC1", "AAC2"], "b.py": ["AAC1"]}


# -- which rules are on -----------------------------------------------------------------------------------------------


def chosen(**settings: object) -> set[str]:
    selected_rules.cache_clear()
    return {rule.code for rule in selected_rules(Settings(**settings))} - {"AAC900", "AAC999"}  # type: ignore[arg-type]


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
    ],
    ids=str,
)
def test_the_longest_prefix_decides_which_rules_are_on(settings: dict[str, object], codes: str) -> None:
    assert chosen(**settings) == {f"AAC{number}" for number in codes.split()}


# -- the command line and flake8 --------------------------------------------------------------------------------------


def shown(doors: Doors, *arguments: str) -> dict[str, str]:
    lines = doors.check("--show-settings", *arguments).lines
    return dict(line.split(" = ", 1) for line in lines)


def test_the_command_line_wins_over_pyproject(doors: Doors, tmp_path: Path) -> None:
    written(tmp_path, "bulk-priority = 8\nhighest-priority = 2")
    settings = shown(doors, "--bulk-priority", "9")
    assert (settings["bulk-priority"], settings["highest-priority"]) == ("9", "2")


def test_isolated_looks_for_no_pyproject(doors: Doors, tmp_path: Path) -> None:
    written(tmp_path, "bulk-priority = 8")
    assert shown(doors, "--isolated")["bulk-priority"] == "7"


def test_a_configuration_file_stands_for_pyproject(doors: Doors, tmp_path: Path) -> None:
    written(tmp_path, "bulk-priority = 8")
    (tmp_path / "ours.toml").write_text("highest-priority = 1\n")
    settings = shown(doors, "--config", "ours.toml")
    assert (settings["bulk-priority"], settings["highest-priority"]) == ("7", "1")


@pytest.mark.parametrize("pair", ["profile=celery", 'profile = "celery"'])
def test_a_setting_can_be_given_as_a_pair(doors: Doors, pair: str) -> None:
    assert shown(doors, "--config", pair)["profile"] == '"celery"'


def test_lists_can_be_given_as_pairs(doors: Doors) -> None:
    settings = shown(doors, "--config", "tasks-modules=tasks,jobs", "--config", "blocking-calls=['a.b']")
    assert (settings["tasks-modules"], settings["blocking-calls"]) == ('["tasks", "jobs"]', '["a.b"]')


def test_a_flag_can_be_turned_off(doors: Doors, tmp_path: Path) -> None:
    written(tmp_path, "check-tests = true")
    assert shown(doors)["check-tests"] == "true"
    assert shown(doors, "--no-check-tests")["check-tests"] == "false"


def test_what_is_shown_can_be_read_again(doors: Doors, tmp_path: Path) -> None:
    lines = doors.check("--show-settings", "--per-file-ignores", "a.py:AAC900").lines
    (tmp_path / "ours.toml").write_text("\n".join(lines))
    expected = Settings(per_file_ignores=(("a.py", ("AAC900",)),))
    assert read_file(Settings(), "ours.toml", all_rules) == expected


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--profile", "celry"], "command line: profile must be one of alliance-auth, celery, not 'celry'"),
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
def test_a_mistake_on_the_command_line_is_one_line_and_misuse(doors: Doors, arguments: list[str], error: str) -> None:
    outcome = doors.check(*arguments)
    assert (outcome.code, outcome.errors, outcome.lines) == (2, f"aa-celery: {error}\n", [])


def test_a_mistake_in_pyproject_stops_flake8_with_its_text(doors: Doors, tmp_path: Path) -> None:
    written_file = tmp_path / "pyproject.toml"
    written_file.write_text("[tool.flake8-aa-celery]\nprofil = 1\n")
    outcome = doors.flake8()
    assert outcome.code == 1
    assert outcome.lines == [
        "There was a critical error during execution of Flake8:",
        f"{written_file}: there is no setting 'profil'; did you mean 'profile'?",
    ]


@pytest.mark.parametrize(
    "option", [option for option in OPTIONS if option.flake8 and option.kind != "names"], ids=lambda o: o.name
)
def test_a_mistake_in_a_file_of_flake8_stops_it_with_what_is_allowed(
    doors: Doors, tmp_path: Path, option: Option
) -> None:
    (tmp_path / ".flake8").write_text(f"[flake8]\naa-celery-{option.name} = nonsense\n")
    assert doors.flake8().lines[1] == (
        f"flake8's option aa-celery-{option.name}: {option.name} must be {option.allowed}, not 'nonsense'"
    )


def test_flake8_shows_our_options_with_their_defaults(doors: Doors) -> None:
    with pytest.raises(SystemExit):
        doors.flake8("--help")
    text = " ".join(doors.capsys.readouterr().out.split())
    for option in OPTIONS:
        assert (f"--aa-celery-{option.name}" in text) == option.flake8
    assert "from 0 to 9 (default: 7)" in text
