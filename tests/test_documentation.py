"""The documents say what is so: commands, buttons, settings, links, examples, and the picture."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest

from bot.access import may
from bot.cli import cli
from bot.conversations.dialogues import DIALOGUES
from bot.conversations.help import summary_of
from bot.conversations.reports.line import read_report_line
from content.regulation_loader import load_regulations
from content.templates import BUTTON
from scheduler.date_phrases import Unreadable, read_span, read_when, split_span
from storage.models import DeliveryState, Role, ScheduleKind
from tests.drawing import PICTURE, drawn

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MEMBER, LEAD, SECRETARY = (
    (DOCS / f"panduan-{who}.md").read_text("utf-8") for who in ("anggota", "pimpinan", "sekretaris")
)
WHATSAPP = (DOCS / "whatsapp.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
OPERATIONS = (DOCS / "operations.md").read_text("utf-8")
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]

COMMANDS = {command.name: command for dialogue in DIALOGUES for command in dialogue.commands}
NOW = datetime(2026, 11, 16, 14, 0, tzinfo=ZoneInfo("Asia/Jakarta"))

_COMMAND = re.compile(r"(?<![\w/.<])/([a-z]+)\b(?![/.])")
_EXAMPLE = re.compile(r"`/([a-z]+)(?:@\w+)? ([^`]+)`")
_LINK = re.compile(r"\]\(([^)]+)\)|src=\"([^\"]+)\"")
_BUTTON = re.compile(r"choice\(\(?\"([^\"]+)\"( ~)?")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_SETTING = re.compile(r"APEL_[A-Z_]+")
# emphasised without being a button or a heading of the bot's
_NOT_THE_BOTS = {"pesan pribadi", "balasan", "Mulai"}


def named_in(page):
    return set(_COMMAND.findall(page))


def allowed(role):
    return {name for name, command in COMMANDS.items() if command.permission is None or may(role, command.permission)}


def flat(text):
    return " ".join(text.split())


@pytest.mark.parametrize(
    "page",
    [README, MEMBER, LEAD, SECRETARY, WHATSAPP],
    ids=["README", "member", "lead", "secretary", "WhatsApp"],
)
def test_every_command_named_exists(page):
    assert named_in(page) - set(COMMANDS) == set()


def test_the_members_guide_tells_what_every_member_may_do_and_nothing_else():
    assert named_in(MEMBER) == allowed(Role.ANGGOTA)


def test_the_leads_guide_adds_what_leads_may_do():
    assert named_in(LEAD) <= allowed(Role.KETUA)
    assert allowed(Role.KETUA) <= named_in(LEAD) | named_in(MEMBER)


def test_every_command_stands_in_a_guide():
    assert set(COMMANDS) == named_in(SECRETARY) | named_in(LEAD) | named_in(MEMBER)


def test_every_command_says_in_help_what_it_is_for():
    assert [name for name in COMMANDS if not summary_of(name)] == []


@pytest.mark.parametrize("page", [MEMBER, LEAD, SECRETARY], ids=["member", "lead", "secretary"])
def test_every_button_named_is_one_of_the_bots(page):
    templates = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "content" / "messages").rglob("*.j2")))
    whole = {BUTTON} | {label for label, goes_on in _BUTTON.findall(templates) if not goes_on}
    beginnings = tuple(label for label, goes_on in _BUTTON.findall(templates) if goes_on)
    headings = set(re.findall(r"<b>([^<{]+)</b>", templates))
    named = {flat(words).rstrip(".") for words in _BOLD.findall(page)} - _NOT_THE_BOTS
    assert {words for words in named - whole - headings if not words.startswith(beginnings)} == set()


def test_every_example_of_a_command_is_read():
    examples = [example for page in (README, MEMBER, LEAD, SECRETARY) for example in _EXAMPLE.findall(flat(page))]
    assert len(examples) > 10
    assert [f"/{command} {words}" for command, words in examples if not _is_read(command, words)] == []


def _is_read(command, words):
    match command:
        case "rapat":
            return not isinstance(read_when(words, NOW), Unreadable)
        case "log" | "ringkasan":
            return read_span(words, NOW.date(), looking_back=True) is not None
        case "libur":
            return not isinstance(split_span(words.removeprefix("kerja "), NOW.date()), Unreadable)
        case "lapor":
            line = read_report_line(load_regulations()["karanganyar-44-2023"], words)
            return None not in {line.value, line.number} and bool(line.text)
        case _:
            return True


def test_the_settings_table_names_what_the_program_reads():
    read = set(_SETTING.findall((ROOT / "bot" / "config.py").read_text("utf-8"))) - {"APEL_"}
    told = set(re.findall(r"^\| `(APEL_[A-Z_]+)`", OPERATIONS, re.MULTILINE))
    assert told == read


@pytest.mark.parametrize("name", ["README.md", "Dockerfile", "compose.yaml", "docs/operations.md", "docs/whatsapp.md"])
def test_no_setting_is_named_that_the_program_does_not_read(name):
    read = set(_SETTING.findall((ROOT / "bot" / "config.py").read_text("utf-8")))
    assert set(_SETTING.findall((ROOT / name).read_text("utf-8"))) - read == set()


def _paths(group, before):
    for name, command in group.commands.items():
        path = f"{before} {name}"
        yield from _paths(command, path) if isinstance(command, click.Group) else [path]


def test_every_command_of_the_command_line_is_told_to_who_runs_it():
    assert [path for path in _paths(cli, "apel") if f"`{path}" not in OPERATIONS] == []


def test_every_source_that_the_page_on_whatsapp_names_is_listed_with_its_date():
    rows = dict(re.findall(r"^\| (S\d+) \| .+ \| ([^|]+) \|$", WHATSAPP, re.MULTILINE))
    assert set(re.findall(r"\[(S\d+)\]", WHATSAPP)) == set(rows)
    assert [source for source, date in rows.items() if not date.strip()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    links = [first or second for first, second in _LINK.findall(page.read_text("utf-8"))]
    here = [link.partition("#")[0] for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in here if link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_and_make_target_named_exists(page):
    text = page.read_text("utf-8")
    paths = re.findall(r"`((?:bot|content|docs|scheduler|storage|tests)/[\w./-]*)`", text)
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert set(re.findall(r"\bmake ([a-z]+)\b(?=[`\s]*(?:$|#|`|MESSAGE))", text, re.MULTILINE)) - set(targets) == set()


def test_every_decision_is_listed():
    decisions = DOCS / "decisions"
    listed = set(re.findall(r"\((\d[\w-]+\.md)\)", (decisions / "README.md").read_text("utf-8")))
    assert listed == {path.name for path in decisions.glob("[0-9]*.md")}


def test_the_glossary_names_what_is_sent_and_who_sits_where():
    glossary = (DOCS / "glossary.md").read_text("utf-8")
    states = {DeliveryState.MISSED, DeliveryState.UNCERTAIN}
    words = [*ScheduleKind, *states, *(role.value.replace("-", " ") for role in Role)]
    assert [word for word in words if word not in glossary] == []


def test_every_row_of_the_glossary_has_three_cells():
    rows = [line for line in (DOCS / "glossary.md").read_text("utf-8").splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {4}


def test_the_development_set_names_the_test_that_keeps_it_out_of_the_bank():
    questions = ROOT / "tests" / "content" / "questions"
    (named,) = re.findall(r"`(tests/\S+\.py)`", (questions / "README.md").read_text("utf-8"))
    assert "dev.jsonl" in (ROOT / named).read_text("utf-8")


async def test_the_picture_is_drawn_from_what_the_bot_says_now():
    """Where this fails the messages have changed: `python -m tests.drawing`, and look at the picture."""
    assert await drawn() == PICTURE.read_text("utf-8")
