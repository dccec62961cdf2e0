"""Reads the packs under `content/regulations/` and nothing else does: data in, checked frozen values out."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, cast

import msgspec
import yaml
from msgspec import Struct

from content.errors import InvalidRegulation
from content.regulation import Regulation, Withheld
from content.regulation_checks import faults
from content.yaml_text import SAFE_LOADER

_WHERE = re.compile(r"(?P<reason>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?", re.DOTALL)
_FIELD = re.compile(r"Object (?:missing required|contains unknown) field `(?P<field>[^`]*)`")


_DEEPEST = 30  # mappings and lists in one another; libyaml would follow them until the stack is full


class _PackLoader(SAFE_LOADER):  # type: ignore[misc]  # one of two, whichever is there
    """YAML in which a date stays as written: an impossible one is refused with its key."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag == "tag:yaml.org,2002:timestamp":
            return node.value
        return super().construct_object(node, deep)


def load_regulations(directory: Traversable | None = None) -> Mapping[str, Regulation]:
    """Every pack in `directory` (one `<id>.yaml` each) by id; the packaged ones, read once, when none is given.

    Raises:
        InvalidRegulation: a pack is not in order; names the file, the key and the reason.
    """
    return _packaged() if directory is None else _load_directory(directory)


def check_packs(directory: Traversable | None = None) -> Iterator[Regulation | InvalidRegulation]:
    """Every pack in `directory` (the packaged ones when none is given), or why it is refused, in the files' order."""
    for path in _files(directory or _home()):
        try:
            yield load_pack(path.name, _read(path))
        except InvalidRegulation as refusal:
            yield refusal


def load_pack(name: str, text: str) -> Regulation:
    """The regulation written in `text`; `name` is its file name ("kupang-30-2025.yaml").

    Raises:
        InvalidRegulation: with `key` as a path from the top ("values[2].behaviours[0].source"), "" for the whole file.
    """
    regulation = _convert(name, _parse(name, text))
    if regulation.id != name.removesuffix(".yaml"):
        raise InvalidRegulation(name, "id", f"must be the file name, not {regulation.id!r}")
    for key, reason in faults(regulation):
        raise InvalidRegulation(name, key, reason)
    return regulation


def regulation_json(regulation: Regulation) -> bytes:
    """The pack as JSON with every key, also the empty ones, except `variants` where there are none.

    What may never be shown stays behind: a withheld misprint is listed by its clause, without the printed words.
    """
    return msgspec.json.format(msgspec.json.encode(_plain(regulation)), indent=2)


@cache
def _packaged() -> Mapping[str, Regulation]:
    return _load_directory(_home())


def _home() -> Traversable:
    return resources.files("content").joinpath("regulations")


def _files(directory: Traversable) -> list[Traversable]:
    return sorted((path for path in directory.iterdir() if path.name.endswith(".yaml")), key=lambda path: path.name)


def _load_directory(directory: Traversable) -> Mapping[str, Regulation]:
    packs = (load_pack(path.name, _read(path)) for path in _files(directory))
    return MappingProxyType({pack.id: pack for pack in packs})


def _read(path: Traversable) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRegulation(path.name, "", "not UTF-8") from error


def _parse(name: str, text: str) -> Any:
    try:
        _refuse_what_packs_lack(text)
        return _document(name, _PackLoader(text))
    except (yaml.YAMLError, ValueError) as error:  # an int like 0b2
        raise InvalidRegulation(name, "", f"not readable as YAML: {' '.join(str(error).split())}") from error


def _refuse_what_packs_lack(text: str) -> None:
    """No anchors and aliases: a pack says each thing where it stands."""
    depth = 0
    for event in yaml.parse(text, SAFE_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if getattr(event, "anchor", None) is not None:
            problem = "anchors and aliases are not used in packs"
        elif depth > _DEEPEST:
            problem = "too many lists in one another"
        else:
            continue
        mark = cast("yaml.Mark", event.start_mark)  # libyaml's own kind says the same
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


def _document(name: str, loader: _PackLoader) -> Any:
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _refuse_duplicates(name, node, "")
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _refuse_duplicates(name: str, node: yaml.Node, path: str) -> None:
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _refuse_duplicates(name, item, f"{path}[{index}]")
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            here = f"{path}.{key.value}".lstrip(".")
            if here in seen:
                raise InvalidRegulation(name, here, f"stands twice, again in line {key.start_mark.line + 1}")
            seen.add(here)
            _refuse_duplicates(name, value, here)


def _convert(name: str, data: Any) -> Regulation:
    try:
        return msgspec.convert(data, Regulation)
    except msgspec.ValidationError as error:
        raise _refusal(name, str(error)) from error


def _refusal(name: str, message: str) -> InvalidRegulation:
    where = _WHERE.fullmatch(message)
    path, reason = (where["path"] or "", where["reason"]) if where else ("", message)
    field = _FIELD.match(reason)
    key = f"{path}.{field['field']}".lstrip(".") if field else path
    return InvalidRegulation(name, key, reason)


def _plain(value: object) -> object:
    if isinstance(value, Struct):
        fields = {field: _plain(getattr(value, field)) for field in value.__struct_fields__}
        if isinstance(value, Withheld):
            del fields["printed"]
        return {field: item for field, item in fields.items() if field != "variants" or item}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
