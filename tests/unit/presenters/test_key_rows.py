"""The list of keys: every word of the search must be in an action's words or keys."""

from relconsole_ui.presenters.key_rows import KeyEntry, present_key_lines

ENTRIES = (
    KeyEntry(id="arm", menu="Rollback", text="Arm rollback", keys="Ctrl Shift R"),
    KeyEntry(id="hold", menu="Night", text="Hold", keys="H", is_letter=True),
    KeyEntry(id="about", menu="Help", text="About", keys="", says="the version"),
)


def test_that_every_action_is_listed_without_a_search() -> None:
    lines = present_key_lines(ENTRIES, "", letters=True)
    assert [(row.text, row.keys, row.note) for row in lines.rows] == [
        ("Arm rollback", "Ctrl Shift R", ""),
        ("Hold", "H", ""),
        ("About", "", ""),
    ]
    assert (lines.note, lines.empty) == ("3 actions", "")
    assert lines.rows[2].sentence == "About, no key, Help"


def test_that_words_and_keys_are_searched() -> None:
    found = present_key_lines(ENTRIES, "SHIFT arm", letters=True)
    assert [row.key for row in found.rows] == ["arm"]
    assert found.note == "1 action"
    assert [row.key for row in present_key_lines(ENTRIES, "version", letters=True).rows] == [
        "about"
    ]


def test_that_what_is_not_there_is_said() -> None:
    lines = present_key_lines(ENTRIES, "zebra", letters=True)
    assert (lines.rows, lines.note) == ((), "0 actions")
    assert lines.empty


def test_that_letters_are_marked_where_they_are_off() -> None:
    lines = present_key_lines(ENTRIES, "", letters=False)
    assert [row.note for row in lines.rows] == ["", "off", ""]
    assert lines.rows[1].sentence == "Hold, H, Night, off"
