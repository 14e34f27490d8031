"""Where everything of a store lies, and for whose eyes."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relconsole.adapters.store.layout import StoreLayout
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import SystemId
from relconsole.ports.journal import JournalKind

NOW = datetime(2026, 8, 8, 22, 30, tzinfo=UTC)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_that_a_new_store_has_its_folders_for_its_owner_alone(tmp_path: Path) -> None:
    layout = StoreLayout(tmp_path / "above" / "store")
    layout.make()
    layout.make()
    below = {it.name for it in layout.folder.iterdir()}
    assert below == {"live", "rehearsal", "demo", "requests", "inbox", "backups", "plugins"}
    assert {_mode(it) for it in (layout.folder, *layout.folder.iterdir())} == {0o700}


def test_that_every_journal_has_a_folder_of_its_own(tmp_path: Path) -> None:
    layout = StoreLayout(tmp_path)
    files = {layout.journal(kind) for kind in JournalKind}
    assert files == {tmp_path / kind / "journal.db" for kind in ("live", "rehearsal", "demo")}


def test_that_a_folder_open_to_others_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    StoreLayout(folder).make()
    assert _mode(folder) == 0o700


def test_that_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "store").touch()
    with pytest.raises(PersonMustAct, match="store is in the way"):
        StoreLayout(tmp_path / "store").make()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's folder")
def test_that_a_store_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    os.chown(folder, 65_534, 65_534)
    with pytest.raises(PersonMustAct, match="belongs to another user"):
        StoreLayout(folder).make()


def test_that_a_disk_that_refuses_is_said_to(tmp_path: Path) -> None:
    with pytest.raises(WorldIsDown, match="cannot be made"):
        StoreLayout(tmp_path / ("x" * 300)).make()


def test_that_a_plugin_s_folder_is_named_by_its_system(tmp_path: Path) -> None:
    layout = StoreLayout(tmp_path)
    assert layout.plugin(SystemId("ci")) == tmp_path / "plugins" / "ci"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a\0", "c:d"])
def test_that_no_system_s_id_leads_out_of_the_store(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a folder"):
        StoreLayout(tmp_path).plugin(SystemId(name))


def test_that_a_journal_set_aside_stays_readable_and_makes_room(tmp_path: Path) -> None:
    layout = StoreLayout(tmp_path)
    layout.make()
    assert layout.set_aside(JournalKind.DEMO, NOW) is None
    layout.journal(JournalKind.DEMO).write_bytes(b"record")
    aside = layout.set_aside(JournalKind.DEMO, NOW)
    assert aside is not None
    assert (aside / "journal.db").read_bytes() == b"record"
    assert not layout.journal(JournalKind.DEMO).exists()
    assert layout.journal(JournalKind.DEMO).parent.is_dir()


def test_that_a_journal_is_not_set_aside_over_another(tmp_path: Path) -> None:
    layout = StoreLayout(tmp_path)
    layout.make()
    layout.journal(JournalKind.DEMO).write_bytes(b"first")
    aside = layout.set_aside(JournalKind.DEMO, NOW)
    assert aside is not None
    layout.journal(JournalKind.DEMO).write_bytes(b"second")
    with pytest.raises(WorldIsDown, match="cannot be set aside"):
        layout.set_aside(JournalKind.DEMO, NOW)
    assert (aside / "journal.db").read_bytes() == b"first"


def test_that_the_names_within_a_store_stay_as_they_are(tmp_path: Path) -> None:
    layout = StoreLayout(tmp_path)
    named = (layout.cache, layout.writer_lock, layout.requests, layout.inbox, layout.backups)
    names = [it.relative_to(tmp_path).as_posix() for it in named]
    assert names == ["cache.db", "writer.lock", "requests", "inbox", "backups"]
