"""Memory that was needed for a moment, given back to the system."""

import ctypes


def give_back() -> None:
    """Let go of what is free: the C library keeps it for itself, where it is glibc's. Others are left as they are.

    https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
