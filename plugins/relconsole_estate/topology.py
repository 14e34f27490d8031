"""Which services make up the estate, how many instances each has, and who stands behind it.

Plain tables. What a version of a service does lives with its business.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from relconsole_estate.errors import UnknownNameError

ENVIRONMENT = "prod"
"""The one environment of the estate."""

COLLECTOR = "collector"
"""The name under which the collector has its port and its entry in the process list."""

SIGNING_PEOPLE = ("mara", "lena", "jo", "asha", "yusuf", "tomas", "ilka")
"""The people who have a key, in the order in which the workspace names them."""

SWITCHES = {
    "instant-payments": ("off", "on"),
    "maintenance-page": ("off", "on"),
    "settlement-intake": ("open", "closed"),
}
"""Each switch with its positions; the first is where it stands in a new estate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDefinition:
    """A service as the estate runs it: how many processes, and the version of the first day."""

    service: str
    instances: int
    first_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One process of a service, for as long as the estate lives, whatever its version."""

    service: str
    number: int

    @property
    def name(self) -> str:
        """The name in the process list, in ports and in metrics, such as `payments-api-2`."""
        return f"{self.service}-{self.number}"


SERVICES = (
    ServiceDefinition(service="ledger-db", instances=1, first_version="14.2"),
    ServiceDefinition(service="ledger-api", instances=1, first_version="5.2.0"),
    ServiceDefinition(service="payments-api", instances=3, first_version="2.30.4"),
    ServiceDefinition(service="settlement", instances=1, first_version="3.1.0"),
    ServiceDefinition(service="web-shop", instances=1, first_version="8.4.0"),
)
"""The services, each after those it needs."""


def definition_of(service: str) -> ServiceDefinition:
    """The definition of a service; an unknown name is an error that lists the known ones."""
    for definition in SERVICES:
        if definition.service == service:
            return definition
    known = ", ".join(definition.service for definition in SERVICES)
    raise UnknownNameError(f"no service {service!r} in this estate; there are {known}")


def instances_of(service: str) -> tuple[Instance, ...]:
    """Every instance of a service, by number from 1."""
    definition = definition_of(service)
    return tuple(
        Instance(service=service, number=number) for number in range(1, definition.instances + 1)
    )


def all_instances() -> Iterator[Instance]:
    """Every instance of every service, each after those it needs."""
    for definition in SERVICES:
        yield from instances_of(definition.service)
