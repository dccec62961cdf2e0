"""The templates of a business account on the loopback: submitted, listed page by page, and held against what is sent."""

import re
from dataclasses import dataclass
from typing import Any

from tests.fakes.graph_chats import Refused

_VARIABLE = re.compile(r"\{\{(\d+)\}\}")
_REFUSED = {"PAUSED": 132015, "DISABLED": 132016}
_EXISTS = 2388024  # subcode: there is content in this language for it already


@dataclass
class Template:
    """A template at Meta: what it says, and whether it may be sent."""

    name: str
    body: str = "Pemberitahuan untuk Anda. Tekan Baca."
    status: str = "APPROVED"
    language: str = "id"
    category: str = "UTILITY"
    button: str = "Baca"
    rejected_reason: str = "NONE"
    sample: tuple[str, ...] = ()
    header: str = ""  # its text
    header_format: str = ""  # "IMAGE", "DOCUMENT" ...; of one with a text it is not looked at
    buttons: tuple[str, ...] = ("QUICK_REPLY",)  # the kind of each; an address has a variable at its end

    @property
    def parameters(self) -> int:
        """How many its body has."""
        return len(set(_VARIABLE.findall(self.body)))

    def filled(self, values: list[str]) -> str:
        """What its reader sees."""
        return _VARIABLE.sub(lambda found: values[int(found[1]) - 1], self.body)

    def listed(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "id": f"template-{self.name}",
            "name": self.name,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "rejected_reason": self.rejected_reason,
            "components": self._components(),
        }

    def _components(self) -> list[dict[str, Any]]:
        header = {"format": "TEXT", "text": self.header} if self.header else {"format": self.header_format}
        buttons = [{"type": kind, "text": self.button} for kind in self.buttons]
        return [
            *([{"type": "HEADER"} | header] if self.header or self.header_format else []),
            {"type": "BODY", "text": self.body},
            *([{"type": "BUTTONS", "buttons": buttons}] if buttons else []),
        ]

    @property
    def header_parameters(self) -> list[str]:
        """The kind of each that its header has."""
        return (
            ["text"] * len(_VARIABLE.findall(self.header))
            if self.header
            else [self.header_format.lower()] * bool(self.header_format)
        )


def submitted(definition: dict[str, Any], known: dict[str, Template]) -> Template:
    """The new template, or Refused for what Meta's review does not even begin with."""
    name, parts = definition["name"], {part["type"].upper(): part for part in definition["components"]}
    body, example = parts["BODY"]["text"], parts["BODY"].get("example", {}).get("body_text", [[]])[0]
    (button,) = parts["BUTTONS"]["buttons"]
    numbers = _VARIABLE.findall(body)
    if name in known and known[name].language == definition["language"]:
        raise Refused(100, "content in this language exists already", subcode=_EXISTS)
    faults = {
        "name": not re.fullmatch(r"[a-z0-9_]{1,512}", name),
        "category": definition["category"] not in ("UTILITY", "MARKETING"),
        "length": not 0 < len(body) <= 1024,
        "variables": numbers != [str(n) for n in range(1, len(numbers) + 1)],
        "a variable at an edge": bool(re.search(r"^\{\{|\}\}$", body)),
        "too many variables": len(body.split()) < 3 * len(numbers) + 1,
        "samples": len(example) != len(numbers) or not all(example),
        "button": button["type"] != "QUICK_REPLY" or not re.fullmatch(r"[\w ]{1,25}", button["text"]),
    }
    wrong = [what for what, is_wrong in faults.items() if is_wrong]
    if wrong:
        raise Refused(100, f"invalid parameter: {wrong}")
    about = {"status": "PENDING", "language": definition["language"], "category": definition["category"]}
    return Template(name, body, button=button["text"], sample=tuple(example), **about)


def page_of(known: dict[str, Template], after: str, size: int) -> dict[str, Any]:
    """So many of them, behind the one called `after`."""
    names = sorted(known)
    rest = [name for name in names if name > after]
    shown = rest[:size]
    paging: dict[str, Any] = {"cursors": {"after": shown[-1]}} if shown else {}
    if len(rest) > size:
        paging["next"] = "https://graph.example/next"
    return {"data": [known[name].listed() for name in shown], "paging": paging}


def check_template(sent: dict[str, Any], known: dict[str, Template]) -> Template:
    """The template that is sent, or Refused."""
    template = known.get(sent["name"])
    if template is None or template.language != sent["language"]["code"]:
        raise Refused(132001, "no such template")
    if template.status != "APPROVED":
        raise Refused(_REFUSED.get(template.status, 132001), template.status)
    given = values_of(sent)
    if len(given) != template.parameters:
        raise Refused(132000, "number of parameters")
    if any(not text or re.search(r"[\n\t]| {5}", text) for text in given):
        raise Refused(132018, "empty, or a newline, a tab or more than four blanks")
    if len(template.filled(given).encode("utf-16-le")) // 2 > 1024:
        raise Refused(132005, "too long")
    _check_header(sent, template)
    _check_buttons(sent, template)
    return template


def _check_header(sent: dict[str, Any], template: Template) -> None:
    given = [one["type"] for part in _components(sent, "header") for one in part["parameters"]]
    if len(given) != len(template.header_parameters):
        raise Refused(132000 if template.header or not template.header_format else 132012, "header: parameters")
    if given != template.header_parameters:
        raise Refused(132012, "header: another kind of parameter")


def _check_buttons(sent: dict[str, Any], template: Template) -> None:
    """A quick reply may go without its payload; an address with a variable may not, and what is not there takes none."""
    given = {int(part["index"]): part for part in _components(sent, "button")}
    for place, part in given.items():
        kind = template.buttons[place] if place < len(template.buttons) else ""
        if part["sub_type"].upper() != kind:
            raise Refused(132018, f"button {place}: {kind or 'there is none'}")
        if kind == "QUICK_REPLY" and not 0 < len(part["parameters"][0]["payload"]) <= 256:
            raise Refused(131009, "payload")
    if any(kind == "URL" and place not in given for place, kind in enumerate(template.buttons)):
        raise Refused(131008, "button of type Url requires a parameter")


def values_of(sent: dict[str, Any]) -> list[str]:
    """What fills its body."""
    return [parameter["text"] for part in _components(sent, "body") for parameter in part["parameters"]]


def _components(sent: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [part for part in sent.get("components", []) if part["type"] == kind]
