"""ContentError and its leaves: a pack or a message that cannot be used."""


class ContentError(Exception):
    """Base of the room: what we say is not in order."""


class InvalidRegulation(ContentError):
    """A pack was refused: names the file, the key in it and the reason."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason


class UnknownRegulation(ContentError):
    """No pack has this id."""


class UnknownMessage(ContentError):
    """No message has this key."""


class WrongParameters(ContentError):
    """A message was given more or fewer parameters than it declares."""


class InvalidKnowledge(ContentError):
    """The question bank was refused: names the file, the entry in it and the reason."""

    def __init__(self, file: str, entry: str, reason: str) -> None:
        super().__init__(f"{file}: {entry}: {reason}")
        self.file = file
        self.entry = entry
        self.reason = reason
