"""python -m bot: the same as `apel`."""

from bot.cli import main

main()
