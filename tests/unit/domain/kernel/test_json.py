"""Taking a JSON value apart."""

import pytest

from relconsole.domain.kernel.json import Json, as_list, as_object, as_text


@pytest.mark.parametrize(
    ("value", "an_object", "a_list", "a_text"),
    [
        ({"a": 1}, {"a": 1}, (), ""),
        ([1, 2], {}, [1, 2], ""),
        ("text", {}, (), "text"),
        (7, {}, (), ""),
        (None, {}, (), ""),
    ],
)
def test_that_a_value_of_another_kind_reads_as_empty(
    value: Json, an_object: Json, a_list: Json, a_text: str
) -> None:
    assert as_object(value) == an_object
    assert as_list(value) == a_list
    assert as_text(value) == a_text
