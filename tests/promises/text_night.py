"""A night in which every text that somebody can write is a payload."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle

from immutables import Map

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import LeaveOpen, Note, OpenProblem, StandTrigger
from relconsole.domain.night.bridge_facts import TriggerStood
from relconsole.domain.night.message_commands import MarkSent
from relconsole.domain.night.step_commands import Said
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.release.messages import MessagePlan
from relconsole.domain.release.release import Bridge, DialIn, Release, VendorContact
from tests.unit.presenters.night_plan import HANNA, JO, MARA, RELEASE, RUN, SHIFT, at
from tests.unit.presenters.scenes import tell_until_three_run
from tests.unit.presenters.whole_night import NightStage, enrol, planned_workspace


def poisoned(texts: Sequence[str]) -> NightStage:
    """Give the night in trouble, with these texts wherever a text can stand."""
    next_text = cycle(texts)
    stage = NightStage(planned=_workspace(next_text))
    enrol(stage)
    tell_until_three_run(stage)
    stage.vote("02:15:10", "Payments", HANNA, StationAnswer.NO_GO, next(next_text))
    taken = sum(_is_taken(stage, clock, command) for clock, command in _commands(next_text))
    assert taken > 0, "nothing of what was planted was taken"
    stage.stand_at("02:17:42")
    return stage


def _is_taken(stage: NightStage, clock: str, command: ConsoleCommand) -> bool:
    """Say something; what the domain refuses is not shown anywhere."""
    return not isinstance(stage.ask(clock, command), Refusal)


def _workspace(text: Iterator[str]) -> Workspace:
    bare = planned_workspace()
    estate = bare.estate
    people = {
        person: replace(
            found,
            name=next(text),
            reach=tuple(replace(way, value=next(text)) for way in found.reach),
        )
        for person, found in sorted(estate.people.items())
    }
    services = {
        key: replace(found, name=next(text)) for key, found in sorted(estate.services.items())
    }
    teams = {key: replace(found, name=next(text)) for key, found in sorted(estate.teams.items())}
    release = _release(bare.releases[RELEASE], text)
    return replace(
        bare,
        estate=replace(estate, people=Map(people), services=Map(services), teams=Map(teams)),
        releases=Map({RELEASE: release}),
    )


def _release(bare: Release, text: Iterator[str]) -> Release:
    streams: dict[str, str] = {}
    steps = tuple(
        replace(
            step,
            title=next(text),
            stream=streams.setdefault(step.stream, next(text)),
            note=next(text),
            undo=replace(step.undo, title=next(text)),
            checks=tuple(replace(check, id=next(text)) for check in step.checks),
        )
        for step in bare.runbook.steps
    )
    return replace(
        bare,
        title=next(text),
        runbook=replace(bare.runbook, steps=steps),
        indicators=tuple(
            replace(each, title=next(text), unit=next(text)) for each in bare.indicators
        ),
        messages=tuple(_message(each, text) for each in bare.messages),
        bridge=Bridge(
            dial_in=(DialIn(country=next(text), number=next(text)),),
            link=next(text),
            backup=next(text),
        ),
        vendors=(VendorContact(name=next(text), contract=next(text), phone=next(text)),),
        items=tuple(replace(each, from_version=next(text)) for each in bare.items),
    )


def _message(plan: MessagePlan, text: Iterator[str]) -> MessagePlan:
    return replace(plan, audience=next(text), to=(next(text), "ops@example.org"))


def _commands(text: Iterator[str]) -> Iterator[tuple[str, ConsoleCommand]]:
    for number in range(6):
        yield (
            "02:15:20",
            LeaveOpen(
                run=RUN,
                entry=f"entry-{number}",
                what=next(text),
                owner=MARA,
                closes=next(text),
                expires=at("02:45"),
            ),
        )
        yield "02:15:30", Note(run=RUN, said=Said(note=next(text)))
    stood = TriggerStood(
        run=RUN, trigger="p95", value=1.42, since=at("02:13:20"), reasons=(next(text),)
    )
    yield "02:16:20", StandTrigger(run=RUN, stood=stood)
    for number in range(2):
        yield (
            "02:16:40",
            OpenProblem(
                run=RUN,
                problem=f"P{number}",
                what=next(text),
                severity="critical",
                owner=JO,
                step=SHIFT,
                question=next(text),
                options=(next(text), next(text)),
                decides=MARA,
                decide_by=at("02:32"),
            ),
        )
    yield (
        "02:16:45",
        MarkSent(
            run=RUN,
            message="support",
            moment="update",
            subject=next(text),
            body=next(text),
            sent_at=at("02:16"),
        ),
    )
