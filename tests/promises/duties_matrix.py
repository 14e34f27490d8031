"""Every acting verb of the command line, by everybody who may not: nothing guarded is recorded.

The command line runs in this process, with the keys of all in memory: a person may hold a key
under any spelling of any name, and may put it where somebody else's is looked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from immutables import Map

from relconsole.adapters.clock import SystemClock, SystemIds
from relconsole.adapters.journal_sql.opening import Wanted, open_journal
from relconsole.adapters.journal_sql.projection import EffectFacts
from relconsole.adapters.journal_sql.reader import Reader
from relconsole.adapters.person_keys import make_person_key, person_key_name, store_key_name
from relconsole.adapters.store.layout import StoreLayout
from relconsole.cli import main
from relconsole.domain.console.commands import (
    ConsoleCommand,
    ImportWorkspace,
    RegisterKey,
    RevokeKey,
)
from relconsole.domain.console.facts import make_codec
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.ids import Digest, PersonId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.night.around import Actor
from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.facts import StepState
from relconsole.domain.night.readiness_of_steps import progress_of
from relconsole.domain.night.run_commands import OpenRun, TakeUp
from relconsole.domain.night.step_commands import EndStep, Said, StartStep
from relconsole.domain.plan.digest import plan_digest, step_digest
from relconsole.domain.plan.forecast import forecast_digest
from relconsole.domain.plan.guard import StartFigures
from relconsole.domain.plan.sampling import SEED
from relconsole.domain.record.signature import SigningKey, to_base64url
from relconsole.ports.credentials import Secret
from relconsole.ports.journal import JournalKind
from relconsole.services.desk import Desk, load_state
from tests.promises.duties_people import (
    AUTOMATED,
    KEYS,
    MANUAL,
    MINUTE,
    NEXT,
    RELEASE,
    REVOKED,
    RUN,
    actor_of,
    confirm,
    runbook,
    workspace,
)
from tests.promises.duties_roles import (
    AT_THE_GATE,
    BARRED,
    COMMANDER,
    GUARDED,
    KEY_ACTS,
    PASSPHRASE,
    SECOND,
    SECONDS,
    STOPPED,
    STORE_SEED,
    UNDERWAY,
    Role,
)

_R: Final = str(RELEASE)


class KeptKeys:
    """Credentials in memory: the store's key, and each spelling's key as somebody put it there."""

    durable = True
    place = "the harness's keyring"

    def __init__(self, kept: dict[str, Secret]) -> None:
        self.kept = kept

    async def get(self, name: str) -> Secret | None:
        return self.kept.get(name)

    async def put(self, name: str, secret: Secret) -> None:
        self.kept[name] = secret

    async def remove(self, name: str) -> None:
        self.kept.pop(name, None)


@cache
def sealed(person: str, seed: bytes) -> Secret:
    """Give a key sealed for a spelling of a name, by the one passphrase of this harness."""
    first = [seed]

    def give(count: int) -> bytes:
        return first.pop() if first else os.urandom(count)

    text, _ = make_person_key(PersonId(person), Secret(PASSPHRASE), give)
    return text


def type_in(store: Path, role: Role, words: Sequence[str]) -> tuple[int, str]:
    """Type a command line as somebody; gives the exit status and all that it said."""
    command = [*words]
    kept = {store_key_name("matrix"): Secret(to_base64url(STORE_SEED))}
    if role.person is not None:
        command += ["--as", role.person]
    if role.person is not None and role.seed is not None:
        kept[person_key_name(PersonId(role.person))] = sealed(role.person, role.seed)
        reading, writing = os.pipe()
        os.write(writing, f"{PASSPHRASE}\n".encode())
        os.close(writing)
        command += ["--passphrase-fd", str(reading)]
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main([*command, "--store", str(store)], credentials=KeptKeys(kept))
    return status, said.getvalue()


def facts_of(store: Path) -> list[dict[str, object]]:
    """Give the facts of the store's live journal."""
    reader = Reader(StoreLayout(store).journal(JournalKind.LIVE))
    try:
        return [json.loads(line) for line in reader.lines(0, 1_000_000, None)]
    finally:
        reader.close()


