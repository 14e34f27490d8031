"""How the command line is misused, interrupted and answered."""

import json
from pathlib import Path

import pytest

from relconsole.cli.verbs import VERBS
from tests.helpers.cli import run_cli, run_cli_process

READY = sorted({verb.name for verb in VERBS} - {"demo"})


@pytest.mark.parametrize(
    "words",
    [("reach",), ("recah", "x"), ("schedule", "a", "b", "--jsno"), ("journal",), ("key", "mak")],
)
def test_that_misuse_is_one_error_document_and_status_two(words: tuple[str, ...]) -> None:
    ran = run_cli(*words, "--json")
    assert ran.status == 2
    assert set(ran.json["error"]) >= {"kind", "message", "file", "line", "field"}
    assert run_cli(*words).out == ""
    assert "usage: relconsole" in run_cli(*words).err


@pytest.mark.parametrize("verb", READY)
def test_that_every_verb_explains_itself_and_takes_store_and_json(verb: str) -> None:
    ran = run_cli(verb, "--help")
    assert ran.status == 0
    assert "--json" in ran.out
    assert "--store DIR" in ran.out


def test_that_without_a_verb_the_window_is_opened_and_says_where_it_has_no_display() -> None:
    bare = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    ran = run_cli_process(environment=bare)
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith("There is no display.")


def test_that_help_names_every_verb() -> None:
    ran = run_cli_process("--help")
    assert (ran.status, ran.err) == (0, "")
    assert all(verb.name in ran.out for verb in VERBS)


def test_that_the_version_is_told() -> None:
    assert run_cli("--version").out.startswith("relconsole ")


def test_that_an_answer_is_one_document_on_standard_output(plan: Path) -> None:
    ran = run_cli_process("check", plan, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == {"ok": True, "problems": []}


def test_that_the_store_is_in_the_users_data_folder_unless_named(
    plan: Path, tmp_path: Path
) -> None:
    elsewhere = {"XDG_DATA_HOME": str(tmp_path / "data")}
    ran = run_cli_process("import", plan, "--json", environment=elsewhere)
    assert ran.status == 0, ran
    assert (tmp_path / "data" / "relconsole" / "live" / "journal.db").exists()
    assert "memory until the program ends" in ran.err
