"""The services of a workbook: which the release takes from one version to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from relconsole.domain.console.taking_in.contacts import Roster
from relconsole.domain.console.taking_in.table import Entry, Line, Margin, id_for, read_lines
from relconsole.domain.estate.catalogue import Service
from relconsole.domain.estate.people import fold_name
from relconsole.domain.kernel.ids import ServiceId, TeamId
from relconsole.domain.plan.taking_in.answers import Answers
from relconsole.domain.plan.taking_in.cells import Sheet
from relconsole.domain.plan.taking_in.problem import LEAVE_OUT, Option
from relconsole.domain.release.release import Item

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("service", "name", "system"),
    "id": ("id",),
    "team": ("team",),
    "tier": ("tier",),
    "kind": ("kind", "type"),
    "from": ("from", "version", "von"),
    "to": ("to", "new version", "nach"),
}
_TIER: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceList:
    """Every service that may be named, and those that the sheet lists, each with its item.

    A service that goes from no version to none has no item; ``listed`` is None without a sheet.
    """

    services: Mapping[ServiceId, Service]
    listed: Mapping[ServiceId, Item | None] | None = None

    def items_over(self, standing: tuple[Item, ...]) -> tuple[Item, ...]:
        """Give the items of a release, which keep what a sheet does not say of them."""
        if self.listed is None:
            return standing
        known = {it.service: it for it in standing}
        joined = (
            known.get(service)
            if item is None
            else replace(
                known.get(service, item),
                from_version=item.from_version,
                to_version=item.to_version,
            )
            for service, item in self.listed.items()
        )
        return tuple(it for it in joined if it is not None)


def read_services(
    sheet: Sheet | None,
    standing: Mapping[ServiceId, Service],
    roster: Roster,
    answers: Answers,
    margin: Margin,
) -> ServiceList:
    """Give the services that stand, the new ones of a sheet, and what the release changes."""
    if sheet is None:
        return ServiceList(services=standing)
    services = dict(standing)
    listed: dict[ServiceId, Item | None] = {}
    for line in read_lines(sheet, HEADINGS, answers, margin):
        service = _service(line, services, roster)
        if service is None:
            continue
        services[service.id] = service
        versions = line["from"].text or None, line["to"].text or None
        listed[service.id] = (
            Item(service=service.id, from_version=versions[0], to_version=versions[1])
            if any(versions)
            else None
        )
    return ServiceList(services=services, listed=listed)


def _service(line: Line, services: Mapping[ServiceId, Service], roster: Roster) -> Service | None:
    """Give the service of a row, as it stands or new; None after what it lacks was asked."""
    name = " ".join(line["name"].text.split())
    if not name:
        leave = (Option(answer=LEAVE_OUT, label="Leave the row out"),)
        line["name"].ask("service", "What is this service called?", leave)
        return None
    folded = {fold_name(name), fold_name(line["id"].text)} - {""}
    for service in services.values():
        if folded & {fold_name(service.id), fold_name(service.name)}:
            return service
    team: TeamId | None = roster.team_of(line["team"])
    if team is None:
        line["team"].ask("service", f"Which team has {name}?")
        return None
    made = Service(
        id=ServiceId(id_for(line["id"].text or name, services)),
        name=name,
        team=team,
        tier=_tier(line["tier"]),
        kind=line["kind"].text or "service",
        version=line["from"].text or None,
    )
    line["name"].remark(f"a new service, {made.id}")
    return made


def _tier(entry: Entry) -> int:
    """Give the tier, 3 where the cell is empty."""
    if not entry.text:
        return _TIER
    if entry.text.isascii() and entry.text.isdigit() and len(entry.text) < _TIER:
        return int(entry.text)
    entry.ask("service", f"“{entry.text}” is no tier such as 1, 2 or 3.")
    return _TIER
