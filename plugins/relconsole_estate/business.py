"""What every service has in common: its surroundings, and the shape of a business."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from relconsole_estate.folder import EstateFolder
from relconsole_estate.metrics import Sample
from relconsole_estate.topology import Instance, instances_of
from relconsole_estate.wire import Answer, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where a service process finds itself."""

    folder: EstateFolder
    instance: Instance
    version: str

    def ports_of(self, service: str) -> list[int]:
        """The ports of every instance of a service, by number."""
        return [self.folder.port(instance.name) for instance in instances_of(service)]

    def dice(self) -> random.Random:
        """Chance that is the same in every estate of this seed."""
        return random.Random(f"{self.folder.seed()}/{self.instance.name}")


class Business(Protocol):
    """What a version of a service does with a request."""

    def answer(self, request: Request) -> Answer:
        """The answer to a request on any path that is not `/health` or `/metrics`."""
        ...

    def version(self) -> str:
        """The version that is really in force: of the code, or of the schema for a database."""
        ...

    def condition(self) -> Mapping[str, str]:
        """What `/health` says besides the version, such as where a switch stands."""
        ...

    def samples(self) -> list[Sample]:
        """What it measures beyond requests; labels of the process are added to these."""
        ...


Opening = Callable[[Surroundings], Business]
"""Makes a version's business ready to serve."""
