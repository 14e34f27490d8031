"""Steps as a graph: their order, what lies before and after, and where it bites its own tail.

Nothing here knows of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from relconsole.domain.kernel.errors import Bug
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.plan.runbook import Step, followers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepGraph:
    """A plan read once: its steps, each after all it waits for, and what waits for each."""

    ordered: tuple[Step, ...]
    after: Mapping[StepId, tuple[StepId, ...]]


def read_graph(steps: tuple[Step, ...]) -> StepGraph:
    """Give the plan as a graph; ties keep the order of the plan.

    Bug where there is a cycle: a plan is checked for cycles before it becomes one.
    """
    waits = {step.id: len(step.after) for step in steps}
    known = {step.id: step for step in steps}
    after = dict(followers(steps))
    ready = [step for step in steps if not step.after]
    for step in ready:  # grows while it is walked
        for follower in after[step.id]:
            waits[follower] -= 1
            if not waits[follower]:
                ready.append(known[follower])
    if len(ready) != len(steps):
        left = sorted(step for step, count in waits.items() if count)
        raise Bug(f"a plan with a cycle through {', '.join(left)}")
    return StepGraph(ordered=tuple(ready), after=after)


def order_steps(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Give the steps so that each comes after all it waits for; Bug where there is a cycle."""
    return read_graph(steps).ordered


def find_cycle(steps: tuple[Step, ...]) -> tuple[StepId, ...]:
    """Give the steps of one cycle, each waiting for the next, the last for the first; else empty.

    Steps that the plan does not know are passed over.
    """
    known = {step.id: step for step in steps}
    done: set[StepId] = set()
    for start, first in known.items():
        path: dict[StepId, None] = {start: None}
        trail = [(start, iter(first.after))]
        while trail:
            here, rest = trail[-1]
            for before in rest:
                if before in path:
                    walked = list(path)
                    return tuple(walked[walked.index(before) :])
                if before in known and before not in done:
                    path[before] = None
                    trail.append((before, iter(known[before].after)))
                    break
            else:
                trail.pop()
                del path[here]
                done.add(here)
    return ()


def all_followers(steps: tuple[Step, ...], of: Iterable[StepId]) -> AbstractSet[StepId]:
    """Give all that waits for one of these steps, directly or through others, without them.

    One of these that follows another one of them is among the answer.
    """
    return _reach(of, followers(steps))


def all_predecessors(steps: tuple[Step, ...], of: Iterable[StepId]) -> AbstractSet[StepId]:
    """Give all that one of these steps waits for, directly or through others."""
    return _reach(of, {step.id: step.after for step in steps})


def bridge_over(
    keep: AbstractSet[StepId], edges: Mapping[StepId, tuple[StepId, ...]]
) -> Mapping[StepId, tuple[StepId, ...]]:
    """Give the edges among the kept nodes, a chain of left-out nodes counting as one edge.

    ``edges`` has no cycle and names for each node its neighbours in one direction; each answer
    keeps the order in which the neighbours are met.
    """
    return {
        node: tuple(dict.fromkeys(_nearest_kept(edges[node], keep, edges)))
        for node in edges
        if node in keep
    }


def _nearest_kept(
    start: tuple[StepId, ...], keep: AbstractSet[StepId], edges: Mapping[StepId, tuple[StepId, ...]]
) -> list[StepId]:
    found: list[StepId] = []
    seen: set[StepId] = set()
    stack = list(reversed(start))
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node in keep:
            found.append(node)
        else:
            stack.extend(reversed(edges[node]))
    return found


def _reach(of: Iterable[StepId], edges: Mapping[StepId, tuple[StepId, ...]]) -> AbstractSet[StepId]:
    stack = [neighbour for start in of for neighbour in edges[start]]
    found: set[StepId] = set()
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(edges[node])
    return frozenset(found)
