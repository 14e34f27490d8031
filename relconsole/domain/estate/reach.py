"""What needs what: cycles, waves, and how far a change of one service reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.kernel.ids import ServiceId

_Needs = Mapping[ServiceId, tuple[ServiceId, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A service that a change reaches; ``path`` leads from the changed service to it."""

    id: ServiceId
    path: tuple[ServiceId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a change of one service reaches, nearest first and then by id, and what it cannot.

    The changed service is in neither.
    """

    affected: tuple[Affected, ...]
    safe: tuple[ServiceId, ...]


def find_reach(estate: Estate, service: ServiceId) -> Reach:
    """Give all that needs a service, directly or through others, each with a shortest path.

    Of several shortest paths the one that is first by its ids. ValueError for an unknown service.
    """
    if service not in estate.services:
        message = f"unknown service {service}"
        raise ValueError(message)
    needed_by = _list_neighbours(estate, backwards=True)
    paths: dict[ServiceId, tuple[ServiceId, ...]] = {service: (service,)}
    queue = [service]
    for each in queue:
        # Neighbours are sorted and the queue keeps order: the first path found is first by id.
        for dependent in needed_by[each]:
            if dependent not in paths:
                paths[dependent] = (*paths[each], dependent)
                queue.append(dependent)
    found = sorted(
        (Affected(id=each, path=path) for each, path in paths.items() if each != service),
        key=lambda affected: (len(affected.path), affected.id),
    )
    return Reach(affected=tuple(found), safe=tuple(sorted(set(estate.services).difference(paths))))


def find_cycles(estate: Estate) -> tuple[tuple[ServiceId, ...], ...]:
    """Give each set of services that need one another or themselves, ids sorted."""
    needs = _list_neighbours(estate)
    return tuple(
        sorted(
            tuple(sorted(component))
            for component in _find_components(needs)
            if len(component) > 1 or any(each in needs[each] for each in component)
        )
    )


def find_waves(estate: Estate) -> tuple[tuple[ServiceId, ...], ...]:
    """Give the services in waves, each after all that it needs; the first needs nothing.

    Those of a cycle share the wave that they would have as one service; ids are sorted in a wave.
    """
    needs = _list_neighbours(estate)
    wave_of: dict[ServiceId, int] = {}
    for component in _find_components(needs):
        # Components come after all that they need, so those outside this one are placed already.
        wave = max(
            (wave_of[need] + 1 for each in component for need in needs[each] if need in wave_of),
            default=0,
        )
        wave_of.update(dict.fromkeys(component, wave))
    waves: dict[int, list[ServiceId]] = {}
    for each in sorted(wave_of):
        waves.setdefault(wave_of[each], []).append(each)
    return tuple(tuple(waves[wave]) for wave in sorted(waves))


def _list_neighbours(estate: Estate, *, backwards: bool = False) -> _Needs:
    """Give for each service what it needs, or what needs it, ids sorted, each once."""
    found: dict[ServiceId, set[ServiceId]] = {service: set() for service in estate.services}
    for dependency in estate.dependencies:
        source, target = dependency.source, dependency.target
        if source in found and target in found:
            start, end = (target, source) if backwards else (source, target)
            found[start].add(end)
    return {service: tuple(sorted(others)) for service, others in found.items()}


@dataclass(slots=True)
class _Search:
    """Tarjan's bookkeeping: order of discovery, lowest reachable, and what is still open."""

    index: dict[ServiceId, int]
    low: dict[ServiceId, int]
    open_path: list[ServiceId]
    still_open: set[ServiceId]

    def enter(self, service: ServiceId) -> None:
        """Note a service that is seen for the first time."""
        self.index[service] = self.low[service] = len(self.index)
        self.open_path.append(service)
        self.still_open.add(service)

    def close(self, service: ServiceId) -> tuple[ServiceId, ...]:
        """Give the component whose first service this is, and close it."""
        component: list[ServiceId] = []
        while not component or component[-1] != service:
            component.append(self.open_path.pop())
        self.still_open.difference_update(component)
        return tuple(component)


def _find_components(needs: _Needs) -> Iterator[tuple[ServiceId, ...]]:
    """Give the strongly connected components, each after all that it needs.

    Source: Tarjan 1972, with a stack of its own instead of recursion, for chains of any length.
    """
    search = _Search({}, {}, [], set())
    for root in sorted(needs):
        if root in search.index:
            continue
        search.enter(root)
        stack = [(root, iter(needs[root]))]
        while stack:
            service, ahead = stack[-1]
            for need in ahead:
                if need not in search.index:
                    search.enter(need)
                    stack.append((need, iter(needs[need])))
                    break
                if need in search.still_open:
                    search.low[service] = min(search.low[service], search.index[need])
            else:
                stack.pop()
                if stack:
                    parent = stack[-1][0]
                    search.low[parent] = min(search.low[parent], search.low[service])
                if search.low[service] == search.index[service]:
                    yield search.close(service)
