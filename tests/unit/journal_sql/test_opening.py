"""What is found out when a journal is opened."""

import asyncio
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec.structs
import pytest

from relconsole.adapters.journal_sql.connecting import (
    DRIVER,
    Access,
    connect,
    disconnect,
    open_driver,
)
from relconsole.adapters.journal_sql.migrations import migrate
from relconsole.adapters.journal_sql.opening import identity_of, open_journal, open_readonly
from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.adapters.journal_sql.rows import head_row
from relconsole.adapters.journal_sql.schema import FORMAT, SCHEMA_DIGEST, digest_of_schema
from relconsole.adapters.journal_sql.verification import RecordBroken
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.record.checkpoint import Checkpoint, sign_checkpoint
from relconsole.domain.record.envelope import line
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.record.tree import Frontier, leaf_hash
from relconsole.ports.journal import JournalKind
from tests.helpers.journals import (
    JOURNAL,
    KEY,
    RUN,
    START,
    edit,
    fact,
    intent,
    notes,
    sent,
    wanted,
)

OTHER = SigningKey(b"\x08" * 32)
CHANGE_2 = "UPDATE fact SET line = CAST(replace(line, 'note 2', 'note 9') AS BLOB) WHERE seq = 2"


def _make(path: Path) -> Checkpoint:
    """A journal of eight facts: kept heads over four and eight, a lease, an effect that is sent."""

    async def scene() -> Checkpoint:
        journal = await open_journal(path, wanted())
        try:
            await journal.take_lease(RUN, "ann", START, 30)
            await journal.append(notes(1, 3))
            await journal.keep_checkpoint(await journal.append(intent(4, 1)))
            await journal.append(sent(5, of=4, fence=1))
            head = await journal.append(notes(6, 8))
            await journal.keep_checkpoint(head)
            return head
        finally:
            await journal.close()

    return asyncio.run(scene())


def _open(path: Path, anchors: tuple[Checkpoint, ...] = ()) -> list[object]:
    """Open to write, and give what it holds."""

    async def scene() -> list[object]:
        journal = await open_journal(path, wanted(anchors=anchors))
        try:
            return [
                await journal.lines(),
                await journal.effects(),
                await journal.checkpoints(),
                await journal.leases(),
            ]
        finally:
            await journal.close()

    return asyncio.run(scene())


def test_that_a_new_journal_states_which_it_is(path: Path) -> None:
    assert identity_of(path) is None
    path.touch()
    assert identity_of(path) is None
    _make(path)
    identity = identity_of(path)
    assert identity is not None
    assert (identity.journal, identity.kind, identity.key) == (
        JOURNAL,
        JournalKind.LIVE,
        KEY.public,
    )


