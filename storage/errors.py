"""StorageError and its leaves."""


class StorageError(Exception):
    """Base of the room."""


class NotFound(StorageError):
    """Nothing is stored under this key."""


class AlreadyExists(StorageError):
    """A unique key is taken."""


class Unavailable(StorageError):
    """The database cannot be reached, is locked for too long, or is full."""


class InUse(StorageError):
    """Another bot works with this database."""


class NotOurs(StorageError):
    """A file is no database of this program."""


class NewerSchema(StorageError):
    """A later version of the program has changed the database; this one does not know its tables."""
