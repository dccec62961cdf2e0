"""/start: a person joins an office by a code, as a name that stands on its roster or as a new one."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from math import ceil

from bot.channels.inbound import Kind
from bot.conversations.agreement import has_stopped
from bot.conversations.ask_regulation import answer_plain
from bot.conversations.members import admission
from bot.conversations.members.linking import link_account
from bot.conversations.press_numbers import press_number
from bot.conversations.step import EXPIRED, Command, Dialogue, Event, Handler, Press, Reply, State, Step, Turn
from bot.invitations import code_in, find_invitation
from content.courtesy import asks
from content.seat_words import seat_words
from scheduler.errors import UnreachableReason
from storage.models import Invitation
from storage.queries import addresses, deliveries, invitations

_ATTEMPTS = 5  # wrong codes ...
_WITHIN = timedelta(minutes=15)  # ... in this span, then the account waits
_TOLD_FOR = timedelta(days=1)
_TO_JOIN = {"gabung", "bergabung", "daftar", "mendaftar", "mau gabung", "mau daftar", "join"}
_CODE_STEP = State(admission.DIALOGUE_NAME, {"step": "code"})


async def _start(turn: Turn) -> Step:
    if turn.inbound.text:
        return await _with_code(turn)
    if turn.member is None:
        return Step(replies=(Reply("registration/welcome"),), state=_CODE_STEP)
    parameters = {
        "name": turn.member.name,
        "office": turn.known_office.name,
        "role": seat_words(turn.regulation, turn.member.role.value),
        "stopped": await has_stopped(turn),
    }
    return Step(replies=(Reply("registration/welcome_back", parameters),))


async def _with_code(turn: Turn) -> Step:
    message, session = turn.inbound, turn.session
    minutes = await _minutes_to_wait(turn)
    if minutes:
        return Step(replies=(Reply("registration/wait", {"minutes": minutes}),), keep=True)
    code = code_in(message.text)
    invitation = await find_invitation(session, code) if code else None
    if invitation is None:
        await invitations.keep_attempt(session, message.channel, message.sender.user_id, turn.now)
        return Step(replies=(Reply("registration/unknown_code"),), state=_CODE_STEP)
    links = invitation.person_id is not None
    if await invitations.find_good(session, invitation.id, turn.now) is None:
        if not links and turn.member is not None and turn.member.office_id == invitation.office_id:
            return await admission.already_here(turn)  # the same link once more, to find the chat again
        return Step(replies=(Reply("registration/spent_link_code" if links else "registration/spent_code"),))
    if invitation.person_id is not None:
        return await link_account(turn, invitation, invitation.person_id)
    return await admission.admit(turn, invitation)


async def _newcomer(turn: Turn) -> Step:
    """A link or code that was pasted instead of pressed serves as well; who asks to join is asked for one."""
    if code_in(turn.inbound.text) is not None:
        return await _with_code(turn)
    if turn.inbound.text.strip(" .!").casefold() in _TO_JOIN:
        return Step(replies=(Reply("registration/welcome"),), state=_CODE_STEP)
    return Step(replies=() if await _knows(turn) else (Reply("help/not_member"),), keep=True)


async def _knows(turn: Turn) -> bool:
    """Whether it was told lately, where answers cost. What has figures may be a mistyped code, and is answered."""
    message = turn.inbound
    if not turn.abilities.charges or any(sign.isdigit() for sign in message.text):
        return False
    since = turn.answered_at - _TOLD_FOR
    return await deliveries.said_since(turn.session, message.channel, message.chat.chat_id, "help/not_member", since)


async def _minutes_to_wait(turn: Turn) -> int:
    message, since = turn.inbound, turn.now - _WITHIN
    attempts = await invitations.attempts_since(turn.session, message.channel, message.sender.user_id, since)
    if len(attempts) < _ATTEMPTS:
        return 0
    return ceil((attempts[-_ATTEMPTS] - since) / timedelta(minutes=1))


def _step(turn: Turn) -> str | None:
    return turn.state.data.get("step") if turn.state else None


async def _goes_on(turn: Turn) -> Step:
    step = _step(turn)
    if turn.inbound.kind is not Kind.TEXT:
        return Step(replies=(Reply("registration/text_please"),), keep=True)
    if step == "code":
        return await _typed_code(turn)
    if step == "rename" and turn.member is not None:
        return await admission.rename(turn)
    invitation = await _invitation(turn)
    if invitation is None:
        return Step(replies=(Reply("registration/spent_code"),))
    if step in {"choose", "name"}:
        return await admission.join_as(turn, invitation, turn.inbound.text)
    return await admission.admit(turn, invitation)  # a question with buttons was answered by text: ask it again


async def _typed_code(turn: Turn) -> Step:
    """Plain talk is no attempt to guess: a member's is answered as ever, a stranger is told what is missing."""
    if code_in(turn.inbound.text) is not None:
        return await _with_code(turn)
    if turn.member is not None:
        return await answer_plain(turn)
    missing = "help/not_member" if asks(turn.inbound.text) else "registration/no_code"
    return Step(replies=(Reply(missing),), keep=True)