def test_that_an_untouched_journal_opens_again_with_all_it_held(path: Path) -> None:
    head = _make(path)
    lines, effects, checkpoints, _ = _open(path, anchors=(head,))
    assert str(lines).count("night-1") == 2
    assert [str(effect.state) for effect in effects] == ["sent"]  # type: ignore[attr-defined]
    assert [checkpoint.size for checkpoint in checkpoints] == [4, 8]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        (CHANGE_2, 2),
        ("DELETE FROM fact WHERE seq = 3", 3),
        ("DELETE FROM fact WHERE seq = 8", 8),
        ("DELETE FROM fact WHERE seq > 4", 5),
        ("INSERT INTO fact VALUES (9, x'00', x'7b7d')", 9),
        ("INSERT INTO fact VALUES (0, x'00', x'7b7d')", 0),
        ("UPDATE fact SET seq = CASE seq WHEN 1 THEN -2 ELSE -1 END WHERE seq < 3", -2),
        ("UPDATE effect_now SET state = 'intended'", None),
        ("UPDATE effect_now SET fence = 0", None),
        ("UPDATE effect_now SET fence = 9", None),
        ("UPDATE effect_now SET remote = 'job 7'", None),
        ("UPDATE effect_now SET id = 'another'", None),
        ("UPDATE effect_now SET not_before = 'never'", None),
        ("UPDATE effect_now SET since = '2026-08-08T20:00:09Z'", None),
        ("INSERT INTO effect_now VALUES ('a','r',NULL,1,'c','k',1,'sent',NULL,NULL,'',NULL)", None),
        ("UPDATE lease SET fence = 0", None),
        ("UPDATE lease SET holder = 'bob'", None),
        ("UPDATE lease SET until = '2099-01-01T00:00:00Z'", None),
        ("DELETE FROM lease", None),
        ("UPDATE head SET size = 7", None),
        ("UPDATE head SET root = lower(hex(randomblob(32)))", None),
        ("UPDATE head SET frontier = randomblob(32)", None),
        ("UPDATE head SET at = '2026-08-08T19:00:00Z'", None),
        ("UPDATE head SET at = 'never'", None),
        ("UPDATE head SET signature = 'A'", None),
        ("DELETE FROM head", None),
        ("DELETE FROM meta", None),
        ("DELETE FROM checkpoint WHERE number = 1", None),
        ("UPDATE checkpoint SET line = CAST(replace(line, '20:00:08', '19:00:08') AS BLOB)", None),
        ("UPDATE checkpoint SET line = x'7b7d'", None),
        ("UPDATE meta SET journal = 'another'", None),
        ("UPDATE meta SET kind = 'demo'", None),
        ("UPDATE meta SET kind = 'none'", None),
        ("UPDATE meta SET key = substr(key, 2) || 'A'", None),
        ("CREATE TRIGGER quiet AFTER INSERT ON fact BEGIN DELETE FROM fact; END", None),
        ("CREATE TABLE more (a)", None),
        ("DROP INDEX fact_id", None),
    ],
)  # fmt: skip
def test_that_a_change_outside_the_program_is_found(
    path: Path, statement: str, seq: int | None
) -> None:
    _make(path)
    edit(path, "PRAGMA foreign_keys = OFF", statement)
    with pytest.raises(PersonMustAct) as found:
        _open(path)
    if isinstance(found.value, RecordBroken):
        assert found.value.seq == seq
        assert "changed outside the program" in str(found.value)
    else:
        assert seq is None


def _reseal(path: Path, facts: int, key: SigningKey) -> None:
    """Rewrite head and tree over the stored lines as somebody who has a key could."""
    connection = DRIVER.connect(str(path), isolation_level=None)
    try:
        query = "SELECT line FROM fact ORDER BY seq LIMIT ?"
        lines = [row[0] for row in connection.execute(query, (facts,))]
        connection.execute("DELETE FROM fact WHERE seq > ?", (facts,))
        leaves = [leaf_hash(stored) for stored in lines]
        for seq, leaf in enumerate(leaves, 1):
            connection.execute("UPDATE fact SET leaf = ? WHERE seq = ?", (leaf, seq))
        connection.execute("UPDATE meta SET key = ?", (key.public.text,))
    finally:
        connection.close()
    _seal_head(path, leaves, key)


def _seal_head(path: Path, leaves: list[bytes], key: SigningKey) -> None:
    edge = Frontier().extend(leaves)
    head = sign_checkpoint(
        journal=JOURNAL, size=edge.size, root=edge.digest, at=fact(8).at, key=key
    )
    connection = DRIVER.connect(str(path), isolation_level=None)
    try:
        connection.execute(
            "UPDATE head SET size = ?, root = ?, frontier = ?, at = ?, signature = ?",
            head_row(head, edge),
        )
    finally:
        connection.close()


def test_that_a_fact_changed_with_its_hash_is_found_between_the_heads_that_frame_it(
    path: Path,
) -> None:
    _make(path)
    forged = line(msgspec.structs.replace(fact(7), body={"text": "all was well"}))
    connection = DRIVER.connect(str(path), isolation_level=None)
    try:
        connection.execute(
            "UPDATE fact SET line = ?, leaf = ? WHERE seq = 7", (forged, leaf_hash(forged))
        )
    finally:
        connection.close()
    with pytest.raises(RecordBroken, match="a fact from 5 to 8") as found:
        _open(path)
    assert found.value.seq == 5


