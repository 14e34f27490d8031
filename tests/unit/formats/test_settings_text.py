"""Settings in a field: YAML by name whose scalars are texts, and back as it was."""

import pytest

from relconsole.adapters.formats.workspace.settings_text import YamlSettings
from relconsole.domain.kernel.errors import InputRejected
from relconsole.domain.kernel.json import Json

FIELD = "settings.jobs"


def test_that_scalars_stay_texts() -> None:
    text = "deploy:\n  argv: [run, no, 9090]\n  timeout: 30s\n"
    found = YamlSettings().read(text, FIELD)
    assert found == {"deploy": {"argv": ["run", "no", "9090"], "timeout": "30s"}}


def test_that_nothing_typed_is_nothing_set() -> None:
    assert YamlSettings().read("", FIELD) == {}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("- a\n- b\n", 1, "a mapping belongs here"),
        ("a: 1\na: 2\n", 2, "stands already"),
        ("a: &x 1\n", 1, ""),
        ("a: [1\n", None, ""),
    ],
    ids=["a list", "a key twice", "an anchor", "no end"],
)
def test_that_what_is_no_mapping_is_refused_with_its_line(
    text: str, line: int | None, says: str
) -> None:
    with pytest.raises(InputRejected) as raised:
        YamlSettings().read(text, FIELD)
    first = raised.value.problems[0]
    assert first.field == FIELD
    assert says in first.message
    assert line is None or first.line == line


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ({}, ""),
        ("plain", "plain"),
        (True, "true"),
        (False, "false"),
        (12, "12"),
        (0.5, "0.5"),
        (["a", "b c"], "a\nb c"),
    ],
)
def test_that_a_value_is_written_as_a_person_types_it(value: Json, text: str) -> None:
    assert YamlSettings().write(value) == text


def test_that_what_is_written_by_name_is_read_back_as_it_was() -> None:
    value: Json = {"b": {"argv": ["x", "no"], "cwd": "/srv"}, "a": {"argv": ["1"]}}
    assert YamlSettings().read(YamlSettings().write(value), FIELD) == value