async def _invitation(turn: Turn) -> Invitation | None:
    """The invitation that opened this dialogue, while it is good."""
    if turn.state is None or turn.state.dialogue != admission.DIALOGUE_NAME or "invitation" not in turn.state.data:
        return None
    return await invitations.find_good(turn.session, turn.state.data["invitation"], turn.now)


def _invited(answer: Callable[[Turn, Invitation], Awaitable[Step]], *steps: str) -> Handler:
    """A button that counts only in these steps of the dialogue, while its invitation is good."""

    async def pressed(turn: Turn) -> Step:
        invitation = await _invitation(turn)
        if invitation is None or turn.state is None or turn.state.data["step"] not in steps:
            return EXPIRED
        return await answer(turn, invitation)

    return pressed


async def _line(turn: Turn, invitation: Invitation) -> Step:
    return await admission.claim_line(turn, invitation, press_number(turn))


async def _page(turn: Turn, invitation: Invitation) -> Step:
    return await admission.ask_line(turn, invitation, press_number(turn), edits=True)


async def _other_name(_turn: Turn, invitation: Invitation) -> Step:
    return admission.ask_name(invitation)


async def _move(turn: Turn, invitation: Invitation) -> Step:
    return await admission.ask_line(turn, invitation)


async def _role(turn: Turn, invitation: Invitation) -> Step:
    return await admission.take_role(turn, invitation)


async def _stay(_turn: Turn, _invitation: Invitation) -> Step:
    return Step(replies=(Reply("registration/stayed", edits_pressed=True),))


async def _rename(turn: Turn) -> Step:
    if turn.member is None:
        return Step(keep=True, toast="toast/not_member")
    return Step(replies=(Reply("registration/ask_name"),), state=State(admission.DIALOGUE_NAME, {"step": "rename"}))


async def _blocked(turn: Turn) -> Step:
    message = turn.inbound
    await addresses.mark_unreachable(
        turn.session, message.channel, message.chat.chat_id, UnreachableReason.BLOCKED.value
    )
    return Step(keep=True)


async def _returned(_turn: Turn) -> Step:
    return Step(keep=True)  # the router has met the person again, which clears the mark


DIALOGUE = Dialogue(
    name=admission.DIALOGUE_NAME,
    commands=(Command("start", _start, None),),
    presses=(
        Press("join.line", _invited(_line, "choose"), None),
        Press("join.page", _invited(_page, "choose"), None),
        Press("join.other", _invited(_other_name, "choose"), None),
        Press("join.move", _invited(_move, "move"), None),
        Press("join.role", _invited(_role, "role"), None),
        Press("join.stay", _invited(_stay, "move", "role"), None),
        Press("join.rename", _rename, None),
    ),
    events=(Event(Kind.PERSON_BLOCKED, _blocked), Event(Kind.PERSON_RETURNED, _returned)),
    goes_on=_goes_on,
    takes_no_word=lambda turn: _step(turn) not in {"name", "rename"},
    chooses=lambda turn: _step(turn) in {"choose", "move", "role"},
    newcomer=_newcomer,
)