def test_that_a_record_signed_anew_with_another_key_is_found(path: Path) -> None:
    _make(path)
    edit(path, CHANGE_2)
    edit(path, "DELETE FROM checkpoint")
    _reseal(path, 8, OTHER)
    with pytest.raises(PersonMustAct, match="was signed with the key"):
        _open(path)


def test_that_a_record_rewritten_with_its_own_key_is_found_by_an_anchor_alone(path: Path) -> None:
    anchor = _make(path)
    edit(path, CHANGE_2)
    edit(path, "DELETE FROM checkpoint")
    _reseal(path, 8, KEY)
    assert len(_open(path)) == 4
    with pytest.raises(RecordBroken, match="a fact from 1 to 8"):
        _open(path, anchors=(anchor,))


def test_that_an_older_copy_of_the_file_is_found_by_an_anchor_alone(path: Path) -> None:
    _make(path)
    old = path.with_name("old.db")
    shutil.copy(path, old)

    async def go_on() -> Checkpoint:
        journal = await open_journal(path, wanted())
        try:
            return await journal.append(notes(9, 9))
        finally:
            await journal.close()

    anchor = asyncio.run(go_on())
    old.replace(path)
    assert len(_open(path)) == 4
    with pytest.raises(RecordBroken, match="9 facts were signed, 8 are left"):
        _open(path, anchors=(anchor,))


def test_that_an_anchor_of_another_key_or_journal_does_not_pass(path: Path) -> None:
    head = _make(path)
    alien = sign_checkpoint(journal="another", size=8, root=head.root, at=head.at, key=KEY)
    forged = sign_checkpoint(journal=JOURNAL, size=8, root=head.root, at=head.at, key=OTHER)
    for anchor in (alien, forged):
        with pytest.raises(RecordBroken, match="anchor"):
            _open(path, anchors=(anchor,))


def test_that_effects_whose_table_was_emptied_are_made_again_from_the_facts(path: Path) -> None:
    _make(path)
    before = _open(path)
    edit(path, "DELETE FROM effect_now")
    assert _open(path) == before


def test_that_an_opening_that_is_refused_leaves_the_file_as_it_was(path: Path) -> None:
    _make(path)
    edit(path, CHANGE_2)
    before = path.read_bytes()
    with pytest.raises(RecordBroken):
        _open(path)
    assert path.read_bytes() == before


def test_that_a_record_that_was_changed_can_still_be_read(path: Path) -> None:
    _make(path)
    edit(path, CHANGE_2)

    async def scene() -> None:
        journal = await open_readonly(path)
        try:
            assert journal.id == JOURNAL
            assert journal.kind is JournalKind.LIVE
            assert (await journal.read())[1].body == {"text": "note 9"}
            with pytest.raises(RecordBroken):
                await journal.verify(EffectFacts())
        finally:
            await journal.close()

    asyncio.run(scene())


def test_that_another_journal_is_not_taken_for_this_one(path: Path) -> None:
    _make(path)

    async def scene(wrong: str) -> None:
        await open_journal(path, replace(wanted(), journal=wrong))

    with pytest.raises(PersonMustAct, match="not the live journal another"):
        asyncio.run(scene("another"))


def test_that_a_journal_of_a_newer_program_is_refused(path: Path) -> None:
    _make(path)
    edit(path, f"PRAGMA user_version = {FORMAT + 1}")
    with pytest.raises(PersonMustAct, match="newer version"):
        _open(path)


