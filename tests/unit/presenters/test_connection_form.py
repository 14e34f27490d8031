"""The form of a connection follows what its plugin says of itself."""

from dataclasses import replace

from relconsole.domain.kernel.errors import PersonMustAct, Problem
from relconsole.plugin_api.manifest import Credential, Kind, Manifest, Setting, SettingType, Use
from relconsole_ui.presenters.connection_form import (
    ConnectionFormRows,
    FieldRow,
    Keeping,
    Offered,
    Typed,
    first_plugin,
    present_connection_form,
)
from tests.helpers.fakes.trials import BROKEN, FOLDER, LIGHTHOUSE

OFFERS: dict[str, Offered | PersonMustAct] = {
    "broken": BROKEN,
    "folder": FOLDER,
    "lighthouse": LIGHTHOUSE,
}
KEPT = Keeping(place="the keyring", is_durable=True, is_kept=False)
TYPED = Typed(id="light", plugin="lighthouse", url="https://l", settings={"lamps": "north"})
DEFAULTS = {"range": "12", "every": "30s", "fog": "false"}


def form(typed: Typed = TYPED, *problems: Problem, keeping: Keeping = KEPT) -> ConnectionFormRows:
    return present_connection_form(OFFERS, typed, keeping, DEFAULTS, problems)


def field(rows: ConnectionFormRows, name: str) -> FieldRow:
    return next(each for each in rows.fields if each.name == name)


def wrong(name: str, message: str, line: int | None = None) -> Problem:
    return Problem(file="", line=line, field=name, message=message)


def test_that_each_setting_is_a_field_of_its_type() -> None:
    rows = form()
    assert [(each.name, each.kind, each.lines) for each in rows.fields] == [
        ("id", "text", 1),
        ("url", "text", 1),
        ("settings.lamps", "list", 3),
        ("settings.jobs", "map", 6),
        ("settings.range", "number", 1),
        ("settings.every", "duration", 1),
        ("settings.fog", "boolean", 1),
        ("settings.keeper", "text", 1),
    ]
    lamps = field(rows, "settings.lamps")
    assert (lamps.label, lamps.text, lamps.help) == (
        "Lamps, required",
        "north",
        "the lamps, a line each",
    )
    assert field(rows, "settings.range").example == "12"
    assert field(rows, "settings.jobs").example == "name: value, as YAML"
    assert rows.does == "Runs jobs, measures and alerts."
    assert [choice.says for choice in rows.plugins] == ["Folder", "Lighthouse"]


def test_that_a_truth_value_says_what_counts_unsaid() -> None:
    assert [choice.says for choice in field(form(), "settings.fog").choices] == [
        "As given: no",
        "Yes",
        "No",
    ]
    unsaid = present_connection_form(OFFERS, TYPED, KEPT, {})
    assert field(unsaid, "settings.fog").choices[0].says == "Not said"


def test_that_problems_stand_at_their_fields_and_the_rest_beneath() -> None:
    rows = form(
        TYPED,
        wrong("settings.jobs", "a mapping belongs here", 2),
        wrong("settings.jobs", "another"),
        wrong("settings.lamps", "is missing: the lamps, a line each"),
        wrong("secret", "is missing"),
        wrong("id", "is missing"),
        wrong("url", "is no address"),
        wrong("plugin", "no plugin is called x"),
    )
    assert field(rows, "settings.jobs").problem == "Line 2: a mapping belongs here"
    assert field(rows, "settings.lamps").help == ""
    assert rows.secret_problem == "Is missing"
    assert (field(rows, "id").problem, field(rows, "url").problem) == (
        "Is missing",
        "Is no address",
    )
    assert rows.problem == "No plugin is called x"


def test_that_a_known_system_keeps_its_name() -> None:
    rows = form(replace(TYPED, known="light"))
    assert (rows.title, field(rows, "id").kind) == ("Edit light", "fixed")
    assert form().title == "Connect a system"


def test_that_a_credential_is_asked_for_as_the_plugin_sends_it() -> None:
    assert form().secret_label == "Credential, token, required"
    assert form().secret_says == "Kept in the keyring, and nowhere else."
    kept = form(keeping=replace(KEPT, is_kept=True))
    assert "Leave it empty to keep it" in kept.secret_says
    passing = form(keeping=replace(KEPT, is_durable=False))
    assert "asked each session" in passing.secret_says
    own = Manifest(
        id="own",
        title="Own",
        kinds=(Kind.CMDB,),
        address=Use.OPTIONAL,
        secret=Use.OPTIONAL,
        credential=Credential.NONE,
        settings={"a_name": Setting(type=SettingType.TEXT)},
    )
    rows = present_connection_form({"own": own}, Typed(plugin="own"), KEPT, {})
    assert rows.secret_label == "Credential"
    assert [each.label for each in rows.fields] == ["Name, required", "Address", "A name"]


def test_that_a_plugin_without_address_or_credential_asks_for_neither() -> None:
    rows = form(Typed(plugin="folder"))
    assert [each.name for each in rows.fields] == ["id"]
    assert (rows.secret_label, rows.secret_says) == ("", "")


def test_that_a_plugin_that_cannot_be_used_says_why() -> None:
    assert form(Typed(plugin="broken")).does == str(BROKEN)
    assert form(Typed(plugin="gone")).does == "The plugin gone is not here."
    nothing = present_connection_form({}, Typed(), KEPT, {})
    assert (nothing.does, nothing.fields, nothing.secret_label, nothing.secret_says) == (
        "No plugin is installed.",
        (),
        "",
        "",
    )


def test_that_a_new_form_begins_with_a_plugin_that_can_be_used() -> None:
    assert first_plugin(OFFERS) == "folder"
    assert first_plugin({"broken": BROKEN}) == ""
