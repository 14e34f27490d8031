"""What a linter cannot see: each rule gives the places of one source that break it.

They are functions of a source, so that a test can show each of them a source that breaks it.
"""

import ast
from collections.abc import Callable, Iterable, Iterator

from tests.architecture.product import Source, dotted, imported_by

TYPE_CHECKING_GUARDS = ("TYPE_CHECKING", "typing.TYPE_CHECKING")

HEAVY = frozenset({"alembic", "matplotlib", "numpy", "openpyxl", "reportlab", "scipy"})
"""Libraries that are imported at first use: they cost a command its start."""

FOLDERS = frozenset({"plugins", "resources", "tests", "ui"})
"""Folders of the checkout that are no packages of the product."""

INPUT_AND_OUTPUT = frozenset(
    {
        "aiohttp", "asyncio", "glob", "httpx", "io", "keyring", "logging", "multiprocessing", "os",
        "pathlib", "pysqlite3", "queue", "random", "requests", "secrets", "select", "selectors",
        "shutil", "signal", "socket", "sqlalchemy", "sqlite3", "ssl", "subprocess", "tempfile",
        "threading", "time", "urllib", "uuid",
    }
)  # fmt: skip
"""Libraries that read, write, wait, log or throw dice."""

UNSAFE_CALLS = frozenset(
    {
        "asyncio.create_subprocess_shell", "compile", "eval", "exec", "os.popen", "os.system",
        "subprocess.getoutput", "subprocess.getstatusoutput", "yaml.full_load", "yaml.load",
        "yaml.load_all", "yaml.unsafe_load", "yaml.unsafe_load_all",
    }
)  # fmt: skip

UNSAFE_METHODS = frozenset({"extractall", "setHtml", "unpack_archive"})
SAFE_BY = {
    "QAccessibleAnnouncementEvent": "spoken_text",
    "setAccessibleDescription": "spoken_text",
    "setAccessibleName": "spoken_text",
    "setToolTip": "tip_text",
}
"""What takes a text that it may read as markup or say as it is, and what makes one safe for it."""

UNSAFE_MODULES = frozenset({"cloudpickle", "dill", "marshal", "pickle", "shelve"})
GENERATORS = frozenset(
    {
        "Generator", "MT19937", "PCG64", "PCG64DXSM", "Philox", "Random", "RandomState", "SFC64",
        "SeedSequence", "default_rng",
    }
)  # fmt: skip
CLOCKS = frozenset({"now", "today", "utcnow"})
WORN_OUT_NAMES = ("Data", "Handler", "Helper", "Helpers", "Info", "Manager", "Util", "Utils")
WORN_OUT_FILES = frozenset({"common.py", "helpers.py", "misc.py", "util.py", "utils.py"})

Rule = Callable[[Source], Iterator[str]]


def a_dialog_is_never_executed(source: Source) -> Iterator[str]:
    """`.exec()` starts a loop within the loop."""
    for call, name in source.calls():
        if name.rpartition(".")[2] in {"exec", "exec_"} and "." in name:
            yield source.at(call)


def a_signal_is_never_connected_to_a_coroutine(source: Source) -> Iterator[str]:
    """`signal.connect(coroutine function)` makes a coroutine that nobody awaits."""
    coroutines = {it.name for it in source.nodes() if isinstance(it, ast.AsyncFunctionDef)}
    for call, name in source.calls():
        if name.rpartition(".")[2] == "connect" and any(
            dotted(argument).rpartition(".")[2] in coroutines for argument in call.args
        ):
            yield source.at(call)


def heavy_libraries_are_imported_at_first_use(source: Source) -> Iterator[str]:
    """An import that runs when the module is imported, for a library of the heavy ones."""
    yield from (
        f"{source.at(statement)}: {name}"
        for statement, name in _imports_at_start(source.tree)
        if name.partition(".")[0] in HEAVY
    )


