"""Checks that any author can run against a plugin and a target that answers.

``examine`` makes the plugin as the console would, asks it what its kinds may be asked, performs
each example twice, and then puts broken answers, silence and a canary secret in its way. It tells
what it found and raises nothing of the plugin's own.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

from immutables import Map

from relconsole.domain.kernel.errors import PersonMustAct, RelconsoleError, WorldIsDown
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.context import Context, Plugin, PluginFactory
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Effects,
    Ending,
    Found,
    NotFound,
    RemoteState,
)
from relconsole.plugin_api.errors import NotSupported, SettingsRejected
from relconsole.plugin_api.http import Answer, Http
from relconsole.plugin_api.manifest import Kind, Manifest, SettingType, Use, read_manifest
from relconsole.plugin_api.scripted import ScriptedHttp
from relconsole.plugin_api.secret import Secret
from relconsole.plugin_api.settings import check_settings
from relconsole.plugin_api.wire import VERBS

Prepare = Callable[[Plugin], Awaitable[Mapping[str, Json]]]
CANARY: Final = "canary-7f3a91c0d2"
PATIENCE: Final = 0.5
"""Seconds within which a call must end once it is cancelled."""

_START: Final = datetime(2026, 1, 5, 10, tzinfo=UTC)
_READS: Final[Mapping[Kind, Sequence[tuple[str, tuple[object, ...]]]]] = {
    Kind.CI: (("describe", ("no-such-job",)),),
    Kind.ITSM: (("read_change", ("NO-SUCH-1",)),),
    Kind.MONITORING: (
        ("query", ("up",)),
        ("query_range", ("up", _START, _START + timedelta(minutes=5), timedelta(minutes=1))),
        ("rules", ()),
        ("alerts", ()),
        ("silences", ()),
    ),
    Kind.CMDB: (("configuration_items", ()),),
}
_EFFECT_VERBS: Final = ("recognition", "perform", "find", "follow", "cancel")
_BROKEN: Final[Mapping[str, Answer]] = {
    name: Answer(status=status, headers={}, body=body, asked="GET /broken")
    for name, status, body in (
        ("a sign-in page", 200, b"<!DOCTYPE html><title>Sign in</title>"),
        ("nothing", 200, b""),
        ("null", 200, b"null"),
        ("a list", 200, b"[1, {}, null]"),
        ("an empty object", 200, b"{}"),
        ("no UTF-8", 200, b'{"status": "\xff\xfe"}'),
        ("no number", 200, b'{"status": NaN}'),
        ("endless depth", 200, b"[" * 300_000),
        ("not authorised", 401, b""),
        ("forbidden", 403, b"no"),
        ("not found", 404, b"404 page not found"),
        ("too many", 429, b"{}"),
        ("a server's error", 500, b"<h1>500</h1>"),
        ("away", 503, b""),
    )
}


class Faulty(AssertionError):
    """What a plugin does that it may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An effect that the target takes.

    ``prepare`` gives the payload where it depends on the target; ``count`` how often the target has
    the effect, by the author's own look at the target.
    """

    kind: str
    payload: Mapping[str, Json] = field(default_factory=Map[str, Json])
    prepare: Prepare | None = None
    count: Callable[[EffectId], Awaitable[int]] | None = None
    ends_within: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A plugin with a target that answers; ``folder`` is the one that holds manifest.toml."""

    folder: Path
    make: PluginFactory
    working_folder: Path
    url: str = ""
    settings: Mapping[str, Json] = field(default_factory=Map[str, Json])
    http: Http
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found; ``says`` is empty where all is well."""

    check: str
    ok: bool
    says: str = ""


async def examine(subject: Subject) -> tuple[Finding, ...]:
    """Give what each check found, in their order."""
    return tuple([await _find_out(check, subject) for check in CHECKS])


async def the_manifest_is_readable_and_settings_are_checked(subject: Subject) -> None:
    """A setting that is unknown, missing or of another type is refused before anything starts."""
    manifest = _manifest(subject)
    _refused(manifest, {**subject.settings, "no_such_setting": "x"}, "an unknown setting")
    for name, setting in manifest.settings.items():
        if setting.required:
            rest = {key: value for key, value in subject.settings.items() if key != name}
            _refused(manifest, rest, f"no {name}")
        wrong: Json = "words" if setting.type is not SettingType.TEXT else ["words"]
        _refused(manifest, {**subject.settings, name: wrong}, f"{name} of another type")


async def it_offers_the_verbs_of_its_kinds(subject: Subject) -> None:
    """Every method that the console may call is there."""
    manifest, plugin = _manifest(subject), _made(subject)
    wanted = {"check", "close", *(verb for kind in manifest.kinds for verb, _ in _READS[kind])}
    wanted |= set(_EFFECT_VERBS) if manifest.effects else set()
    missing = sorted(verb for verb in wanted if not callable(getattr(plugin, verb, None)))
    _demand(not missing, f"it lacks {', '.join(missing)}")
    said = await plugin.check()
    _demand(bool(said) and "\n" not in said, "check gives no line")
    for verb, arguments in _reads(manifest):
        await _typed(plugin, verb, arguments)
    await plugin.close()


async def it_tells_how_a_repeat_is_recognised(subject: Subject) -> None:
    """Manifest and plugin say the same, and an unknown kind of effect is not supported."""
    manifest = _manifest(subject)
    if not manifest.effects:
        return
    plugin = _effects(_made(subject))
    for kind, declared in manifest.effects.items():
        told = await plugin.recognition(kind)
        same = (told.how, told.settle) == (declared.how, declared.settle)
        _demand(same, f"{kind}: the manifest says {declared.how}, the plugin {told.how}")
    try:
        await plugin.recognition("no.such.effect")
    except NotSupported:
        return
    raise Faulty("an unknown kind of effect is not refused as NotSupported")


async def an_effect_is_performed_once(subject: Subject) -> None:
    """Unknown before, found after, and a repeat with the same id is the same effect."""
    for example in subject.examples:
        plugin, request = await _prepared(subject, example)
        how = (await plugin.recognition(example.kind)).how
        before = await plugin.find(example.kind, request.id)
        _demand(before == NotFound(), f"{example.kind}: found before it was performed")
        first = await plugin.perform(request)
        _demand(isinstance(first, Acknowledged), f"{example.kind}: {first}")
        found = await plugin.find(example.kind, request.id)
        if how is RecognisesRepeat.QUERYABLE or isinstance(found, Found):
            same = isinstance(found, Found) and found.remote == getattr(first, "remote", "")
            _demand(same, f"{example.kind}: performed as {first}, then {found}")
        if how is RecognisesRepeat.NATIVE:
            second = await plugin.perform(request)
            _demand(second == first, f"{example.kind}: {first}, and again {second}")
        if example.count is not None:
            times = await example.count(request.id)
            _demand(times == 1, f"{example.kind}: the target has it {times} times")


async def following_ends(subject: Subject) -> None:
    """An effect that was taken is not said to run for ever, and one that is over stays over."""
    for example in subject.examples:
        plugin, request = await _prepared(subject, example)
        taken = await plugin.perform(request)
        if not isinstance(taken, Acknowledged):
            raise Faulty(f"{example.kind}: {taken}")
        state = await _end_of(plugin, example, taken.remote)
        again = await plugin.follow(example.kind, taken.remote)
        _demand(again.ending is state.ending, f"{state.ending}, and then {again.ending}")
        stopped = await plugin.cancel(example.kind, taken.remote, "conformance")
        _demand(isinstance(cast("object", stopped), bool), "cancel gives no truth value")


async def broken_answers_are_typed_errors(subject: Subject) -> None:
    """Whatever the target answers, a call gives a typed answer or a typed error."""
    if _manifest(subject).address is Use.NEVER:
        return
    for name, answer in _BROKEN.items():
        plugin = _made(subject, ScriptedHttp(answer))
        for verb, arguments in (*_reads(_manifest(subject)), *_effect_calls(subject)):
            raised = await _raised(_typed(plugin, verb, arguments))
            _demand(raised is None, f"{verb} answered with {name}: {raised!r}")


async def a_call_can_be_cancelled(subject: Subject) -> None:
    """A target that never answers holds no call beyond its deadline, and never the loop."""
    if _manifest(subject).address is Use.NEVER:
        return
    plugin = _made(subject, ScriptedHttp(None))
    loop = asyncio.get_running_loop()
    for verb, arguments in (*_reads(_manifest(subject)), *_effect_calls(subject)):
        begun = loop.time()
        try:
            async with asyncio.timeout(0.05):
                await _typed(plugin, verb, arguments)
        except TimeoutError:
            pass
        _demand(loop.time() - begun < PATIENCE, f"{verb} does not end when it is cancelled")


async def a_secret_is_never_shown(subject: Subject) -> None:
    """Neither the plugin's repr, nor an error, nor a log record holds the secret."""
    heard = _Heard()
    root = logging.getLogger()
    root.addHandler(heard)
    try:
        for answer in _BROKEN.values():
            http = subject.http if _manifest(subject).address is Use.NEVER else ScriptedHttp(answer)
            plugin = _made(subject, http)
            said = [repr(plugin), repr(vars(plugin)) if hasattr(plugin, "__dict__") else ""]
            for verb, arguments in _reads(_manifest(subject)):
                try:
                    await getattr(plugin, verb)(*arguments)
                except RelconsoleError as error:
                    said += [str(error), repr(error)]
            _demand(CANARY not in " ".join(said), "it shows its secret")
    finally:
        root.removeHandler(heard)
    _demand(CANARY not in " ".join(heard.said), "it logs its secret")


