"""`python -m relconsole_estate.service`: one process that is one instance of one service.

Serves `/health`, `/metrics` and the business of its version. What a version does lives with
its business; this module only knows where to find it.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from relconsole_estate import ledger_api, ledger_db, payments_api, settlement, web_shop
from relconsole_estate.business import Business, Opening, Surroundings
from relconsole_estate.errors import EstateError, MalformedError, UnknownNameError
from relconsole_estate.folder import EstateFolder
from relconsole_estate.metrics import RequestMeter, Sample, expose, labels_of
from relconsole_estate.processes import ProcessList
from relconsole_estate.topology import ENVIRONMENT, Instance
from relconsole_estate.wire import Answer, Request, answer_json, answer_text, open_server

_FIRST_SERVER_ERROR = 500

_CATALOGUE: Mapping[str, Mapping[str, Opening]] = {
    "ledger-api": ledger_api.VERSIONS,
    "ledger-db": ledger_db.VERSIONS,
    "payments-api": payments_api.VERSIONS,
    "settlement": settlement.VERSIONS,
    "web-shop": web_shop.VERSIONS,
}


def opening_of(service: str, version: str) -> Opening:
    """What starts that version of that service; unknown ones are errors that list the known."""
    versions = _CATALOGUE.get(service)
    if versions is None:
        raise UnknownNameError(f"no service {service!r}; there are {', '.join(_CATALOGUE)}")
    if version not in versions:
        raise UnknownNameError(f"no {service} {version!r}; there are {', '.join(versions)}")
    return versions[version]


class Desk:
    """Receives every request of one process, measures it, and answers."""

    def __init__(self, instance: Instance, business: Business) -> None:
        self._instance = instance
        self._business = business
        self._labels = {"service": instance.service, "instance": instance.name}
        self._meter = RequestMeter(labels_of(self._labels))

    def answer(self, request: Request) -> Answer:
        """The answer; health and metrics are not counted among the requests."""
        match request.path:
            case "/health":
                return self._health()
            case "/metrics":
                return answer_text(expose(self._samples()))
            case _:
                return self._measured(request)

    def _measured(self, request: Request) -> Answer:
        begun = time.perf_counter()
        try:
            answer = self._business.answer(request)
        except MalformedError as error:
            answer = answer_json({"error": str(error)}, 400)
        except OSError as error:
            answer = answer_json({"error": f"a neighbour did not answer: {error}"}, 503)
        seconds = time.perf_counter() - begun
        self._meter.count(seconds, is_error=answer.status >= _FIRST_SERVER_ERROR)
        return answer

    def _health(self) -> Answer:
        return answer_json(
            {
                "status": "ok",
                "service": self._instance.service,
                "instance": self._instance.name,
                "version": self._business.version(),
                **self._business.condition(),
            }
        )

    def _samples(self) -> list[Sample]:
        described = {
            **self._labels,
            "environment": ENVIRONMENT,
            "version": self._business.version(),
        }
        return [
            Sample(name="service_info", labels=labels_of(described), value=1),
            *self._meter.samples(),
            *(
                Sample(
                    name=sample.name,
                    labels=labels_of({**self._labels, **dict(sample.labels)}),
                    value=sample.value,
                )
                for sample in self._business.samples()
            ),
        ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until it is ended; 2 when it cannot begin."""
    parser = argparse.ArgumentParser(prog="relconsole_estate.service", description=__doc__)
    parser.add_argument("--service", required=True)
    parser.add_argument("--number", required=True, type=int)
    parser.add_argument("--version", required=True)
    parser.add_argument("--state", required=True, type=Path)
    asked = parser.parse_args(arguments)
    folder = EstateFolder(asked.state)
    instance = Instance(service=asked.service, number=asked.number)
    try:
        opening = opening_of(instance.service, asked.version)
        port = folder.port(instance.name)
        ProcessList(folder).enter(
            name=instance.name, role="service", version=asked.version, port=port
        )
        around = Surroundings(folder=folder, instance=instance, version=asked.version)
        server = open_server(port, Desk(instance, opening(around)).answer)
    except (EstateError, OSError) as error:
        print(f"{instance.name} cannot start: {error}", file=sys.stderr, flush=True)
        return 2
    print(f"{instance.name} {asked.version} serves on port {port}", flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
