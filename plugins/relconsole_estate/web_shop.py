"""The shop's checkout: spreads payments over the instances of payments-api."""

import itertools
import threading
import time
from collections.abc import Mapping

from relconsole_estate.business import Surroundings
from relconsole_estate.metrics import Sample
from relconsole_estate.values import text_of, whole_of
from relconsole_estate.wire import Answer, Request, answer_json, ask_once

_PATIENCE = 2.0
_INSTANT_UP_TO_MINOR = 10_000
_LOOK_AGAIN = 0.5
_CREATED = 201


class WebShop:
    """Version 8.4: checkout, with instant payments for small amounts once they are on.

    While its maintenance page is on, nobody pays and no payment is begun.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._payments = surroundings.ports_of("payments-api")
        self._turn = itertools.count()
        self._instant = surroundings.folder.read_switch("instant-payments")
        self._page = surroundings.folder.read_switch("maintenance-page")
        self._by_scheme = {"card": 0, "instant": 0}
        threading.Thread(target=self._look, name="look at the switch", daemon=True).start()

    def version(self) -> str:
        """The code's version."""
        return self._surroundings.version

    def condition(self) -> Mapping[str, str]:
        """Where its switches stand, as the shop has seen them."""
        return {"instant-payments": self._instant, "maintenance-page": self._page}

    def samples(self) -> list[Sample]:
        """Paid checkouts by scheme, and whether the maintenance page is shown."""
        return [
            Sample(name="maintenance_page", labels=(), value=float(self._page == "on")),
            *(
                Sample(name="payments_total", labels=(("scheme", scheme),), value=number)
                for scheme, number in self._by_scheme.items()
            ),
        ]

    def answer(self, request: Request) -> Answer:
        """`POST /checkout`: 200 when paid or shown the page, 502 when the payment failed."""
        if (request.method, request.path) != ("POST", "/checkout"):
            return answer_json({"error": f"nothing at {request.path}"}, 404)
        if self._page == "on":
            return answer_json({"page": "The shop is closed for maintenance."})
        order = Answer(status=200, body=request.body).value()
        amount = whole_of(order, "amount_minor")
        is_instant = self._instant == "on" and amount <= _INSTANT_UP_TO_MINOR
        scheme = "instant" if is_instant else "card"
        paid = self._pay(
            {
                "payment": text_of(order, "order"),
                "account": text_of(order, "customer"),
                "amount_minor": amount,
                "currency": text_of(order, "currency"),
                "scheme": scheme,
            }
        )
        if paid is None or paid.status != _CREATED:
            reason = "no payments-api answered" if paid is None else paid.body.decode()
            return answer_json({"error": f"payment failed: {reason}"}, 502)
        self._by_scheme[scheme] += 1
        return answer_json({"order": text_of(order, "order"), "scheme": scheme})

    def _pay(self, payment: Mapping[str, str | int]) -> Answer | None:
        """Asks the next instance, and another when that one cannot be reached.

        A payment that was asked twice is booked once, since the ledger knows its id.
        """
        first = next(self._turn)
        for offset in range(len(self._payments)):
            port = self._payments[(first + offset) % len(self._payments)]
            try:
                return ask_once(port, "POST", "/payments", dict(payment), timeout=_PATIENCE)
            except ConnectionError:
                continue
            except OSError:
                return None
        return None

    def _look(self) -> None:
        while True:
            self._instant = self._surroundings.folder.read_switch("instant-payments")
            self._page = self._surroundings.folder.read_switch("maintenance-page")
            time.sleep(_LOOK_AGAIN)


VERSIONS = {"8.4.0": WebShop}
"""The versions of web-shop."""
