"""The ledger's public face: checks what is asked and passes it to the database service."""

import threading
from collections.abc import Mapping

from relconsole_estate.business import Surroundings
from relconsole_estate.metrics import Sample
from relconsole_estate.values import whole_of
from relconsole_estate.wire import Answer, Connection, Request, answer_json

_CURRENCIES = ("EUR", "GBP", "USD")
_PATIENCE = 1.0


class LedgerApi:
    """Version 5.2: booking and duplicate search."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._version = surroundings.version
        self._database = surroundings.ports_of("ledger-db")[0]
        # A caller's connection has a thread of its own here, and so one onward connection.
        self._own = threading.local()

    def version(self) -> str:
        """The code's version."""
        return self._version

    def condition(self) -> Mapping[str, str]:
        """Nothing besides the version."""
        return {}

    def samples(self) -> list[Sample]:
        """Nothing besides its requests."""
        return []

    def answer(self, request: Request) -> Answer:
        """`POST /entries` and `GET /duplicates`."""
        match request.method, request.path:
            case "POST", "/entries":
                value = Answer(status=200, body=request.body).value()
                if value.get("currency") not in _CURRENCIES:
                    return answer_json({"error": f"no currency {value.get('currency')!r}"}, 422)
                if whole_of(value, "amount_minor") <= 0:
                    return answer_json({"error": "an amount is more than nothing"}, 422)
                return self._onward().call("POST", "/entries", value)
            case "GET", "/duplicates":
                reference = request.fields.get("reference", "")
                if not reference.isalnum():
                    return answer_json({"error": f"no reference {reference!r}"}, 422)
                return self._onward().call("GET", f"/duplicates?reference={reference}")
            case _:
                return answer_json({"error": f"nothing at {request.path}"}, 404)

    def _onward(self) -> Connection:
        kept = getattr(self._own, "connection", None)
        if not isinstance(kept, Connection):
            kept = Connection(self._database, timeout=_PATIENCE)
            self._own.connection = kept
        return kept


VERSIONS = {"5.2.0": LedgerApi}
"""The versions of ledger-api."""
