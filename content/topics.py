"""What one regulation says on each topic: topic id -> heading and quoted passages, taken from its pack.

Topic ids: `nilai`, `nilai/<value>`, `nilai/<value>/<n>`, and those of `knowledge/labels.yaml`. A topic on which the
regulation says nothing is absent. Nothing is worded here; headings are the pack's or those of the labels.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import resources
from itertools import chain
from types import MappingProxyType

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from content.regulation import (
    Activation,
    Behaviour,
    Manifestation,
    MonitoringDuty,
    Passage,
    Regulation,
    ReportForm,
    Salam,
    Seat,
    Value,
)
from content.yaml_text import plain_data


class Topic(Struct, frozen=True):
    """What is quoted in answer to a question. `value` and `behaviour` are set for topics of that kind."""

    id: str
    heading: str
    passages: tuple[Passage, ...]
    value: Value | None = None
    behaviour: Behaviour | None = None

    @property
    def manifestations(self) -> tuple[Manifestation, ...]:
        """The "perwujudan perilaku" of the topic's value, where the regulation has them."""
        return self.value.manifestations if self.value else ()


class Labels(Struct, frozen=True, forbid_unknown_fields=True):
    """Names of the topics that every regulation shares, and headings for passages printed without one.

    `called_so`: by regulation, other names that people have for what it deals with under a topic of another name;
    `mentioned`: names of passages there, which a question on them has among its other words.
    """

    topics: dict[str, str]
    headings: dict[str, str]
    called_so: dict[str, dict[str, str]]
    mentioned: dict[str, dict[str, str]]


@cache
def labels() -> Labels:
    """The labels of `knowledge/labels.yaml`."""
    source = resources.files("content").joinpath("knowledge", "labels.yaml")
    return msgspec.convert(plain_data(source.read_text("utf-8")), Labels)


@lru_cache(maxsize=32)
def topics_of(regulation: Regulation) -> Mapping[str, Topic]:
    """Every topic on which this regulation says something, in the order of the labels; values after `nilai`."""
    found: dict[str, Topic] = {}
    for topic in chain(_values(regulation), _others(regulation)):
        if topic.passages:
            found[topic.id] = topic
    return MappingProxyType(found)


def topic_of(regulation: Regulation, topic_id: str) -> Topic | None:
    """The topic, or None where this regulation says nothing on it."""
    return topics_of(regulation).get(topic_id)


def topic_label(regulation: Regulation, topic_id: str) -> str:
    """The name that a reader sees, also of a topic that this regulation lacks."""
    topic = topic_of(regulation, topic_id)
    if topic is not None:
        return topic.heading
    name = topic_id.rpartition("/")[2].replace("-", " ")
    return labels().topics.get(topic_id, f"{name[:1].upper()}{name[1:]}")


def _values(regulation: Regulation) -> Iterator[Topic]:
    yield Topic("nilai", regulation.terms.values, (regulation.values_list, *regulation.values_rules))
    for value in regulation.values:
        meaning = Passage(text=value.meaning, source=value.source, variants=value.variants)
        yield Topic(f"nilai/{value.slug}", value.name, (meaning,), value)
        for behaviour in value.behaviours:
            quoted = Passage(text=behaviour.text, source=behaviour.source, variants=behaviour.variants)
            name = f"{value.name} {behaviour.n}"
            yield Topic(f"nilai/{value.slug}/{behaviour.n}", name, (quoted,), value, behaviour)


def _others(regulation: Regulation) -> Iterator[Topic]:
    passages = {
        **_slogans(regulation),
        **_activations(regulation),
        **_people(regulation),
        **_change_agents(regulation),
        **_follow_up(regulation),
    }
    unknown = set(passages) - set(labels().topics)
    names = labels().topics | {
        f"kelompok/{seat.slug}": f"{seat.name} {regulation.group.short}" for seat in regulation.group.seats
    }
    names |= {f"aktivasi/{item.slug}": item.name for item in regulation.activations}
    names |= {"kelompok": f"{regulation.group.name} ({regulation.group.short})"}
    if regulation.regional_team:
        names["tim-daerah"] = regulation.regional_team.name
    if regulation.local_values:
        names["nilai-lokal"] = regulation.local_values.name
    for topic_id in (*labels().topics, *sorted(unknown)):
        if topic_id in passages:
            yield Topic(topic_id, names.get(topic_id, topic_id), tuple(passages[topic_id]))


def _present(*passages: Passage | None) -> list[Passage]:
    return [passage for passage in passages if passage is not None]


def _slogans(regulation: Regulation) -> dict[str, list[Passage]]:
    motto = regulation.motto
    local = regulation.local_values
    return {
        "motto": [replace(motto, text=motto.clause or motto.text)] if motto else [],
        "salam": _salam(regulation.salam) if regulation.salam else [],
        "yel-yel": _present(regulation.yel_yel),
        "employer-branding": _present(regulation.employer_branding),
        "nilai-lokal": [
            Passage(text=local.text, source=local.source),
            *(Passage(text=link.text, source=link.source) for link in local.links),
        ]
        if local
        else [],
    }


