"""Which plugins are installed: by entry points only, their manifests read without importing them.

Only the top-level package is looked up, since a dotted name would import its parents; below it the
path of the module is followed. A package that is not plain files is refused.
"""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.plugin_api.manifest import Manifest, read_manifest

GROUP: Final = "relconsole.plugins"
_LONGEST_MANIFEST: Final = 1 << 18
_DO: Final = "Install the plugin again, or ask its author."


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A plugin that may be run: ``entry`` is ``module:name``, ``root`` the folder it comes from."""

    entry: str
    root: Path
    manifest: Manifest


def installed_plugins() -> Mapping[str, Installed | PersonMustAct]:
    """Give the installed plugins by name, and for one that cannot be used why not."""
    found: dict[str, Installed | PersonMustAct] = {}
    for point in importlib.metadata.entry_points(group=GROUP):
        if point.name in found:
            what = f"Two distributions bring a plugin {point.name}."
            found[point.name] = PersonMustAct(what, do="Remove one of them.")
            continue
        try:
            found[point.name] = _read(point)
        except PersonMustAct as refused:
            found[point.name] = refused
    return found


def _read(point: importlib.metadata.EntryPoint) -> Installed:
    """Give one plugin; PersonMustAct where it is not plain files with a manifest of its name."""
    written = point.pattern.match(point.value)  # asked for its module, a broken one just breaks
    parts = point.module.split(".") if written else []
    named = len(parts) > 1 and all(part.isidentifier() for part in parts) and point.attr
    if not named:
        raise PersonMustAct(f"The plugin {point.name} has no entry in a package.", do=_DO)
    for package in _folders_of(parts[0]):
        folder = package.joinpath(*parts[1:-1])
        if (folder / f"{parts[-1]}.py").is_file() and (folder / "manifest.toml").is_file():
            break
    else:
        raise PersonMustAct(
            f"The plugin {point.name} has no {point.module} with a manifest.toml beside it.", do=_DO
        )
    manifest = _manifest(folder / "manifest.toml")
    if manifest.id != point.name:
        raise PersonMustAct(f"The plugin {point.name} calls itself {manifest.id}.", do=_DO)
    entry = f"{point.module}:{point.attr}"
    return Installed(entry=entry, root=package.parent, manifest=manifest)


def _folders_of(package: str) -> Iterable[Path]:
    """Give the folders of a top-level package, which is not imported."""
    spec = importlib.util.find_spec(package)
    plain = spec is not None and (
        spec.loader is None
        or isinstance(
            spec.loader,
            importlib.machinery.SourceFileLoader | importlib.machinery.NamespaceLoader,
        )
    )
    places = spec.submodule_search_locations if spec is not None else None
    folders = [Path(place) for place in places or ()]
    if not plain or not folders or not all(folder.is_dir() for folder in folders):
        raise PersonMustAct(f"The package {package} is not plain files.", do=_DO)
    return folders


def _manifest(path: Path) -> Manifest:
    """Give the manifest of a file; PersonMustAct where it cannot be read."""
    try:
        if path.stat().st_size > _LONGEST_MANIFEST:
            raise PersonMustAct(f"{path} is longer than any manifest.", do=_DO)
        return read_manifest(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as wrong:
        raise PersonMustAct(f"{path} cannot be read: {wrong}", do=_DO) from wrong
