"""Who may do what, and how fresh an observation must be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from relconsole.domain.estate.catalogue import Estate
from relconsole.domain.estate.people import find_person
from relconsole.domain.estate.scope import Scope
from relconsole.domain.kernel.ids import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """People of ``role`` may do ``act`` within ``scope``."""

    act: str
    role: str
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefRule:
    """The friction of relief steps.

    Beside the commander and the step's owner, people of ``roles`` and ``people`` may start one;
    ``reason`` asks whoever does for a reason. Nobody signs beside them.
    """

    roles: tuple[str, ...] = ()
    people: tuple[PersonId, ...] = ()
    reason: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The policy of a workspace.

    ``freshness`` is the time to live of an observation whose indicator states none;
    ``rehearsal_age`` how old a rehearsal may be before the rollback it backs has decayed;
    ``amendment_limit`` how much later one amendment may move the forecast end before a second
    person must sign; ``request_life`` how long a signing request stays open; ``clock_jump`` the
    step of the wall clock beyond which automation freezes and asks; ``muster_answer`` how long
    whoever is called to a muster has to answer; ``relief`` who may start relief steps.
    """

    authorities: tuple[Authority, ...] = ()
    freshness: timedelta = timedelta(seconds=60)
    rehearsal_age: timedelta = timedelta(days=30)
    amendment_limit: timedelta = timedelta(minutes=15)
    request_life: timedelta = timedelta(minutes=15)
    clock_jump: timedelta = timedelta(seconds=30)
    checkpoint_every: timedelta = timedelta(minutes=15)
    muster_answer: timedelta = timedelta(minutes=5)
    relief: ReliefRule = ReliefRule()


def roles_for(policy: Policy, act: str) -> tuple[str, ...]:
    """Give the roles that hold an act, in the order of the policy."""
    return tuple(authority.role for authority in policy.authorities if authority.act == act)


def may_act(policy: Policy, estate: Estate, person: str, act: str) -> bool:
    """Tell whether a person holds a role that the policy gives this act to, in any scope."""
    found = find_person(estate.people, person)
    return found is not None and not set(found.roles).isdisjoint(roles_for(policy, act))