def _imports_at_start(node: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            inner: Iterable[ast.AST] = ()
        case ast.If(test=test, orelse=otherwise) if dotted(test) in TYPE_CHECKING_GUARDS:
            inner = otherwise
        case _:
            yield from imported_by(node)
            inner = ast.iter_child_nodes(node)
    for child in inner:
        yield from _imports_at_start(child)


def nothing_runs_or_unpacks_what_came_from_elsewhere(source: Source) -> Iterator[str]:
    """No code, markup, shell or archive of a stranger takes effect by itself."""
    for call, name in source.calls():
        if name in UNSAFE_CALLS or name.rpartition(".")[2] in UNSAFE_METHODS:
            yield f"{source.at(call)}: {name}"
        for keyword in call.keywords:
            if keyword.arg == "shell" and not _is_false(keyword.value):
                yield f"{source.at(call)}: shell"
    for statement, name in source.imports():
        if name.partition(".")[0] in UNSAFE_MODULES:
            yield f"{source.at(statement)}: {name}"


def a_screen_reader_and_a_tip_are_told_safe_text(source: Source) -> Iterator[str]:
    """What goes to them past the painting of text is made safe at the call, unless it is ours."""
    for call, name in source.calls():
        maker = SAFE_BY.get(name.rpartition(".")[2])
        if maker and call.args and not _is_made_by(maker, call.args[-1]):
            yield f"{source.at(call)}: {name}"


def _is_made_by(maker: str, node: ast.expr) -> bool:
    """Tell whether a text is a literal, or comes from the one function that makes it safe."""
    match node:
        case ast.Constant():
            return True
        case ast.Call(func=func):
            return dotted(func).rpartition(".")[2] == maker
        case ast.IfExp(body=body, orelse=otherwise):
            return _is_made_by(maker, body) and _is_made_by(maker, otherwise)
        case _:
            return False


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def no_folder_is_imported_as_a_package(source: Source) -> Iterator[str]:
    """`import plugins.relconsole_plugins` would make a second copy of every class."""
    for statement, name in source.imports():
        if name.partition(".")[0] in FOLDERS:
            yield f"{source.at(statement)}: {name}"


def a_task_is_created_by_its_owner(source: Source) -> Iterator[str]:
    """No `create_task`, not even of a group, outside the two modules that own tasks."""
    if source.path in {"relconsole/runtime/tasks.py", "relconsole/plugin_process/tasks.py"}:
        return
    for call, name in source.calls():
        if name.rpartition(".")[2] in {"create_task", "ensure_future"}:
            yield f"{source.at(call)}: {name}"


def a_rule_neither_reads_nor_writes(source: Source) -> Iterator[str]:
    """For the domain: no library, builtin or clock that touches the world."""
    for statement, name in source.imports():
        if name.partition(".")[0] in INPUT_AND_OUTPUT:
            yield f"{source.at(statement)}: {name}"
    for call, name in source.calls():
        if name in {"input", "open", "print"}:
            yield f"{source.at(call)}: {name}"
        owner, _, method = name.rpartition(".")
        if method in CLOCKS and owner.rpartition(".")[2] in {"date", "datetime"}:
            yield f"{source.at(call)}: {name}"


def chance_is_seeded(source: Source) -> Iterator[str]:
    """No generator without a seed, and not the one that all modules share."""
    for call, name in source.calls():
        owner, _, method = name.rpartition(".")
        if method in GENERATORS:
            if not call.args and not call.keywords:
                yield f"{source.at(call)}: {name}"
        elif owner == "random" or owner.endswith("np.random") or owner == "numpy.random":
            yield f"{source.at(call)}: {name}"


def a_name_is_a_word_of_the_trade(source: Source) -> Iterator[str]:
    """No Manager, Helper, Util, Handler, Data or Info, unless it is a kind of a foreign one."""
    if source.path.rpartition("/")[2] in WORN_OUT_FILES:
        yield source.path
    for node in source.nodes():
        if isinstance(node, ast.ClassDef):
            bases = [dotted(base) for base in node.bases]
            for word in WORN_OUT_NAMES:
                if node.name.endswith(word) and not any(base.endswith(word) for base in bases):
                    yield f"{source.at(node)}: {node.name}"


def catch_alls(source: Source) -> list[str]:
    """Places that catch every exception and go on; those that raise it again are none."""
    found: list[str] = []
    for node in source.nodes():
        match node:
            case ast.ExceptHandler(type=caught, body=body):
                if _is_everything(caught) and not _raises_again(body):
                    found.append(source.at(node))
            case ast.Call(func=func, args=args):
                if dotted(func).endswith("suppress") and any(map(_is_everything, args)):
                    found.append(source.at(node))
            case _:
                pass
    return found


def _is_everything(caught: ast.expr | None) -> bool:
    match caught:
        case None:
            return True
        case ast.Tuple(elts=elements):
            return any(map(_is_everything, elements))
        case _:
            return dotted(caught).rpartition(".")[2] in {"BaseException", "Exception"}


def _raises_again(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Raise) and body[-1].exc is None


FOR_THE_PRODUCT: tuple[Rule, ...] = (
    a_dialog_is_never_executed,
    a_name_is_a_word_of_the_trade,
    a_screen_reader_and_a_tip_are_told_safe_text,
    a_signal_is_never_connected_to_a_coroutine,
    chance_is_seeded,
    heavy_libraries_are_imported_at_first_use,
    no_folder_is_imported_as_a_package,
    nothing_runs_or_unpacks_what_came_from_elsewhere,
)
FOR_THE_CONSOLE: tuple[Rule, ...] = (a_task_is_created_by_its_owner,)
FOR_THE_DOMAIN: tuple[Rule, ...] = (a_rule_neither_reads_nor_writes,)
