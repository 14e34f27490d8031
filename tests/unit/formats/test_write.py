"""Export: a round trip changes nothing but formatting and comments."""

import json
import os
import stat
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from immutables import Map

from relconsole.adapters.formats.workspace import read_workspace, write_workspace
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.errors import InputRejected, WorldIsDown
from relconsole.domain.kernel.ids import ReleaseId, ServiceId
from tests.unit.formats.payments_files import PAYMENTS, RELEASE, copy_payments, edit
from tests.unit.formats.workspaces import workspaces


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_payments(tmp_path)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@given(workspace=workspaces())
def test_that_what_is_written_is_read_back_as_the_same_workspace(workspace: Workspace) -> None:
    with tempfile.TemporaryDirectory() as made:
        write_workspace(workspace, Path(made))
        again = read_workspace(Path(made))
    assert again == workspace
    assert list(again.estate.services) == list(workspace.estate.services)


def test_that_the_example_survives_a_round_trip(tmp_path: Path) -> None:
    before = read_workspace(PAYMENTS)
    write_workspace(before, tmp_path / "out")
    assert read_workspace(tmp_path / "out") == before


def test_that_a_second_round_trip_changes_no_byte(tmp_path: Path) -> None:
    write_workspace(read_workspace(PAYMENTS), tmp_path / "one")
    write_workspace(read_workspace(tmp_path / "one"), tmp_path / "two")
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_that_the_files_are_named_and_no_other_is_left(folder: Path) -> None:
    written = write_workspace(read_workspace(folder), folder)
    assert [path.relative_to(folder).as_posix() for path in written] == [
        "calendar.yaml",
        "connections.yaml",
        "estate.yaml",
        "policy.yaml",
        "releases/ledger-2026.3.yaml",
        RELEASE,
    ]
    assert set(bytes_of(folder)) == {str(path.relative_to(folder)) for path in written}


def test_that_what_a_workspace_lacks_gets_no_file(tmp_path: Path) -> None:
    assert write_workspace(Workspace(), tmp_path) == (tmp_path / "estate.yaml",)
    assert read_workspace(tmp_path) == Workspace()


def test_that_what_a_workspace_lost_leaves_its_file(folder: Path) -> None:
    bare = Workspace(estate=replace(read_workspace(folder).estate))
    for path in (folder / "releases").iterdir():
        path.unlink()
    write_workspace(bare, folder)
    assert read_workspace(folder) == bare


def test_that_each_thing_stays_in_the_file_where_it_stands(folder: Path) -> None:
    text = (folder / "estate.yaml").read_text(encoding="utf-8")
    people, rest = text.split("environments:", 1)
    (folder / "estate").mkdir()
    (folder / "estate/who.yaml").write_text(people, encoding="utf-8")
    (folder / "estate/what.yaml").write_text("environments:" + rest, encoding="utf-8")
    (folder / "estate.yaml").unlink()
    (folder / "releases/ledger-2026.3.yaml").rename(folder / "releases/next.yml")
    before = read_workspace(folder)
    write_workspace(before, folder)
    assert read_workspace(folder) == before
    assert not (folder / "estate.yaml").exists()
    assert "mara" in (folder / "estate/who.yaml").read_text(encoding="utf-8")
    assert "web-shop" in (folder / "estate/what.yaml").read_text(encoding="utf-8")
    assert "ledger-2026.3" in (folder / "releases/next.yml").read_text(encoding="utf-8")


def test_that_a_new_service_goes_to_the_first_file_of_a_split_estate(folder: Path) -> None:
    (folder / "estate").mkdir()
    (folder / "estate.yaml").rename(folder / "estate/all.yaml")
    workspace = read_workspace(folder)
    shop = workspace.estate.services[ServiceId("web-shop")]
    services = {**workspace.estate.services, ServiceId("new"): replace(shop, id=ServiceId("new"))}
    grown = replace(workspace, estate=replace(workspace.estate, services=services))
    write_workspace(grown, folder)
    assert read_workspace(folder) == grown
    assert not (folder / "estate.yaml").exists()


def test_that_a_json_file_stays_json(folder: Path) -> None:
    path = folder / "releases/ledger-2026.3.yaml"
    edit(folder, "releases/ledger-2026.3.yaml", '"id": ', '"title": "\U0001f680\u2028", "id": ')
    path.rename(path.with_suffix(".json"))
    before = read_workspace(folder)
    write_workspace(before, folder)
    assert read_workspace(folder) == before
    written = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert written["title"] == "\U0001f680\u2028"


def test_that_a_release_which_would_be_left_over_stops_the_export_before_it_begins(
    folder: Path,
) -> None:
    workspace = read_workspace(folder)
    before = bytes_of(folder)
    held = {
        key: release
        for key, release in workspace.releases.items()
        if key == ReleaseId("ledger-2026.3")
    }
    with pytest.raises(InputRejected) as rejected:
        write_workspace(replace(workspace, releases=held), folder)
    assert [it.file for it in rejected.value.problems] == [RELEASE]
    assert bytes_of(folder) == before


def test_that_a_broken_file_stops_the_export_before_it_begins(folder: Path) -> None:
    workspace = read_workspace(folder)
    (folder / RELEASE).write_text("id: [", encoding="utf-8")
    before = bytes_of(folder)
    with pytest.raises(InputRejected):
        write_workspace(workspace, folder)
    assert bytes_of(folder) == before


def test_that_nothing_is_written_through_a_link_out_of_the_folder(
    folder: Path, tmp_path: Path
) -> None:
    workspace = read_workspace(folder)
    (folder / "releases").rename(tmp_path / "elsewhere")
    (folder / "releases").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputRejected):
        write_workspace(workspace, folder)


def test_that_a_file_keeps_its_mode(folder: Path) -> None:
    path = folder / "estate.yaml"
    path.chmod(0o640)
    write_workspace(read_workspace(folder), folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_that_a_folder_in_the_way_of_a_file_leaves_no_half_written_one(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(WorldIsDown, match=r"calendar\.yaml cannot be written"):
        write_workspace(read_workspace(PAYMENTS), tmp_path / "out/inner")
    assert os.listdir(tmp_path) == ["out"]  # noqa: PTH208 - hidden files too


def test_that_a_map_without_order_is_written_by_id(folder: Path) -> None:
    workspace = read_workspace(folder)
    mixed = replace(
        workspace, estate=replace(workspace.estate, people=Map(workspace.estate.people))
    )
    write_workspace(mixed, folder)
    assert list(read_workspace(folder).estate.people) == ["asha", "ilka", "jo", "mara", "tomas"]