def test_that_a_database_of_something_else_is_refused(path: Path) -> None:
    edit(path, "CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(PersonMustAct, match="no journal of this program"):
        _open(path)
    with pytest.raises(PersonMustAct, match="no journal of this program"):
        identity_of(path)


@pytest.mark.parametrize("content", [b"not a database", b"x" * 8192])
def test_that_a_file_that_is_no_database_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(PersonMustAct, match="no database"):
        _open(path)
    with pytest.raises(PersonMustAct):
        asyncio.run(open_readonly(path))
    assert path.read_bytes() == content


def test_that_what_a_full_disk_left_of_a_new_journal_is_none(path: Path) -> None:
    edit(path, "PRAGMA journal_mode = WAL")
    assert path.stat().st_size
    assert identity_of(path) is None

    async def scene() -> None:
        journal = await open_journal(path, wanted())
        await journal.append(notes(1, 1))
        await journal.close()

    asyncio.run(scene())
    found = identity_of(path)
    assert found is not None
    assert found.journal == JOURNAL


def test_that_an_index_that_lost_an_effect_is_damage(path: Path) -> None:
    async def scene() -> None:
        journal = await open_journal(path, wanted())
        lease = await journal.take_lease(RUN, "mara", START, 60)
        await journal.append(intent(1, lease.fence))
        await journal.close()
        driver = open_driver(path, Access.READ)
        found = driver.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'effect_of_run'")
        row = found.fetchone()
        driver.close()
        assert row is not None
        root = int(str(row[0]))
        raw, page = path.read_bytes(), slice((root - 1) * 4096, root * 4096)
        changed = raw[page].replace(RUN.encode(), RUN.encode()[:-1] + b"2")
        assert changed != raw[page]
        path.write_bytes(raw[: page.start] + changed + raw[page.stop :])
        with pytest.raises(RecordBroken, match="damaged"):
            await open_journal(path, wanted())

    asyncio.run(scene())


def test_that_tables_declared_in_no_text_are_the_file_s_fault(path: Path) -> None:
    async def scene() -> None:
        await (await open_journal(path, wanted())).close()
        raw = path.read_bytes()
        path.write_bytes(raw.replace(b"CHECK (one = 1)", b"CHECK (on\xe5 = 1)"))
        with pytest.raises(PersonMustAct, match="makes no sense"):
            await open_journal(path, wanted())

    asyncio.run(scene())


def test_that_a_folder_that_does_not_exist_is_the_disk_s_refusal(path: Path) -> None:
    with pytest.raises(WorldIsDown, match="does not exist"):
        _open(path.parent / "none" / "journal.db")


def test_that_the_migrations_make_the_tables_that_the_program_makes(path: Path) -> None:
    path.touch()
    connection = connect(path, Access.WRITE)
    try:
        migrate(connection, found=0, wanted=FORMAT)
        assert digest_of_schema(connection) == SCHEMA_DIGEST
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == FORMAT
    finally:
        disconnect(connection)


def test_that_an_ordinary_start_loads_no_migration(path: Path) -> None:
    _make(path)
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from relconsole.adapters.journal_sql.opening import open_journal\n"
        "from tests.helpers.journals import wanted\n"
        "async def scene(path):\n"
        "    await (await open_journal(path, wanted())).close()\n"
        "for path in map(Path, sys.argv[1:]):\n"
        "    asyncio.run(scene(path))\n"
        "print([name for name in ('alembic', 'sqlalchemy.orm', 'keyring') if name in sys.modules])"
    )
    command = [sys.executable, "-c", script, str(path), str(path.with_name("new.db"))]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == "[]"


def test_that_no_flipped_bit_changes_what_is_read_without_a_word(path: Path) -> None:
    _make(path)
    good = _open(path)
    content = path.read_bytes()
    draw = random.Random(7)
    refused = 0
    for _ in range(80):
        at, bit = draw.randrange(len(content)), draw.randrange(8)
        flipped = bytearray(content)
        flipped[at] ^= 1 << bit
        path.write_bytes(bytes(flipped))
        for beside in ("journal.db-wal", "journal.db-shm"):
            path.with_name(beside).unlink(missing_ok=True)
        try:
            found = _open(path)
        except (PersonMustAct, WorldIsDown):
            refused += 1
        else:
            assert found == good, f"bit {bit} of byte {at}"
    assert refused > 4
