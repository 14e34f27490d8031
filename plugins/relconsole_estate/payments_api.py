"""payments-api, version by version: takes a payment, asks the acquirer, books it in the ledger.

The connections to the ledger come from a pool of fixed size, as everywhere. The difference
between the versions is what they do with them.
"""

import queue
import random
import time
from collections.abc import Mapping

from relconsole_estate.business import Surroundings
from relconsole_estate.metrics import Sample
from relconsole_estate.values import text_of, whole_of
from relconsole_estate.wire import Answer, Connection, Request, answer_json

_POOL_SIZE = 8
_POOL_PATIENCE = 0.8
_LEDGER_PATIENCE = 1.0
_CHECKED_FROM_MINOR = 25_000


class PoolExhaustedError(Exception):
    """Every connection is out, and none came back in time."""


class ConnectionPool:
    """A fixed number of connections to one port, lent out one by one."""

    def __init__(self, port: int) -> None:
        self._free: queue.LifoQueue[Connection] = queue.LifoQueue()
        for _ in range(_POOL_SIZE):
            self._free.put(Connection(port, timeout=_LEDGER_PATIENCE))

    def take(self) -> Connection:
        """A free connection; waits for one at most 0.8 s."""
        try:
            return self._free.get(timeout=_POOL_PATIENCE)
        except queue.Empty as error:
            raise PoolExhaustedError from error

    def give_back(self, connection: Connection) -> None:
        """The connection may be lent out again."""
        self._free.put(connection)

    def free(self) -> int:
        """How many are not lent out."""
        return self._free.qsize()


class Payments2304:
    """2.30.4: books every payment with one connection."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._version = surroundings.version
        self._dice: random.Random = surroundings.dice()
        self._pool = ConnectionPool(surroundings.ports_of("ledger-api")[0])

    def version(self) -> str:
        """The code's version."""
        return self._version

    def condition(self) -> Mapping[str, str]:
        """Nothing besides the version."""
        return {}

    def samples(self) -> list[Sample]:
        """How many connections to the ledger are free."""
        return [Sample(name="pool_free_connections", labels=(), value=self._pool.free())]

    def answer(self, request: Request) -> Answer:
        """`POST /payments`: 201 with the entry, or 503 when the ledger cannot be reached."""
        if (request.method, request.path) != ("POST", "/payments"):
            return answer_json({"error": f"nothing at {request.path}"}, 404)
        order = Answer(status=200, body=request.body).value()
        payment, amount = text_of(order, "payment"), whole_of(order, "amount_minor")
        # The acquirer is outside the estate; what is felt of it is a wait.
        time.sleep(self._dice.uniform(0.004, 0.018))
        try:
            if self._is_duplicate(payment, amount):
                return answer_json({"error": f"payment {payment} came twice"}, 409)
            return self._book(
                {
                    "payment": payment,
                    "account": text_of(order, "account"),
                    "amount_minor": amount,
                    "currency": text_of(order, "currency"),
                }
            )
        except PoolExhaustedError:
            text = f"no free connection to ledger-api within {_POOL_PATIENCE} s"
            return answer_json({"error": text}, 503)
        except OSError as error:
            return answer_json({"error": f"ledger-api did not answer: {error}"}, 503)

    def _is_duplicate(self, payment: str, amount: int) -> bool:
        """Before 2.31 the unique key of the ledger was the only check."""
        del payment, amount
        return False

    def _book(self, entry: Mapping[str, str | int]) -> Answer:
        connection = self._pool.take()
        try:
            booked = connection.call("POST", "/entries", dict(entry))
        finally:
            self._pool.give_back(connection)
        if booked.status != 200:  # noqa: PLR2004 - HTTP's own number
            return booked
        value = booked.value()
        self._notice_schema(text_of(value, "schema"))
        return answer_json({"entry": whole_of(value, "entry")}, 201)

    def _notice_schema(self, version: str) -> None:
        """Before 2.31 the schema made no difference."""


class Payments2310(Payments2304):
    """2.31.0: asks the ledger for a duplicate of every large payment, once it has references.

    Its fault: the connection of that question goes back to the pool only when a duplicate was
    found. On a 14.2 ledger the question is never asked, so nothing shows; from 15.0 on every
    large payment costs one connection for good, until none is left.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self._has_references = False

    def _notice_schema(self, version: str) -> None:
        self._has_references = version != "14.2"

    def _is_duplicate(self, payment: str, amount: int) -> bool:
        if not self._has_references or amount < _CHECKED_FROM_MINOR:
            return False
        connection = self._pool.take()
        found = connection.call("GET", f"/duplicates?reference={payment[:8]}")
        if found.value().get("found") == 1:
            self._pool.give_back(connection)
            return True
        return False


class Payments2311(Payments2310):
    """2.31.1: the same check, and the connection always goes back."""

    def _is_duplicate(self, payment: str, amount: int) -> bool:
        if not self._has_references or amount < _CHECKED_FROM_MINOR:
            return False
        connection = self._pool.take()
        try:
            found = connection.call("GET", f"/duplicates?reference={payment[:8]}")
        finally:
            self._pool.give_back(connection)
        return found.value().get("found") == 1


VERSIONS = {"2.30.4": Payments2304, "2.31.0": Payments2310, "2.31.1": Payments2311}
"""The versions of payments-api."""
