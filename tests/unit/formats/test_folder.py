"""The folder of a workspace: what is opened, and what never is."""

import os
from pathlib import Path

import pytest

from relconsole.adapters.formats.workspace import check_workspace, read_workspace
from relconsole.adapters.formats.workspace.folder import file_name_for
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.errors import InputRejected
from tests.unit.formats.payments_files import copy_payments, the_problem


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_payments(tmp_path)


def refusal(folder: Path) -> str:
    with pytest.raises(InputRejected) as by_check:
        check_workspace(folder)
    with pytest.raises(InputRejected) as by_read:
        read_workspace(folder)
    assert str(by_check.value) == str(by_read.value)
    return str(by_read.value)


def test_that_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere").endswith("nowhere: no such folder")


def test_that_a_file_is_no_folder(folder: Path) -> None:
    assert refusal(folder / "estate.yaml").endswith("no such folder")


def test_that_a_folder_without_an_estate_is_a_problem(tmp_path: Path) -> None:
    problem = the_problem(tmp_path)
    assert (problem.file, problem.message) == ("estate.yaml", "a workspace needs this file")


def test_that_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.yaml"
    outside.write_text("freshness: {default: 5s}\n", encoding="utf-8")
    (folder / "policy.yaml").unlink()
    (folder / "policy.yaml").symlink_to(outside)
    assert refusal(folder) == (
        "policy.yaml: a link that leads out of the workspace is not followed"
    )


def test_that_a_folder_of_releases_outside_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "releases").rename(tmp_path / "elsewhere")
    (folder / "releases").symlink_to(tmp_path / "elsewhere")
    assert refusal(folder).startswith("releases: a link that leads out")


def test_that_a_link_within_the_folder_is_followed(folder: Path) -> None:
    (folder / "shared").mkdir()
    (folder / "policy.yaml").rename(folder / "shared/policy-of-all.yaml")
    before = read_workspace(folder)
    (folder / "policy.yaml").symlink_to("shared/policy-of-all.yaml")
    assert read_workspace(folder) != before


def test_that_a_workspace_may_itself_be_reached_by_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    assert read_workspace(tmp_path / "link") == read_workspace(folder)


@pytest.mark.parametrize("target", ["nothing.yaml", "policy.yaml"])
def test_that_a_link_to_nothing_or_to_itself_is_refused(folder: Path, target: str) -> None:
    (folder / "policy.yaml").unlink()
    (folder / "policy.yaml").symlink_to(target)
    assert refusal(folder).startswith("policy.yaml: cannot be read")


def test_that_a_pipe_does_not_hold_the_reader(folder: Path) -> None:
    os.mkfifo(folder / "releases/pipe.yaml")
    assert refusal(folder) == "releases/pipe.yaml: no plain file"


def test_that_a_folder_named_like_a_file_is_refused(folder: Path) -> None:
    (folder / "releases/next.yaml").mkdir()
    assert refusal(folder) == "releases/next.yaml: no plain file"


def test_that_a_file_named_like_a_folder_of_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").touch()
    (tmp_path / "releases").touch()
    assert refusal(tmp_path).startswith("releases: cannot be listed")


def test_that_notes_and_hidden_files_are_left_alone(folder: Path) -> None:
    before = read_workspace(folder)
    (folder / "releases/README.md").write_text("notes", encoding="utf-8")
    (folder / "releases/.draft.yaml").write_text("[", encoding="utf-8")
    (folder / "mapping.yaml").write_text("[", encoding="utf-8")
    assert read_workspace(folder) == before


@pytest.mark.parametrize("slip", ["calender.yaml", "calendars.yml", "Policy.yaml"])
def test_that_a_slip_in_the_name_of_a_file_is_named(tmp_path: Path, slip: str) -> None:
    (tmp_path / "estate.yaml").touch()
    (tmp_path / slip).touch()
    problem = the_problem(tmp_path)
    assert problem.file == slip
    assert "did you mean" in problem.message


def test_that_a_name_that_is_no_text_is_shown_escaped(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").touch()
    releases = tmp_path / "releases"
    releases.mkdir()
    (releases / os.fsdecode(b"caf\xe9.yaml")).write_text("[", encoding="utf-8")
    assert the_problem(tmp_path).file == "releases/caf\\xe9.yaml"


def test_that_releases_are_read_in_the_order_of_their_names(folder: Path) -> None:
    assert list(read_workspace(folder).releases) == ["ledger-2026.3", "payments-core-2026.4"]


def test_that_an_empty_folder_of_releases_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").touch()
    (tmp_path / "releases").mkdir()
    assert read_workspace(tmp_path) == Workspace()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("payments-core-2026.4", "payments-core-2026.4"),
        ("a/b", "a%2Fb"),
        (".hidden", "%2Ehidden"),
        ("50% é", "50%25%20%C3%A9"),
    ],
)
def test_that_an_id_becomes_a_file_name_of_its_own(name: str, file: str) -> None:
    assert file_name_for(name) == file
