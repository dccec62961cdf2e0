"""apel demo: a seeded office on the console, with a clock that the visitor moves.

At a terminal a person plays; without one the packaged story plays itself and checks what it shows.
"""

import io
import logging
import signal
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.application import House, build, console_channel, opened
from bot.channels.console import ConsoleChannel
from bot.config import Settings
from bot.invitations import create_invitation
from bot.offices import add_office
from bot.stage import Stage, chat_title
from content.demo_story import DemoStory, Scene, load_demo_story
from content.markup import plain_text
from content.regulation_loader import load_regulations
from content.rendering import render
from scheduler.clock import MovableClock
from storage.models import Role


class _Defects(logging.Handler):
    """Counts what is logged as an error: a demo with a defect in it has failed, whatever the screen shows."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.count = 0

    def emit(self, _record: logging.LogRecord) -> None:
        self.count += 1


async def play(*, interactive: bool) -> int:
    """Run the demo; the exit status: 0 if all went as it should."""
    defects = _Defects()
    logging.getLogger().addHandler(defects)
    _take_any_terminal()
    try:
        status = await _open_and_play(interactive=interactive)
    finally:
        logging.getLogger().removeHandler(defects)
    if defects.count:
        _print("demo/defects", {"count": defects.count})
        return 1
    return status


def _take_any_terminal() -> None:
    """What is not of the terminal's encoding is shown and read as a replacement; it never ends the demo."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


async def _open_and_play(*, interactive: bool) -> int:
    story = load_demo_story()
    regulations = load_regulations()
    shown: list[str] = []
    clock = MovableClock(story.start)
    screen = ConsoleChannel(shown.append, lambda chat_id: chat_title(story, chat_id), colour=interactive)
    with tempfile.TemporaryDirectory(prefix="apel-demo-") as place:
        settings = Settings.from_environment({"APEL_DATABASE_URL": f"sqlite:///{Path(place) / 'demo.sqlite'}"})
        async with opened(settings) as database:
            house = build(database, clock, regulations, console_channel(screen))
            stage = Stage(story, house, screen, clock, ZoneInfo(regulations[story.regulation].timezone))
            await _seed(stage, house, story)
            shown.clear()
            screen.clear()
            return await (_with_visitor(stage, shown) if interactive else _by_itself(stage, shown))


async def _seed(stage: Stage, house: House, story: DemoStory) -> None:
    """Open the office the way a real one is opened: codes, a linked group, names on the roster."""
    codes = {}
    async with house.database.transaction() as session:
        regulation = load_regulations()[story.regulation]
        office = await add_office(session, story.office, regulation, None, stage.clock.now())
        for person in story.people:
            invited = await create_invitation(session, office, Role(person.role), 1, stage.clock.now())
            codes[person.key] = invited.code
    for person in story.people:
        stage.plays(person.key)
        await stage.says(f"/start {codes[person.key]}")
    stage.plays(story.people[0].key)
    await stage.says("/anggota " + "\n".join(story.roster))
    stage.in_group = True
    await stage.joins_group()
    await stage.says("/tautkan")
    stage.in_group = False


async def _by_itself(stage: Stage, shown: list[str]) -> int:
    for number, scene in enumerate(stage.story.scenes, 1):
        _print("demo/scene", {"number": number, "title": scene.title})
        await _act(stage, scene)
        screen = "\n".join(shown)
        sys.stdout.write(screen + "\n\n")
        shown.clear()
        missing = next((words for words in scene.expects if _flat(words) not in _flat(screen)), None)
        if missing is not None:
            _print("demo/failed", {"title": scene.title, "missing": missing})
            return 1
    _print("demo/finished", {"count": len(stage.story.scenes)})
    return 0


async def _act(stage: Stage, scene: Scene) -> None:
    if scene.clock is not None:
        await stage.moves_clock(scene.clock)
        _print("demo/clock", {"now": stage.local_now})
        return
    stage.plays(scene.who or stage.person.key)
    stage.in_group = scene.where == "group"
    line = scene.says or (f"[{scene.presses}]" if scene.presses else f"[{scene.shows}]")
    _print("demo/line", {"who": stage.person.name, "group": stage.in_group, "line": line})
    if scene.says is not None:
        await stage.says(scene.says)
    elif scene.presses is not None:
        button = stage.screen.find(scene.presses)
        await stage.presses(button.number if button else 0)
    elif scene.shows is not None:
        await stage.shows(scene.shows, stage.screen.last_in(stage.chat().chat_id))


async def _with_visitor(stage: Stage, shown: list[str]) -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the loop's own would wait for the line to be finished
    people = [person.key for person in stage.story.people]
    _print("demo/opening", {"office": stage.story.office, "people": people})
    while True:
        _flush(shown)
        _print("demo/prompt", {"who": stage.person.name, "group": stage.in_group, "now": stage.local_now}, end=" ")
        line = _read_line()
        if not line or line.strip() == ":keluar":
            _print("demo/bye")
            return 0
        if line.strip():
            await _obey(stage, line.strip(), people)


def _read_line() -> str:
    """The visitor's next line; empty at the end of the input and for Ctrl+C."""
    try:
        return sys.stdin.readline()
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        return ""


async def _obey(stage: Stage, line: str, people: list[str]) -> None:
    """One line of the visitor: a direction for the demo, or something to say to the bot."""
    order, _, rest = line.partition(" ")
    if order.startswith("#"):
        button = stage.screen.named(line[1:].strip())
        if button is None or not await stage.presses(button.number):
            _print("demo/no_button")
    elif not order.startswith(":"):
        await stage.says(line)
    elif order == ":jadi":
        done = stage.plays(rest)
        _answer(done, "demo/playing", {"who": stage.person.name}, "demo/nobody", {"people": people})
    elif order == ":jam":
        done = await stage.moves_clock(rest)
        _answer(done, "demo/clock", {"now": stage.local_now}, "demo/no_time", {})
    elif order in {":grup", ":pribadi"}:
        stage.in_group = order == ":grup"
    elif order == ":foto":
        await stage.shows("foto.jpg", stage.screen.last_in(stage.chat().chat_id) if stage.in_group else None)
    else:
        _print("demo/help", {"people": people})


def _answer(done: bool, key: str, parameters: dict[str, object], otherwise: str, others: dict[str, object]) -> None:
    _print(key, parameters) if done else _print(otherwise, others)


def _flush(shown: list[str]) -> None:
    sys.stdout.write("".join(f"{block}\n" for block in shown))
    shown.clear()


def _print(key: str, parameters: Mapping[str, object] | None = None, end: str = "\n") -> None:
    sys.stdout.write(plain_text(render(key, parameters).text) + end)
    sys.stdout.flush()


def _flat(text: str) -> str:
    return " ".join(text.replace("│", " ").split())