def _plan() -> Workspace:
    """Give the workspace without what needs a connected system, with a window that is open."""
    found = workspace()
    now = datetime.now(UTC)
    release = found.releases[RELEASE]
    release = replace(
        release,
        items=(),
        window=Interval(start=now - timedelta(hours=1), end=now + timedelta(hours=40)),
        runbook=replace(
            runbook(), steps=tuple(step for step in runbook().steps if step.id != AUTOMATED)
        ),
    )
    return replace(found, releases=Map({release.id: release}))


async def _begin(store: Path) -> None:
    """Make a store with a live run: one step under way, one done."""
    layout, clock = StoreLayout(store), SystemClock()
    layout.make()
    found = Wanted(
        journal="matrix",
        kind=JournalKind.LIVE,
        key=SigningKey(STORE_SEED),
        now=clock.now(),
        projection=EffectFacts(),
    )
    journal = await open_journal(layout.journal(JournalKind.LIVE), found)
    desk = Desk(
        journal=journal, clock=clock, ids=SystemIds(), codec=make_codec(), state=ConsoleState()
    )
    known = _plan()
    plan = known.releases[RELEASE].runbook
    await desk.must(ImportWorkspace(workspace=known), Actor())
    for name, key in KEYS.items():
        register = RegisterKey(person=PersonId(name), public_key=key.public.text)
        await desk.must(register, Actor(person=PersonId(name)))
    confirmed = [("mara", "ines"), ("ines", "mara")]
    confirmed += [("mara", name) for name in ("otto", "carl", "ann", "devon", "gone")]
    acts: list[tuple[ConsoleCommand, str]] = [(confirm(name), by) for by, name in confirmed]
    fingerprint = KEYS[REVOKED].public.fingerprint
    acts.append((RevokeKey(fingerprint=fingerprint, reason="left"), "mara"))
    acts.append(
        (
            OpenRun(
                run=RUN,
                release=RELEASE,
                rehearsal=False,
                holder="console",
                plan=plan_digest(plan, {}),
                step_digests={step.id: step_digest(step, None) for step in plan.steps},
                calls={},
                approval="none",
                approval_gaps=(),
                policy=Digest("0" * 64),
                console="0",
            ),
            "mara",
        )
    )
    for command, by in acts:
        await desk.must(command, actor_of(by))
    lease = await journal.take_lease(RUN, "console", clock.now(), 0.01)
    await desk.must(TakeUp(run=RUN, holder="console", fence=lease.fence), desk.console)
    for step in (MANUAL, NEXT):
        run = desk.run(RUN)
        later = clock.now() + timedelta(hours=1)
        figures = StartFigures(step=step, lasts=MINUTE, latest_now=later, latest_after=later)
        forecast = forecast_digest(run.plan, progress_of(run, clock.now()), SEED)
        start = StartStep(run=RUN, step=step, forecast=forecast, figures=figures)
        await desk.must(start, actor_of("mara"))
    await desk.must(EndStep(run=RUN, step=NEXT, state=StepState.DONE), actor_of("mara"))
    await journal.release_lease(lease)
    await journal.close()


async def _go_on(store: Path, command: ConsoleCommand) -> None:
    """Record one more act of the commander."""
    clock = SystemClock()
    found = Wanted(
        journal="matrix",
        kind=JournalKind.LIVE,
        key=SigningKey(STORE_SEED),
        now=clock.now(),
        projection=EffectFacts(),
    )
    journal = await open_journal(StoreLayout(store).journal(JournalKind.LIVE), found)
    state = await load_state(journal, make_codec())
    desk = Desk(journal=journal, clock=clock, ids=SystemIds(), codec=make_codec(), state=state)
    await desk.must(command, actor_of("mara"))
    await journal.close()


