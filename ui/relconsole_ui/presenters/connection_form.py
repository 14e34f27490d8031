"""The form of a connection, made from what its plugin says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from relconsole.domain.kernel.errors import PersonMustAct, Problem
from relconsole_ui.presenters.problem_form import Choice

_WHAT: Final = {
    "ci": "runs jobs",
    "itsm": "keeps change records",
    "monitoring": "measures and alerts",
    "cmdb": "knows what runs where",
}
_EXAMPLES: Final = {
    "number": "a number",
    "duration": "such as 90s or 1h30m",
    "list": "one a line",
    "map": "name: value, as YAML",
}
SETTINGS: Final = "settings."
_LINES: Final = {"list": 3, "map": 6}


class Described(Protocol):
    """A setting as its plugin describes it."""

    @property
    def type(self) -> str:
        """Give how it is written: text, number, duration, boolean, list or map."""
        ...

    @property
    def required(self) -> bool:
        """Tell whether it must be written."""
        ...

    @property
    def help(self) -> str:
        """Give what it is for."""
        ...


class Offered(Protocol):
    """A plugin as it describes itself."""

    @property
    def title(self) -> str:
        """Give its name for people."""
        ...

    @property
    def kinds(self) -> Sequence[str]:
        """Give what it is to the console."""
        ...

    @property
    def address(self) -> str:
        """Give whether it takes an address: never, optional or required."""
        ...

    @property
    def secret(self) -> str:
        """Give whether it takes a credential."""
        ...

    @property
    def credential(self) -> str:
        """Give how the credential is sent."""
        ...

    @property
    def settings(self) -> Mapping[str, Described]:
        """Give its settings by name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the form; ``known`` is the system that is edited, empty for a new one."""

    id: str = ""
    plugin: str = ""
    url: str = ""
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    known: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One field: how it is written, what it is for, what stands in it, what is wrong with it.

    ``choices`` are the words of a truth value, empty for other types; ``lines`` is 1 for one line.
    """

    name: str
    label: str
    kind: str
    help: str
    example: str
    text: str
    problem: str
    choices: tuple[Choice, ...] = ()
    lines: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionFormRows:
    """The whole form; ``secret_says`` is empty where the plugin takes no credential."""

    title: str
    plugins: tuple[Choice, ...]
    plugin: str
    does: str
    fields: tuple[FieldRow, ...]
    secret_label: str
    secret_says: str
    secret_problem: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Where a credential goes, whether that lasts, and whether one is there for this system."""

    place: str
    is_durable: bool
    is_kept: bool


def first_plugin(offers: Mapping[str, Offered | PersonMustAct]) -> str:
    """Give the plugin with which a new form begins, empty where none can be used."""
    usable = (name for name, each in offers.items() if not isinstance(each, PersonMustAct))
    return min(usable, default="")


def present_connection_form(
    offers: Mapping[str, Offered | PersonMustAct],
    typed: Typed,
    keeping: Keeping,
    defaults: Mapping[str, str],
    problems: Iterable[Problem] = (),
) -> ConnectionFormRows:
    """Give the form of the chosen plugin."""
    usable = {name: each for name, each in offers.items() if not isinstance(each, PersonMustAct)}
    chosen = typed.plugin
    offer = usable.get(chosen)
    wrong: dict[str, str] = {}
    for each in problems:
        line = "" if each.line is None else f"line {each.line}: "
        wrong.setdefault(each.field, _sentence(f"{line}{each.message}"))
    fields = () if offer is None else tuple(_fields(offer, typed, defaults, wrong))
    shown = {each.name for each in fields} | {"secret"}
    rest = [says for name, says in wrong.items() if name not in shown]
    return ConnectionFormRows(
        title=f"Edit {typed.known}" if typed.known else "Connect a system",
        plugins=tuple(
            Choice(key=name, says=each.title)
            for name, each in sorted(usable.items(), key=lambda it: it[1].title.casefold())
        ),
        plugin=chosen,
        does=_does(offers, offer, chosen),
        fields=fields,
        secret_label="" if offer is None else _secret_label(offer),
        secret_says="" if offer is None else _secret_says(offer, keeping),
        secret_problem=wrong.get("secret", ""),
        problem=". ".join(rest),
    )


def _does(offers: Mapping[str, Offered | PersonMustAct], offer: Offered | None, chosen: str) -> str:
    if offer is not None:
        can = [_WHAT.get(kind, kind) for kind in offer.kinds]
        return f"{_sentence(', '.join(can))}."
    refused = offers.get(chosen)
    if isinstance(refused, PersonMustAct):
        return str(refused)
    return f"The plugin {chosen} is not here." if chosen else "No plugin is installed."


def _fields(
    offer: Offered, typed: Typed, defaults: Mapping[str, str], wrong: Mapping[str, str]
) -> Iterable[FieldRow]:
    yield FieldRow(
        name="id",
        label="Name, required",
        kind="text" if not typed.known else "fixed",
        help="as steps and checks name it",
        example="such as metrics",
        text=typed.id,
        problem=wrong.get("id", ""),
    )
    if offer.address != "never":
        yield FieldRow(
            name="url",
            label=_label("Address", is_required=offer.address == "required"),
            kind="text",
            help="",
            example="https://",
            text=typed.url,
            problem=wrong.get("url", ""),
        )
    for name, setting in offer.settings.items():
        default = defaults.get(name, "")
        problem = wrong.get(f"{SETTINGS}{name}", "")
        yield FieldRow(
            name=f"{SETTINGS}{name}",
            label=_label(_words(name), is_required=setting.required),
            kind=setting.type,
            help="" if setting.help in problem else setting.help,
            example=default.replace("\n", ", ") or _EXAMPLES.get(setting.type, ""),
            text=typed.settings.get(name, ""),
            problem=problem,
            choices=_truths(default) if setting.type == "boolean" else (),
            lines=_LINES.get(setting.type, 1),
        )


def _truths(default: str) -> tuple[Choice, ...]:
    unsaid = {"true": "As given: yes", "false": "As given: no"}.get(default, "Not said")
    return (
        Choice(key="", says=unsaid),
        Choice(key="true", says="Yes"),
        Choice(key="false", says="No"),
    )


def _words(name: str) -> str:
    return _sentence(name.replace("_", " "))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _label(text: str, *, is_required: bool) -> str:
    return f"{text}, required" if is_required else text


def _secret_label(offer: Offered) -> str:
    if offer.secret == "never":  # noqa: S105 - whether one is taken
        return ""
    how = {"basic": "user:password", "bearer": "token"}.get(offer.credential, "")
    label = f"Credential, {how}" if how else "Credential"
    return _label(label, is_required=offer.secret == "required")  # noqa: S105 - as above


def _secret_says(offer: Offered, keeping: Keeping) -> str:
    if offer.secret == "never":  # noqa: S105 - whether one is taken
        return ""
    if keeping.is_kept:
        return f"One is kept in {keeping.place} for this address. Leave it empty to keep it."
    if keeping.is_durable:
        return f"Kept in {keeping.place}, and nowhere else."
    return "No keyring can be used: it lasts until the window closes, and is asked each session."
