"""A manifest says what a plugin needs, and settings are held to it before anything starts."""

from datetime import timedelta

import pytest

from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.json import Json
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.plugin_api.errors import SettingsRejected
from relconsole.plugin_api.manifest import Credential, Kind, Use, read_manifest
from relconsole.plugin_api.settings import check_settings

MANIFEST = """
id = "sample"
title = "Sample"
kinds = ["monitoring"]
secret = "required"
credential = "basic"
libraries = ["caldav"]

[settings.label]
type = "text"
default = "service"

[settings.folder]
type = "text"
required = true
help = "where it is"

[settings.points]
type = "number"

[settings.wait]
type = "duration"
default = "90s"

[settings.loud]
type = "boolean"

[settings.names]
type = "list"

[settings.jobs]
type = "map"

[effects."silence.create"]
how = "queryable"
settle = "10s"
source = "its own words"
"""


def _checked(**settings: Json) -> dict[str, Json]:
    manifest = read_manifest(MANIFEST)
    given: dict[str, Json] = {"folder": "/x", **settings}
    return dict(check_settings(manifest, given, file="f.yaml", place="systems[0].settings").items())


def test_that_a_manifest_says_what_the_plugin_is() -> None:
    manifest = read_manifest(MANIFEST)
    assert (manifest.id, manifest.kinds) == ("sample", (Kind.MONITORING,))
    assert (manifest.address, manifest.secret) == (Use.REQUIRED, Use.REQUIRED)
    assert (manifest.credential, manifest.libraries) == (Credential.BASIC, ("caldav",))
    told = manifest.effects["silence.create"]
    assert (told.how, told.settle) == (RecognisesRepeat.QUERYABLE, timedelta(seconds=10))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "sample"', "", "id"),
        ('id = "sample"', 'id = "a b"', "no plain name"),
        ('kinds = ["monitoring"]', "kinds = []", "at least one kind"),
        ('kinds = ["monitoring"]', 'kinds = ["spaceship"]', "kinds"),
        ('secret = "required"', 'secret = "never"', "no secret to send"),
        ("required = true", 'required = true\ndefault = "x"', "no default"),
        ('settle = "10s"', 'settle = "soon"', "no duration"),
        ('source = "its own words"', 'source = " "', "says nothing"),
        ('title = "Sample"', 'title = "Sample"\nshade = 1', "shade"),
        ('title = "Sample"', "title = Sample", "manifest.toml"),
    ],
)
def test_that_a_manifest_that_cannot_be_meant_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(InputRejected) as raised:
        read_manifest(MANIFEST.replace(old, new, 1))
    assert fault in str(raised.value)


def test_that_what_is_not_written_has_its_default() -> None:
    assert _checked() == {
        "label": "service",
        "folder": "/x",
        "points": None,
        "wait": 90.0,
        "loud": None,
        "names": None,
        "jobs": None,
    }


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("points", "30", 30),
        ("points", 2.5, 2.5),
        ("wait", "1h30m", 5400.0),
        ("loud", "yes", True),
        ("loud", False, False),
        ("names", ["a", "no"], ["a", "no"]),
        ("jobs", {"a": {"b": ["c"]}}, {"a": {"b": ["c"]}}),
    ],
)
def test_that_a_setting_is_typed_by_its_key(name: str, written: Json, value: Json) -> None:
    assert _checked(**{name: written})[name] == value


@pytest.mark.parametrize(
    ("name", "written"),
    [
        *(("label", 3), ("points", "many"), ("points", "nan"), ("points", "inf"), ("points", True)),
        *(("wait", "soon"), ("wait", 5), ("loud", "perhaps"), ("loud", 1), ("names", "a")),
        *(("names", [1]), ("jobs", []), ("jobs", "x")),
    ],
)
def test_that_a_setting_of_another_type_is_refused_with_its_place(name: str, written: Json) -> None:
    with pytest.raises(SettingsRejected) as raised:
        _checked(**{name: written})
    (problem,) = raised.value.problems
    assert (problem.file, problem.field) == ("f.yaml", f"systems[0].settings.{name}")


def test_that_every_fault_is_told_at_once_with_the_nearest_name() -> None:
    manifest = read_manifest(MANIFEST)
    with pytest.raises(SettingsRejected) as raised:
        check_settings(manifest, {"lable": "x", "wait": "soon"}, file="f", place="p")
    said = str(raised.value)
    assert "did you mean label?" in said
    assert "p.wait" in said
    assert "is missing: where it is" in said
