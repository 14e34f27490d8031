"""Edits of a journal's file behind the console's back, and whether it then still acts on it.

The file is of a night on its way, with open effects. After each edit it must not open to write,
unless everything that an effect could be intended on stands in it as it was.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from relconsole.adapters.journal_sql import rows
from relconsole.adapters.journal_sql.connecting import Access, connect
from relconsole.adapters.journal_sql.ledger import Ledger
from relconsole.adapters.journal_sql.opening import Wanted, open_journal
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.record.checkpoint import Checkpoint
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.domain.record.envelope import line, parse_line
from relconsole.domain.record.signature import SigningKey
from relconsole.domain.record.tree import Frontier, leaf_hash
from tests.promises.kills_plan import WARM, begin, wanted
from tests.promises.kills_program import Course, Parts, Scene
from tests.promises.p01_kills import fork_console, wait_for

Connection = sqlite3.Connection
Edit = Callable[[Connection, random.Random], None]
Open = Callable[[Path, Wanted], None]
ATTACKER: Final = SigningKey(b"\x66" * 32)


def _facts(db: Connection) -> list[tuple[int, bytes]]:
    return db.execute("SELECT seq, line FROM fact ORDER BY seq").fetchall()


def _rewrite(db: Connection, lines: list[bytes], *, head: bool = True) -> None:
    """Put these lines in the place of all facts, with leaves, tree and head made to fit."""
    db.execute("DELETE FROM fact")
    leaves = [leaf_hash(each) for each in lines]
    db.executemany(
        "INSERT INTO fact (seq, leaf, line) VALUES (?, ?, ?)",
        [(at, leaf, each) for at, (leaf, each) in enumerate(zip(leaves, lines, strict=True), 1)],
    )
    if head:
        frontier = Frontier().extend(leaves)
        db.execute(
            "UPDATE head SET size = ?, root = ?, frontier = ?",
            (len(lines), frontier.digest, b"".join(frontier.peaks)),
        )


def _changed(raw: bytes, rng: random.Random) -> bytes:
    """Give a fact's line with another person, instant or body, in its canonical form."""
    fact = json.loads(raw)
    match rng.randrange(3):
        case 0:
            fact["by"] = "ines"
        case 1:
            fact["at"] = "2026-01-01T00:00:00Z"
        case _:
            fact["body"]["note"] = f"forged {rng.randrange(1000)}"
    return json.dumps(fact, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def change_byte(db: Connection, rng: random.Random) -> None:
    seq, raw = rng.choice(_facts(db))
    spoilt = bytearray(raw)
    at = rng.randrange(len(spoilt) // 2, len(spoilt) - 1)
    spoilt[at] ^= 1
    try:
        db.execute("UPDATE fact SET line = ? WHERE seq = ?", (bytes(spoilt), seq))
    except sqlite3.DatabaseError:  # the file itself refuses what is no JSON: change a word instead
        db.execute("UPDATE fact SET line = ? WHERE seq = ?", (_changed(raw, rng), seq))


def change_fact(db: Connection, rng: random.Random) -> None:
    seq, raw = rng.choice(_facts(db))
    new = _changed(raw, rng)
    leaf = hashlib.sha256(b"\x00" + new).digest()
    db.execute("UPDATE fact SET line = ?, leaf = ? WHERE seq = ?", (new, leaf, seq))


def change_fact_and_tree(db: Connection, rng: random.Random) -> None:
    lines = [raw for _, raw in _facts(db)]
    at = rng.randrange(len(lines))
    lines[at] = _changed(lines[at], rng)
    _rewrite(db, lines)


def cut_the_end(db: Connection, rng: random.Random) -> None:
    lines = [raw for _, raw in _facts(db)]
    _rewrite(db, lines[: -rng.randrange(1, 6)], head=rng.random() < 0.5)


def remove_fact(db: Connection, rng: random.Random) -> None:
    lines = [raw for _, raw in _facts(db)]
    del lines[rng.randrange(len(lines) - 1)]
    _rewrite(db, lines, head=rng.random() < 0.5)


def swap_facts(db: Connection, rng: random.Random) -> None:
    lines = [raw for _, raw in _facts(db)]
    at = rng.randrange(len(lines) - 1)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    _rewrite(db, lines)


def forge_fact(db: Connection, rng: random.Random) -> None:
    """Add a fact that nobody recorded: a fired rollback, a confirmed key, a started step."""
    lines = [raw for _, raw in _facts(db)]
    last = json.loads(lines[-1])
    run = next(json.loads(raw)["body"]["run"] for raw in lines if b'"run_opened"' in raw)
    kind, body = rng.choice(
        (
            ("rollback_fired", {"run": run, "plan": "0" * 64, "person": "mara"}),
            ("step_started", {"run": run, "step": "d", "attempt": 1}),
            ("line_stopped", {"run": run}),
            ("run_taken_up", {"run": run, "holder": "another", "fence": 99}),
        )
    )
    forged = {**last, "seq": len(lines) + 1, "id": f"{rng.getrandbits(128):032x}"}
    forged |= {"kind": kind, "body": body, "by": "mara"}
    raw = line(parse_line(json.dumps(forged).encode()))
    _rewrite(db, [*lines, raw], head=rng.random() < 0.7)


def change_key_fact(db: Connection, rng: random.Random) -> None:
    """Put an attacker's key in the place of a person's, wherever it stands."""
    person = rng.choice(("mara", "ines"))
    lines = [raw for _, raw in _facts(db)]
    for at, raw in enumerate(lines):
        fact = json.loads(raw)
        if fact["kind"] == "key_registered" and fact["body"]["person"] == person:
            fact["body"]["public_key"] = ATTACKER.public.text
        if fact["kind"] == "key_enrolled" and fact["body"]["person"] == person:
            fact["body"]["fingerprint"] = ATTACKER.public.fingerprint
        lines[at] = json.dumps(
            fact, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
    _rewrite(db, lines, head=rng.random() < 0.5)


def change_effect(db: Connection, rng: random.Random) -> None:
    column, value = rng.choice(
        (
            ("state", "intended"),
            ("state", "confirmed"),
            ("outcome", "succeeded"),
            ("remote", "another"),
            ("attempt", 7),
            ("step", "d"),
            ("system", "elsewhere"),
            ("run", "another"),
            ("fence", 0),
            ("not_before", "2030-01-01T00:00:00Z"),
            ("since", "2020-01-01T00:00:00Z"),
        )
    )
    found = rng.choice(db.execute("SELECT id FROM effect_now").fetchall())[0]
    db.execute(f"UPDATE effect_now SET {column} = ? WHERE id = ?", (value, found))  # noqa: S608


def remove_effect(db: Connection, rng: random.Random) -> None:
    found = rng.choice(db.execute("SELECT id FROM effect_now").fetchall())[0]
    if rng.random() < 0.3:
        db.execute("DELETE FROM effect_now")
    else:
        db.execute("DELETE FROM effect_now WHERE id = ?", (found,))


def add_effect(db: Connection, rng: random.Random) -> None:
    columns = "id, run, step, attempt, system, kind, fence, state, remote, outcome, since"
    db.execute(
        f"INSERT INTO effect_now ({columns}) SELECT ?, run, 'd', 1, system, kind, fence,"  # noqa: S608
        " 'intended', NULL, NULL, since FROM effect_now LIMIT 1",
        (f"{rng.getrandbits(128):032x}",),
    )


def change_lease(db: Connection, rng: random.Random) -> None:
    match rng.randrange(5):
        case 0:
            db.execute("UPDATE lease SET fence = fence - 1")
        case 1:
            db.execute("UPDATE lease SET fence = fence + 50")
        case 2:
            db.execute("UPDATE lease SET holder = 'another:1:1'")
        case 3:
            db.execute("UPDATE lease SET until = '2099-01-01T00:00:00Z'")
        case _:
            db.execute("DELETE FROM lease")


def change_head(db: Connection, rng: random.Random) -> None:
    match rng.randrange(4):
        case 0:
            db.execute("UPDATE head SET size = size - 1")
        case 1:
            db.execute("UPDATE head SET root = ?", (f"{rng.getrandbits(256):064x}",))
        case 2:
            db.execute("UPDATE head SET frontier = ?", (rng.randbytes(64),))
        case _:
            db.execute("DELETE FROM head")


def change_meta(db: Connection, rng: random.Random) -> None:
    """Make it another journal, another kind, or the attacker's own."""
    match rng.randrange(4):
        case 0:
            db.execute("UPDATE meta SET journal = 'another'")
        case 1:
            db.execute("UPDATE meta SET kind = 'rehearsal'")
        case 2:
            db.execute("UPDATE meta SET key = ?", (ATTACKER.public.text,))
        case _:
            db.execute("DELETE FROM meta")


def change_checkpoint(db: Connection, rng: random.Random) -> None:
    match rng.randrange(3):
        case 0:
            db.execute(
                "UPDATE checkpoint SET line = CAST(replace(CAST(line AS TEXT), '2', '3') AS BLOB)"
            )
        case 1:
            db.execute("INSERT INTO checkpoint (line) VALUES (?)", (rng.randbytes(80),))
        case _:
            db.execute("UPDATE checkpoint SET number = number + 1")


def change_schema(db: Connection, rng: random.Random) -> None:
    db.execute(
        rng.choice(
            (
                "CREATE TRIGGER t AFTER INSERT ON fact BEGIN DELETE FROM lease; END",
                "DROP INDEX job_intended_once",
                "CREATE TABLE more (a)",
                "CREATE VIEW late AS SELECT * FROM fact",
                "PRAGMA user_version = 0",
                "PRAGMA user_version = 2",
            )
        )
    )


EDITS: Final[tuple[Edit, ...]] = (
    change_byte,
    change_fact,
    change_fact_and_tree,
    cut_the_end,
    remove_fact,
    swap_facts,
    forge_fact,
    change_key_fact,
    change_effect,
    remove_effect,
    add_effect,
    change_lease,
    change_head,
    change_meta,
    change_checkpoint,
    change_schema,
)


def open_verified(path: Path, found: Wanted) -> None:
    """Open the journal to write as the console does, and close it again."""

    async def scene() -> None:
        await (await open_journal(path, found)).close()

    asyncio.run(scene())


def open_unverified(path: Path, found: Wanted) -> None:
    """Open it as a console would that verifies nothing."""
    connection = connect(path, Access.WRITE)
    identity = rows.Identity(journal=found.journal, kind=found.kind, key=found.key.public)
    Ledger(
        connection,
        path=path,
        identity=identity,
        key=found.key,
        writer_epoch=0,
        projection=found.projection,
    ).close()


def _dump(path: Path) -> list[list[tuple[object, ...]]]:
    """Give all that an effect could be intended on."""
    tables = (
        "SELECT seq, leaf, line FROM fact ORDER BY seq",
        "SELECT * FROM effect_now ORDER BY id",
        "SELECT * FROM lease ORDER BY run",
        "SELECT * FROM head",
        "SELECT journal, kind, key FROM meta",
        "SELECT type, name, sql FROM sqlite_schema ORDER BY name",
    )
    with closing(sqlite3.connect(path)) as db:
        return [db.execute(sql).fetchall() for sql in tables]


def _night_on_its_way(folder: Path) -> Checkpoint:
    """Make a night whose console was killed while its jobs ran; give the head it anchored."""
    begin(folder, WARM)
    scene = Scene(folder=folder, course=Course.FINISHES, how=RecognisesRepeat.NATIVE, parts=Parts())
    pid, says = fork_console(scene, "follow:before", 2)
    wait_for(pid, says)

    async def keep() -> Checkpoint:
        found = wanted(datetime.now(UTC))
        journal = await open_journal(folder / "store/live/journal.db", found)
        head = await journal.head()
        assert head is not None
        await journal.keep_checkpoint(head)
        await journal.close()
        return head

    return asyncio.run(keep())


def edit_and_open(count: int, mutant: bool) -> tuple[int, list[str], Counter[str]]:
    """Make so many edits, each in a fresh copy, and open it; how many, and what went through."""
    opens: Open = open_unverified if mutant else open_verified
    broken: list[str] = []
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="edits-") as top:
        folder = Path(top)
        head = _night_on_its_way(folder / "night")
        source = folder / "night/store/live/journal.db"
        before = _dump(source)
        if len(before[1]) < 2:
            return 0, ["the night that is edited has no open effects"], ends
        for number in range(count):
            edit, rng = EDITS[number % len(EDITS)], random.Random(number)
            copy = folder / "journal.db"
            for left in folder.glob("journal.db*"):
                left.unlink()
            shutil.copy(source, copy)
            with closing(sqlite3.connect(copy)) as db, db:
                edit(db, rng)
            found = wanted(datetime.now(UTC))
            anchored = Wanted(
                journal=found.journal,
                kind=found.kind,
                key=found.key,
                now=found.now,
                projection=found.projection,
                anchors=(head,),
            )
            try:
                opens(copy, anchored)
            except PersonMustAct:
                ends["refused"] += 1
                continue
            if _dump(copy) == before:
                ends["harmless"] += 1
                continue
            broken.append(f"edit {number} ({edit.__name__}) was opened to write")
    return count, broken, ends
