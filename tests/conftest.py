"""Set before anything imports telegram: a retry delay is a timedelta, so its constructor does not warn."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")
