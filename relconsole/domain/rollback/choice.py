"""Taking back a part: which steps must go back with a service, and whether what stays can stand.

A choice is closed over what follows in the plan and over what the services that stay require of
those that go back. What can be neither closed nor shown to stand is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from relconsole.domain.estate.catalogue import Dependency
from relconsole.domain.kernel.ids import ServiceId, StepId
from relconsole.domain.kernel.refusal import Reason, Refusal, refuse
from relconsole.domain.plan.graph import all_followers
from relconsole.domain.plan.runbook import Step, UndoKind
from relconsole.domain.release.release import Release
from relconsole.domain.rollback.build import changes_version, services_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedAlong:
    """A step that must go back with the choice, and why, in one phrase."""

    step: StepId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A part of a release that can be taken back on its own.

    ``covered`` are all steps to undo, ``carried`` those among them that do not belong to the chosen
    services, ``back`` the services that return to their old version, ``standing`` the steps that
    have begun and stay. All sorted.
    """

    services: tuple[ServiceId, ...]
    covered: tuple[StepId, ...]
    carried: tuple[CarriedAlong, ...]
    back: tuple[ServiceId, ...]
    standing: tuple[StepId, ...]


def close_choice(
    release: Release,
    services: AbstractSet[ServiceId],
    begun: AbstractSet[StepId],
    dependencies: Iterable[Dependency] = (),
) -> Choice | Refusal:
    """Give the smallest part of what has begun that holds these services and can go back alone.

    A step belongs to the services it names, else to the one its job is told. Refused: a service
    none of whose steps has begun, an irreversible step among what must go back, a service outside
    that requires the newer version or of which that cannot be told.
    """
    for service in sorted(services):
        if not any(service in services_of(step) for step in _begun_steps(release, begun)):
            return refuse(
                "nothing_of_service", service, f"no step of {service} in {release.id} has begun"
            )
    closing = _Closing(release=release, begun=begun, dependencies=tuple(dependencies))
    closing.take_services(services)
    refusals = closing.close()
    if refusals:
        return Refusal(reasons=refusals)
    return Choice(
        services=tuple(sorted(services)),
        covered=tuple(sorted(closing.covered)),
        carried=tuple(
            CarriedAlong(step=step, why=closing.why[step]) for step in sorted(closing.why)
        ),
        back=tuple(sorted(closing.find_back())),
        standing=tuple(sorted(begun - closing.covered)),
    )


@dataclass(slots=True, kw_only=True)
class _Closing:
    """A choice while it grows, with the reason for each step that came along."""

    release: Release
    begun: AbstractSet[StepId]
    dependencies: tuple[Dependency, ...]
    covered: set[StepId] = field(default_factory=set[StepId])
    why: dict[StepId, str] = field(default_factory=dict[StepId, str])

    def take_services(self, services: AbstractSet[ServiceId], why: str = "") -> None:
        """Add the steps of these services that have begun."""
        for step in _begun_steps(self.release, self.begun):
            if services & services_of(step) and step.id not in self.covered:
                self.covered.add(step.id)
                if why:
                    self.why[step.id] = why

    def close(self) -> tuple[Reason, ...]:
        """Grow until nothing is missing; give what forbids the choice."""
        while True:
            size = len(self.covered)
            self._take_followers()
            refusals = self._take_dependants()
            if refusals or len(self.covered) == size:
                return (*refusals, *self._find_irreversible())

    def find_back(self) -> frozenset[ServiceId]:
        """Give the services of the release that return to their old version."""
        return frozenset(
            item.service
            for item in self.release.items
            if changes_version(self.release.runbook, item.service) & self.covered
        )

    def _take_followers(self) -> None:
        """Add what has begun, is no mere gate or the like, and follows something covered."""
        behind = all_followers(self.release.runbook.steps, self.covered)
        for step in _begun_steps(self.release, self.begun):
            needs_undo = step.way_back is not UndoKind.NONE
            if needs_undo and step.id in behind and step.id not in self.covered:
                self.covered.add(step.id)
                self.why[step.id] = "follows a step that is undone"

    def _take_dependants(self) -> tuple[Reason, ...]:
        """Add the services that cannot stand on an old version; give those that cannot go."""
        back = self.find_back()
        old = {item.service: item.from_version for item in self.release.items}
        refusals: list[Reason] = []
        for need in self.dependencies:
            if need.target not in back or need.source in back or need.requires is None:
                continue
            version = old[need.target]
            if version is not None and _meets(version, need.requires):
                continue
            says = (
                f"{need.source} requires {need.target} {need.requires}, "
                f"which would be {version or 'unknown'}"
            )
            size = len(self.covered)
            self.take_services({need.source}, says)
            if len(self.covered) == size:
                refusals.append(Reason(rule="dependency_broken", thing=need.source, says=says))
        return tuple(refusals)

    def _find_irreversible(self) -> tuple[Reason, ...]:
        return tuple(
            Reason(
                rule="irreversible_step",
                thing=step.id,
                says=f"{step.id} would have to go back and cannot be undone",
            )
            for step in self.release.runbook.steps
            if step.id in self.covered and step.way_back is UndoKind.IRREVERSIBLE
        )


def _begun_steps(release: Release, begun: AbstractSet[StepId]) -> tuple[Step, ...]:
    return tuple(step for step in release.runbook.steps if step.id in begun)


def _meets(version: str, requires: str) -> bool:
    """Tell whether a version meets a constraint; False where either cannot be read."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        return SpecifierSet(requires).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return False
