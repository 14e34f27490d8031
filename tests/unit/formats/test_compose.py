"""From bytes to nodes: places, limits, and whatever bytes there are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relconsole.adapters.formats.workspace.compose import MOST_BYTES, MOST_LEVELS, compose
from relconsole.adapters.formats.workspace.nodes import ListNode, MappingNode, ScalarNode


def complaint(content: bytes) -> str:
    problems = compose(content, "a.yaml")[1]
    assert len(problems) == 1, [str(problem) for problem in problems]
    return str(problems[0])


def test_that_a_scalar_is_its_source_text_with_file_line_column_and_path() -> None:
    root, problems = compose(b"# why\na:\n- {version: 2.30, spoken: no}\n", "a.yaml")
    assert problems == ()
    assert isinstance(root, MappingNode)
    listed = root.find("a")
    assert isinstance(listed, ListNode)
    item = listed.items[0]
    assert isinstance(item, MappingNode)
    version = item.find("version")
    spoken = item.find("spoken")
    assert isinstance(version, ScalarNode)
    assert isinstance(spoken, ScalarNode)
    assert (version.text, spoken.text) == ("2.30", "no")
    at = version.at
    assert (at.file, at.line, at.column, at.field) == ("a.yaml", 3, 13, "a[0].version")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: *x", "a.yaml:1: a: aliases are refused"),
        (b"a: &x 1", "a.yaml:1: a: the anchor &x is refused"),
        (b"\n\na: !!int 1", "a.yaml:3: a: the tag tag:yaml.org,2002:int is refused"),
        (b"a: !!python/name:os.system ''", "a.yaml:1: a: the tag"),
        (b"a: 1\nb: 2\na: 3\nc: 4", "a.yaml:3: a: the key stands already on line 1"),
        (b"a: 1\n---\nb: 2", "a.yaml:2: a second document"),
        (b"? [a]\n: 1", "a key must be a word, not a list or a mapping"),
        (b"a: b: c", "a.yaml:1: no YAML: mapping values are not allowed"),
        (b"a: 1\nb: \xff", "a.yaml:2: not UTF-8"),
        ("a: 1".encode("utf-16"), "not UTF-8"),
        (b"a: 1\nb: \x07", "a.yaml:2: no YAML: control characters"),
        (b"a: [1", "no YAML"),
    ],
)
def test_that_what_is_no_plain_tree_is_refused_with_its_line(content: bytes, said: str) -> None:
    assert said in complaint(content)


def test_that_an_empty_file_says_nothing_and_is_no_problem() -> None:
    assert compose(b"", "a.yaml") == (None, ())
    assert compose(b"# only a comment\n", "a.yaml") == (None, ())


def test_that_the_deepest_level_is_read_and_the_next_is_not() -> None:
    deepest = b"[" * MOST_LEVELS + b"]" * MOST_LEVELS
    assert compose(deepest, "a.yaml")[1] == ()
    assert "deeper than 64 levels" in complaint(b"[" + deepest + b"]")


@pytest.mark.parametrize("opening", [b"[", b"{a: ", b"- ", b"? "])
def test_that_a_hundred_thousand_levels_end_as_one_problem(opening: bytes) -> None:
    assert len(compose(opening * 100_000, "a.yaml")[1]) == 1


def test_that_a_file_longer_than_the_limit_is_refused_unread() -> None:
    assert complaint(b"#" * (MOST_BYTES + 1)) == "a.yaml: longer than 8 MiB"


def test_that_json_is_read_with_characters_beyond_the_basic_plane() -> None:
    written = json.dumps({"chat": "\U0001f680 and \\ud83d\\ude80", "n": [1, True, None]})
    root, problems = compose(written.encode(), "a.json")
    assert problems == ()
    assert isinstance(root, MappingNode)
    chat = root.find("chat")
    assert isinstance(chat, ScalarNode)
    assert chat.text == "\U0001f680 and \\ud83d\\ude80"


def test_that_a_lone_surrogate_in_json_is_refused() -> None:
    assert "invalid Unicode character" in complaint(b'{"a": "\\ud83d"}')
    assert "invalid Unicode character" in complaint(b'{"a": "\\ud83d\\ude80", b: "\\ud83d"}')


def test_that_a_byte_order_mark_is_passed_over() -> None:
    root, problems = compose("\ufeffa: 1".encode(), "a.yaml")
    assert problems == ()
    assert isinstance(root, MappingNode)
    assert root.find("a") is not None


@given(content=st.binary(max_size=200))
def test_that_any_bytes_end_in_nodes_or_problems(content: bytes) -> None:
    for prefix in (b"", b"a: ", b'{"a": '):
        root, problems = compose(prefix + content, "a.yaml")
        assert root is None or not problems or problems[0].file == "a.yaml"


@given(content=st.text(alphabet="ab01 \n\t:-,[]{}&*!|>'\"%#?@\\u8d~\ud7ff\u2028\x85", max_size=60))
def test_that_any_punctuation_ends_in_nodes_or_problems(content: str) -> None:
    root, problems = compose(content.encode(), "a.yaml")
    assert root is None or isinstance(root, ScalarNode | ListNode | MappingNode)
    assert all(problem.line is None or problem.line >= 1 for problem in problems)


@given(
    value=st.recursive(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f")),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(st.characters(codec="ascii"), max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_that_whatever_json_writes_is_read_back_as_the_same_texts(value: object) -> None:
    root, problems = compose(json.dumps({"it": value}).encode(), "a.json")
    assert problems == ()
    assert isinstance(root, MappingNode)
    found = root.find("it")
    assert found is not None
    assert plain(found) == value


def plain(node: ScalarNode | ListNode | MappingNode) -> object:
    match node:
        case ScalarNode(text=text):
            return text
        case ListNode(items=items):
            return [plain(item) for item in items]
        case MappingNode(entries=entries):
            return {entry.key: plain(entry.node) for entry in entries}
