"""The services of the estate held against the items of a CMDB: what stands on one side only.

An item stands for the service whose id it names. One that is out of use stands for none, and what
is not stated on both sides is not compared, and said not to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from immutables import Map

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import ServiceId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationItem:
    """An item as the CMDB has it.

    ``kind`` is the target's word for the sort of thing, such as its catalog. ``service`` is the id
    of the service that it stands for, empty where it names none; ``version`` is None where it
    states none, ``in_use`` None where its status does not tell. ``depends_on`` are ids of items,
    those too that the CMDB does not show.
    """

    id: str
    name: str
    kind: str
    status: str
    owner: str = ""
    service: str = ""
    version: str | None = None
    in_use: bool | None = None
    fields: Mapping[str, str] = field(default_factory=Map[str, str])
    depends_on: tuple[str, ...] = ()


class DifferenceKind(StrEnum):
    """How the estate and the CMDB differ, *here* being the estate."""

    ONLY_HERE = "only_here"
    ONLY_THERE = "only_there"
    SEVERAL_ITEMS = "several_items"
    STATUS = "status"
    VERSION = "version"
    DEPENDENCY_ONLY_HERE = "dependency_only_here"
    DEPENDENCY_ONLY_THERE = "dependency_only_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference of a service: what either side says, and the ids of the items it is about.

    Of a dependency each side that has it says on which service.
    """

    service: ServiceId
    kind: DifferenceKind
    here: str = ""
    there: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutwardLink:
    """A dependency of a service on an item of which no service is known."""

    service: ServiceId
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of holding both against each other.

    ``both`` counts the services that stand on both sides; ``unversioned`` are those of them of
    which one side states no version. ``nameless`` are items in use that name no service.
    """

    both: int
    differences: tuple[Difference, ...]
    unversioned: tuple[ServiceId, ...]
    nameless: tuple[str, ...]
    outward: tuple[OutwardLink, ...]


def compare_inventory(estate: Estate, items: Sequence[ConfigurationItem]) -> Comparison:
    """Give how the services of the estate and the items of a CMDB differ, by service and kind."""
    used = [item for item in items if item.in_use is not False]
    there = _by_service(used)
    retired = _by_service(item for item in items if item.in_use is False)
    both = sorted(estate.services.keys() & there.keys())
    found = [
        Difference(
            service=service,
            kind=DifferenceKind.ONLY_THERE,
            there=_joined(item.name for item in there[service]),
            items=_ids(there[service]),
        )
        for service in there.keys() - estate.services.keys()
    ]
    found += [
        _missing(service, retired.get(service, ()))
        for service in estate.services.keys() - there.keys()
    ]
    for service in both:
        found += _of_service(service, estate.services[service].version, there[service])
    outward: set[tuple[ServiceId, str]] = set()
    found += _of_dependencies(estate, there, outward)
    order = tuple(DifferenceKind)
    return Comparison(
        both=len(both),
        differences=tuple(
            sorted(found, key=lambda each: (each.service, order.index(each.kind), _said(each)))
        ),
        unversioned=tuple(
            service
            for service in both
            if estate.services[service].version is None
            or any(item.version is None for item in there[service])
        ),
        nameless=_ids(item for item in used if not item.service),
        outward=tuple(OutwardLink(service=service, item=item) for service, item in sorted(outward)),
    )


def _by_service(
    items: Iterable[ConfigurationItem],
) -> Mapping[ServiceId, tuple[ConfigurationItem, ...]]:
    """Give the items that name a service, by its id."""
    found: dict[ServiceId, list[ConfigurationItem]] = {}
    for item in items:
        if item.service:
            found.setdefault(ServiceId(item.service), []).append(item)
    return {service: tuple(each) for service, each in found.items()}


def _missing(service: ServiceId, retired: Sequence[ConfigurationItem]) -> Difference:
    """Give the difference of a service for which no item in use stands."""
    if not retired:
        return Difference(service=service, kind=DifferenceKind.ONLY_HERE, here=service)
    return Difference(
        service=service,
        kind=DifferenceKind.STATUS,
        here="in use",
        there=_joined(item.status for item in retired),
        items=_ids(retired),
    )


def _of_service(
    service: ServiceId, version: str | None, items: Sequence[ConfigurationItem]
) -> list[Difference]:
    """Give the differences of a service that stands on both sides."""
    found = [
        Difference(
            service=service,
            kind=DifferenceKind.VERSION,
            here=version,
            there=item.version,
            items=(item.id,),
        )
        for item in items
        if version is not None and item.version is not None and item.version != version
    ]
    if len(items) > 1:
        several = DifferenceKind.SEVERAL_ITEMS
        names = _joined(item.name for item in items)
        found.append(Difference(service=service, kind=several, there=names, items=_ids(items)))
    return found


def _of_dependencies(
    estate: Estate,
    there: Mapping[ServiceId, Sequence[ConfigurationItem]],
    outward: set[tuple[ServiceId, str]],
) -> list[Difference]:
    """Give the dependencies that one side alone states of services which stand on both.

    Adds to ``outward`` what leads to no service.
    """
    service_of = {item.id: service for service, items in there.items() for item in items}
    stated: dict[tuple[ServiceId, ServiceId], list[str]] = {}
    for service, items in there.items():
        for item in items:
            for needed in item.depends_on:
                if needed in service_of:
                    stated.setdefault((service, service_of[needed]), []).append(item.id)
                else:
                    outward.add((service, needed))
    here = {(each.source, each.target) for each in estate.dependencies}
    known = estate.services.keys() & there.keys()
    only_here = [
        Difference(
            service=source,
            kind=DifferenceKind.DEPENDENCY_ONLY_HERE,
            here=target,
            items=_ids(there[source]),
        )
        for source, target in here - stated.keys()
        if source in known and target in known
    ]
    only_there = [
        Difference(
            service=source,
            kind=DifferenceKind.DEPENDENCY_ONLY_THERE,
            there=target,
            items=tuple(sorted(set(stated[source, target]))),
        )
        for source, target in stated.keys() - here
        if source in known and target in known and source != target
    ]
    return only_here + only_there


def _ids(items: Iterable[ConfigurationItem]) -> tuple[str, ...]:
    return tuple(item.id for item in items)


def _joined(words: Iterable[str]) -> str:
    """Give words once each, in order."""
    return ", ".join(sorted(set(words)))


def _said(difference: Difference) -> tuple[str, str, tuple[str, ...]]:
    return difference.here, difference.there, difference.items
