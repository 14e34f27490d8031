"""The service in front of the ledger's database: entries, the settlement queue, the schema.

The one process that opens the file. Its version is the schema's, not the code's.
"""

import sqlite3
import threading
from collections.abc import Mapping

from relconsole_estate import schema
from relconsole_estate.business import Surroundings
from relconsole_estate.errors import MalformedError, UnknownNameError
from relconsole_estate.metrics import Sample
from relconsole_estate.restore_points import restore, take, totals_of
from relconsole_estate.values import Json, list_of, text_of, whole_of
from relconsole_estate.wire import Answer, Request, answer_json

_BATCH = 20


class LedgerDatabase:
    """Entries and their queue, one statement at a time."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._folder = surroundings.folder
        path = self._folder.ledger
        is_new = not path.exists()
        self._guard = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # Demonstration money: a ledger lost with the machine's power may be lost.
        self._connection.execute("PRAGMA synchronous = OFF")
        if is_new:
            schema.create(self._connection)
        self._version = schema.version_of(self._connection)

    def version(self) -> str:
        """The schema's version."""
        return self._version

    def condition(self) -> Mapping[str, str]:
        """Nothing besides the version."""
        return {}

    def samples(self) -> list[Sample]:
        """Control totals and the length of the queue."""
        with self._guard:
            totals = totals_of(self._connection)
            queued = self._queued()
        return [
            Sample(name="ledger_entries", labels=(), value=whole_of(totals, "entries")),
            Sample(name="ledger_amount_minor", labels=(), value=whole_of(totals, "amount_minor")),
            Sample(name="queue_depth", labels=(("queue", "settlement"),), value=queued),
        ]

    def answer(self, request: Request) -> Answer:
        """Entries in, queue out, totals, and the schema's moves."""
        value = Answer(status=200, body=request.body or b"{}").value()
        try:
            with self._guard:
                return self._act(request, value)
        except UnknownNameError as error:
            return answer_json({"error": str(error)}, 409)

    def _act(self, request: Request, value: dict[str, Json]) -> Answer:
        match request.method, request.path:
            case "POST", "/entries":
                return self._book(value)
            case "GET", "/duplicates":
                return self._find_duplicate(request.fields.get("reference", ""))
            case "GET", "/queue":
                return self._read_queue()
            case "POST", "/queue/settled":
                return self._settle(list_of(value, "ids"))
            case "GET", "/totals":
                return answer_json(totals_of(self._connection))
            case "POST", "/schema":
                return self._migrate(text_of(value, "version"))
            case "POST", "/purge":
                return self._purge()
            case "POST", "/restore-points":
                return answer_json(take(self._connection, self._folder, text_of(value, "name")))
            case "POST", "/restore":
                return self._restore(text_of(value, "name"))
            case _:
                return answer_json({"error": f"nothing at {request.path}"}, 404)

    def _book(self, value: Mapping[str, Json]) -> Answer:
        """Books a payment once: the same payment again finds the entry that it has."""
        columns = {
            "payment": text_of(value, "payment"),
            "account": text_of(value, "account"),
            "amount_minor": whole_of(value, "amount_minor"),
            "currency": text_of(value, "currency"),
            "legacy_reference": f"L-{text_of(value, 'payment')}",
        }
        if whole_of(value, "amount_minor") <= 0:
            raise MalformedError("an amount is more than nothing")
        if self._version != "14.2":
            columns["scheme_reference"] = text_of(value, "payment")[:8]
        names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
        # The column names are the literals above; every value is bound.
        statement = f"INSERT OR IGNORE INTO entries ({names}) VALUES ({marks})"  # noqa: S608
        self._connection.execute("BEGIN IMMEDIATE")
        is_new = self._connection.execute(statement, tuple(columns.values())).rowcount == 1
        found = self._connection.execute(
            "SELECT id FROM entries WHERE payment = ?", (columns["payment"],)
        ).fetchone()
        if is_new:
            self._connection.execute("INSERT INTO settlement_queue (entry) VALUES (?)", found)
        self._connection.execute("COMMIT")
        return answer_json({"entry": int(found[0]), "schema": self._version, "new": is_new})

    def _find_duplicate(self, reference: str) -> Answer:
        if self._version == "14.2":
            return answer_json({"error": "schema 14.2 has no scheme references"}, 409)
        row = self._connection.execute(
            "SELECT count(*) FROM entries WHERE scheme_reference = ?", (reference,)
        ).fetchone()
        return answer_json({"found": int(row[0])})

    def _read_queue(self) -> Answer:
        rows = self._connection.execute(
            "SELECT id FROM settlement_queue ORDER BY id LIMIT ?", (_BATCH,)
        ).fetchall()
        return answer_json({"ids": [int(row[0]) for row in rows], "depth": self._queued()})

    def _settle(self, ids: list[Json]) -> Answer:
        done = [(number,) for number in ids if isinstance(number, int)]
        self._connection.executemany("DELETE FROM settlement_queue WHERE id = ?", done)
        return answer_json({"settled": len(done)})

    def _migrate(self, target: str) -> Answer:
        before = self._version
        passed = schema.migrate(self._connection, target)
        self._version = schema.version_of(self._connection)
        totals = totals_of(self._connection)
        return answer_json({"from": before, "passed": list(passed), "totals": totals})

    def _restore(self, name: str) -> Answer:
        restored = restore(self._connection, self._folder, name)
        self._version = schema.version_of(self._connection)
        return answer_json(restored)

    def _purge(self) -> Answer:
        """Empties the old references, for good: no other place has them."""
        if self._version == "14.2":
            return answer_json({"error": "schema 14.2 has nothing in their place"}, 409)
        purged = self._connection.execute(
            "UPDATE entries SET legacy_reference = '' WHERE legacy_reference <> ''"
        ).rowcount
        return answer_json({"purged": purged})

    def _queued(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM settlement_queue").fetchone()[0])


def open_ledger(surroundings: Surroundings) -> LedgerDatabase:
    """The database of this estate; `MalformedError` when it has a schema nobody knows."""
    ledger = LedgerDatabase(surroundings)
    if ledger.version() not in schema.ORDER:
        raise MalformedError(f"the ledger has the unknown schema {ledger.version()!r}")
    return ledger


VERSIONS = {"14.2": open_ledger}
"""The version a new ledger begins with; later ones are reached by migration."""