def _salam(salam: Salam) -> list[Passage]:
    return [*(Passage(text=line, source=salam.source) for line in salam.lines), salam.occasion]


def _activations(regulation: Regulation) -> dict[str, list[Passage]]:
    quoted = {item.slug: _activation(item) for item in regulation.activations}
    every = [*_present(regulation.activation_intro), *quoted.values()] if quoted else []
    single = {
        f"aktivasi/{slug}": [replace(passage, heading=None)] for slug, passage in quoted.items() if slug != "lain"
    }
    return {"aktivasi": every, **single}


def _activation(item: Activation) -> Passage:
    return Passage(item.text, item.source, item.variants, item.force, heading=item.name)


def _people(regulation: Regulation) -> dict[str, list[Passage]]:
    group, team = regulation.group, regulation.regional_team
    found: dict[str, list[Passage]] = {
        "kelompok": [*_present(group.definition), *group.formation, *group.tasks],
        "role-model": list(regulation.role_model),
    }
    for seat in regulation.group.seats:
        found.setdefault(f"kelompok/{seat.slug}", []).extend(_seat(seat))
    if team is None:
        return found
    found["tim-daerah"] = [*team.formation, *team.tasks]
    for seat in team.seats:
        named = (replace(passage, heading=passage.heading or team.name) for passage in _seat(seat))
        found.setdefault(f"kelompok/{seat.slug}", []).extend(named)
        found["tim-daerah"] += [replace(passage, heading=seat.name) for passage in seat.duties]
    return found


def _seat(seat: Seat) -> list[Passage]:
    holder = Passage(seat.holder, seat.source, heading=labels().headings["holder"]) if seat.holder else None
    return [*_present(holder), *seat.duties] or [Passage(seat.name, seat.source)]


def _change_agents(regulation: Regulation) -> dict[str, list[Passage]]:
    agents = regulation.change_agents
    if agents is None:
        return {}
    return {
        "agen-perubahan": [*_present(agents.definition), *agents.formation, *agents.development],
        "agen-perubahan/kriteria": list(agents.criteria),
        "agen-perubahan/tahapan": list(agents.stages),
        "agen-perubahan/peran": list(agents.roles),
        "agen-perubahan/mekanisme": list(agents.mechanisms),
    }


def _follow_up(regulation: Regulation) -> dict[str, list[Passage]]:
    form = regulation.report_form
    return {
        "penghargaan": list(regulation.rewards),
        "monev": [*map(_duty, regulation.monitoring), *regulation.guidance],
        "monev/laporan": _report_form(form) if form else [],
        "monev/maturitas": _maturity(regulation),
        "sosialisasi": list(regulation.socialisation),
        "internalisasi": list(regulation.internalisation),
        "institusionalisasi": list(regulation.institutionalisation),
        "pembiayaan": list(regulation.funding),
        "dasar-hukum": [
            *_headed("replaces", regulation.replaces),
            *_headed("in_force", regulation.in_force),
            *regulation.legal_basis,
        ],
        "definisi": [
            *(Passage(item.text, item.source, heading=item.term) for item in regulation.definitions),
            *_headed("covers", regulation.covers),
            *regulation.purpose,
        ],
    }


def _headed(heading: str, passages: Iterable[Passage]) -> Iterator[Passage]:
    return (replace(passage, heading=passage.heading or labels().headings[heading]) for passage in passages)


def _duty(duty: MonitoringDuty) -> Passage:
    heading = f"{duty.who}, {duty.cadence.words}" if duty.cadence else duty.who
    return Passage(duty.text, duty.source, force=duty.force, heading=heading)


def _report_form(form: ReportForm) -> list[Passage]:
    columns = "; ".join(f"{number}. {column.name}" for number, column in enumerate(form.columns, start=1))
    name = labels().headings
    return [
        replace(form.deadline, heading=form.deadline.heading or name["deadline"]),
        Passage(form.title, form.source),
        Passage(columns, form.source, heading=name["columns"]),
        *(Passage(column.explanation, form.source, heading=column.name) for column in form.columns),
        *(Passage(section, form.source, heading=name["sections"]) for section in form.sections),
        Passage(form.signatory, form.source, heading=name["signatory"]),
    ]


def _maturity(regulation: Regulation) -> list[Passage]:
    found: list[Passage] = []
    for level in regulation.maturity:
        found.append(Passage(level.indicator, level.source, heading=str(level.level)))
        heading = f"{labels().headings['evidence']} {level.level}"
        found += [Passage(text, level.source, heading=heading) for text in level.evidence]
    return found