CHECKS: Final = (
    the_manifest_is_readable_and_settings_are_checked,
    it_offers_the_verbs_of_its_kinds,
    it_tells_how_a_repeat_is_recognised,
    an_effect_is_performed_once,
    following_ends,
    broken_answers_are_typed_errors,
    a_call_can_be_cancelled,
    a_secret_is_never_shown,
)


class _Heard(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


async def _find_out(check: Callable[[Subject], Awaitable[None]], subject: Subject) -> Finding:
    name = check.__name__.replace("_", " ")
    raised = await _raised(check(subject))
    if raised is None:
        return Finding(check=name, ok=True)
    says = str(raised) if isinstance(raised, Faulty) else repr(raised)
    return Finding(check=name, ok=False, says=says)


async def _raised(asked: Awaitable[None]) -> BaseException | None:
    """Give what it raises, whatever that is: here an error is a finding."""
    return (await asyncio.gather(asked, return_exceptions=True))[0]


def _demand(holds: bool, says: str) -> None:  # noqa: FBT001 - an assertion's face
    if not holds:
        raise Faulty(says)


def _manifest(subject: Subject) -> Manifest:
    return read_manifest((subject.folder / "manifest.toml").read_text(encoding="utf-8"))


def _made(subject: Subject, http: Http | None = None) -> Plugin:
    checked = check_settings(
        _manifest(subject), subject.settings, file="settings", place="settings"
    )
    return subject.make(
        Context(
            system=SystemId("subject"),
            url=subject.url,
            settings=checked,
            folder=str(subject.working_folder),
            secret=Secret(CANARY),
            http=http or subject.http,
            now=_now,
        )
    )


def _effects(plugin: Plugin) -> Effects:
    return cast("Effects", plugin)


async def _prepared(subject: Subject, example: Example) -> tuple[Effects, EffectRequest]:
    plugin, payload = _made(subject), example.payload
    if example.prepare is not None:
        payload = await example.prepare(plugin)
    return _effects(plugin), EffectRequest(id=_fresh(), kind=example.kind, payload=payload)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - an author's run has no clock to hand in


def _fresh() -> EffectId:
    return EffectId(secrets.token_hex(16))


def _reads(manifest: Manifest) -> tuple[tuple[str, tuple[object, ...]], ...]:
    return tuple(read for kind in manifest.kinds for read in _READS[kind])


def _effect_calls(subject: Subject) -> tuple[tuple[str, tuple[object, ...]], ...]:
    calls: list[tuple[str, tuple[object, ...]]] = []
    for kind in _manifest(subject).effects:
        known = [one.payload for one in subject.examples if one.kind == kind and one.payload]
        payload = known[0] if known else {"remote": "none"}
        request = EffectRequest(id=_fresh(), kind=kind, payload=payload)
        calls += [("find", (kind, _fresh())), ("perform", (request,)), ("follow", (kind, "none"))]
    return tuple(calls)


async def _typed(plugin: Plugin, verb: str, arguments: tuple[object, ...]) -> None:
    """Ask, and see that the answer travels; errors of the tree are answers too."""
    try:
        reply = await getattr(plugin, verb)(*arguments)
    except (PersonMustAct, WorldIsDown):
        return
    VERBS[verb].decode(VERBS[verb].encode(reply))


async def _end_of(plugin: Effects, example: Example, remote: str) -> RemoteState:
    loop = asyncio.get_running_loop()
    end = loop.time() + example.ends_within
    while loop.time() < end:
        state = await plugin.follow(example.kind, remote)
        if state.ending is not Ending.RUNNING:
            return state
        await asyncio.sleep(0.05)
    raise Faulty(f"{example.kind}: still running after {example.ends_within:g} s")


def _refused(manifest: Manifest, settings: Mapping[str, Json], what: str) -> None:
    try:
        check_settings(manifest, settings, file="settings", place="settings")
    except SettingsRejected:
        return
    raise Faulty(f"{what} is not refused")