@dataclass(slots=True)
class Matrix:
    """The stores that the verbs are typed at, and what went through."""

    top: Path
    broken: list[str] = field(default_factory=list[str])

    @property
    def stores(self) -> dict[str, Path]:
        """Give where each store is, by how the night stands in it."""
        return {name: self.top / name for name in ("underway", "at the gate", "stopped", "armed")}

    def prepare(self) -> None:
        """Make the stores."""
        asyncio.run(_begin(self.stores["underway"]))
        for name, command in (
            ("at the gate", EndStep(run=RUN, step=MANUAL, state=StepState.DONE)),
            ("stopped", StopLine(run=RUN, said=Said(note="wait"))),
        ):
            shutil.copytree(self.stores["underway"], self.stores[name])
            asyncio.run(_go_on(self.stores[name], command))
        shutil.copytree(self.stores["underway"], self.stores["armed"])
        (self.top / "amend.yaml").write_text("- {skip: last, reason: not tonight}\n")

    def barred(self) -> Iterator[Callable[[], None]]:
        """Give every case: a verb by somebody who may not."""
        for where, verbs in (
            ("underway", UNDERWAY),
            ("at the gate", AT_THE_GATE),
            ("stopped", STOPPED),
        ):
            for words in verbs:
                for role in BARRED:
                    if words[0] == "key" and (role.may_confirm or role.person is None):
                        continue
                    yield self._case(where, words, role)
        for act in ("armed", "stopped"):
            for role in SECONDS:
                yield self._second(act, role)

    def _case(self, where: str, words: tuple[str, ...], role: Role) -> Callable[[], None]:
        def run() -> None:
            store = self.top / "now"
            shutil.rmtree(store, ignore_errors=True)
            shutil.copytree(self.stores[where], store)
            before = len(facts_of(store))
            files = {"AMENDMENT": str(self.top / "amend.yaml"), "ANSWER": str(self._forged(store))}
            status, said = type_in(store, role, [files.get(word, word) for word in words])
            new = {str(fact["kind"]) for fact in facts_of(store)[before:]}
            wrong = new & (GUARDED | KEY_ACTS)
            if status == 0 or wrong:
                self.broken.append(
                    f"{' '.join(words)} by {role.name} ended with {status},"
                    f" recorded {sorted(new)}: {said[-300:]}"
                )
            if "Traceback" in said or status not in {1, 2, 3}:
                self.broken.append(f"{' '.join(words)} by {role.name}: {status} {said[-300:]}")

        return run

    def _forged(self, store: Path) -> Path:
        path = store / "forged.answer.json"
        path.write_text("{}")
        return path

    def _second(self, act: str, role: Role) -> Callable[[], None]:
        """Give the case that somebody signs what the commander asks, who may not."""
        verb = "rollback" if act == "armed" else "resume"

        def run() -> None:
            fired = self.two_people(act, verb, role)
            if fired:
                self.broken.append(f"{verb} was seconded by {role.name}: {fired}")

        return run

    def two_people(self, act: str, verb: str, role: Role) -> list[str]:
        """Let the commander ask and this person sign; gives the guarded facts that came of it."""
        store = self.top / "now"
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(self.stores[act], store)
        why = ("--reason", "x") if verb == "rollback" else ()
        type_in(store, COMMANDER, (verb, _R, *why))
        requests = list((store / "requests").glob("*.request.json"))
        if len(requests) != 1:
            self.broken.append(f"{verb} by the commander asked for {len(requests)} signatures")
            return []
        answer = store / "answer.json"
        type_in(store, role, ("sign", str(requests[0]), "--to", str(answer)))
        before = len(facts_of(store))
        if answer.exists():
            type_in(store, COMMANDER, (verb, _R, "--answer", str(answer)))
        new = {str(fact["kind"]) for fact in facts_of(store)[before:]}
        return sorted(new & {"rollback_fired", "line_resumed", "step_started"})


def type_all(most: int) -> tuple[int, list[str], int]:
    """Type so many of the cases; how many, what went through, and how many cases there are."""
    with tempfile.TemporaryDirectory(prefix="matrix-") as top:
        matrix = Matrix(Path(top))
        matrix.prepare()
        # What nobody can do proves nothing: the honest way must be open.
        for act, verb, fact in (
            ("armed", "rollback", "rollback_fired"),
            ("stopped", "resume", "line_resumed"),
        ):
            if fact not in matrix.two_people(act, verb, SECOND):
                matrix.broken.append(f"{verb} by two honest people is not recorded")
        cases = list(matrix.barred())
        chosen = cases[:: max(1, len(cases) // most)][:most]
        for case in chosen:
            case()
        return len(chosen), matrix.broken, len(cases)
