"""Who acts in a drawn run, under which name and key, and how they sign: honestly or not."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from relconsole.domain.console.commands import ConsoleCommand
from relconsole.domain.console.decide import decide
from relconsole.domain.console.facts import ConsoleFact
from relconsole.domain.console.state import ConsoleState
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.around import Actor
from relconsole.domain.night.rollback_commands import (
    AskSignature,
)
from relconsole.domain.night.rollback_facts import SignatureAsked, TwoPersonAct
from relconsole.domain.night.state import RunState
from relconsole.domain.night.step_commands import (
    Said,
)
from relconsole.domain.record.request import Answer, answer_message, answer_request, parse_request
from relconsole.domain.record.signature import SigningKey, to_base64url
from tests.promises.duties_oracle import Doing, Given, Oracle
from tests.promises.duties_people import (
    FINGERPRINTS,
    JOURNAL,
    KEYS,
    RUN,
    START,
    STRANGER_KEY,
    Name,
    all_names,
    begin,
    names_by_person,
    record,
)

Decide = Callable[
    [ConsoleState, ConsoleCommand, Actor, datetime, str], tuple[ConsoleFact, ...] | Refusal
]


@dataclass(slots=True)
class Actors:
    """The people of one run, by its seed; ``broken`` is what was recorded against the rules."""

    seed: int
    decide: Decide = decide
    broken: list[str] = field(default_factory=list[str])
    recorded: Counter[str] = field(default_factory=Counter[str])

    draw: random.Random = field(init=False)
    state: ConsoleState = field(init=False)
    oracle: Oracle = field(init=False)
    now: datetime = field(init=False)
    requests: list[SignatureAsked] = field(default_factory=list[SignatureAsked])
    answers: list[Answer] = field(default_factory=list[Answer])

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.state = begin()
        self.oracle = Oracle(plan=self.run.plan)
        self.now = START

    @property
    def run(self) -> RunState:
        """Give the run as it stands."""
        return self.state.runs[RUN]

    # ------------------------------------------------------------------------------ who, with what

    def name(self, *honest: str) -> Name:
        """Give somebody: most often one of these under any of their spellings, else anybody."""
        if self.draw.random() < 0.7:
            return self.draw.choice(names_by_person()[self.draw.choice(honest)])
        return self.draw.choice(all_names())

    def key(self, name: Name) -> SigningKey:
        """Give the key that somebody holds: most often their own."""
        if name.means is not None and self.draw.random() < 0.85:
            return KEYS[name.means]
        return self.draw.choice((*KEYS.values(), STRANGER_KEY))

    def submit(
        self,
        command: ConsoleCommand,
        *honest: str,
        for_person: Name | None = None,
        actor: Name | None = None,
    ) -> bool:
        """Submit a command as somebody; tells whether anything was recorded."""
        who = actor or self.name(*honest)
        fingerprint: Fingerprint | None = None
        if self.draw.random() < 0.9:
            fingerprint = self.key(who).public.fingerprint
        named = None if actor is None and self.draw.random() < 0.03 else who
        acting = Actor(person=named.text if named else None, key=fingerprint)
        doing = Doing(
            actor=named,
            key=fingerprint,
            is_console=False,
            for_person=for_person,
            command=command,
            now=self.now,
        )
        return self._submit(command, acting, doing)

    def observe(self, command: ConsoleCommand) -> bool:
        """Submit what the console itself observed."""
        doing = Doing(
            actor=None,
            key=None,
            is_console=True,
            for_person=None,
            command=command,
            now=self.now,
        )
        return self._submit(command, Actor(is_console=True), doing)

    def _submit(self, command: ConsoleCommand, actor: Actor, doing: Doing) -> bool:
        facts = self.decide(self.state, command, actor, self.now, JOURNAL)
        if isinstance(facts, Refusal):
            return False
        self.state, records = record(self.state, facts, actor, self.now)
        says = [f"seed {self.seed}: {each}" for each in self.oracle.judge(doing, records)]
        self.broken += says
        for recorded in records:
            self.recorded[type(recorded.fact).__name__] += 1
            if isinstance(recorded.fact, SignatureAsked):
                self.requests.append(recorded.fact)
        if records and getattr(command, "second", None) is not None:
            self.recorded[f"two people: {type(command).__name__}"] += 1
        return bool(records)

    def said(self) -> tuple[Said, Name | None]:
        """Give how an act came in: now and then for somebody else."""
        if self.draw.random() < 0.8:
            return Said(note="done"), None
        name = self.name("ines", "otto", "ann")
        return Said(for_person=name.text, note="said on the bridge"), name

    # ---------------------------------------------------------------------------- signatures

    def ask(self, act: TwoPersonAct, thing: str) -> SignatureAsked | None:
        """Ask for a signature."""
        count = len(self.requests)
        self.submit(AskSignature(run=RUN, act=act, thing=thing), "mara", "ines")
        return self.requests[-1] if len(self.requests) > count else None

    def sign(self, asked: SignatureAsked) -> Answer | None:
        """Answer a request, honestly or not, and keep how."""
        request = parse_request(asked.request.encode())
        if self.now >= request.expires:
            return None
        signer = self.name("ines", "ines", "otto")
        key = self.key(signer)
        answer = answer_request(request, signer.text, key, self.now)
        is_whole = True
        match self.draw.randrange(16):
            case 0:
                answer = replace(answer, expires=answer.expires + timedelta(hours=1))
                is_whole = False
            case 1 if len(self.requests) > 1:
                answer = replace(answer, digest=self.draw.choice(self.requests).digest)
                is_whole = answer.digest == request.digest
            case 2:
                answer = replace(answer, signer=PersonId("otto"))
                is_whole = signer.text == "otto"
            case 3:
                longer = replace(answer, expires=answer.expires + timedelta(hours=1))
                signature = to_base64url(key.sign(answer_message(longer)))
                answer = replace(longer, signature=signature)
            case 4:
                shorter = replace(answer, expires=self.now + timedelta(seconds=30))
                signature = to_base64url(key.sign(answer_message(shorter)))
                answer = replace(shorter, signature=signature)
            case _:
                pass
        key_of = FINGERPRINTS.get(key.public.fingerprint)
        given = Given(signer.means, key_of, is_whole, answer.expires)
        known = self.oracle.answers.get(answer.signature)
        if known is None or known.is_whole:
            self.oracle.answers[answer.signature] = given
        self.answers.append(answer)
        return answer
