"""A page that is drawn again and again, until Ctrl-C; what is away for a while is said on it."""

import time
from collections.abc import Callable

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from deploy.tools.ask import Unanswered

EVERY = 2.0


def keep(console: Console, page: Callable[[], RenderableType]) -> None:
    """Returns on Ctrl-C. The first page is drawn without mercy: Unanswered is raised."""
    try:
        with Live(page(), console=console, auto_refresh=False, screen=console.is_terminal) as live:
            while True:
                live.refresh()
                time.sleep(EVERY)
                live.update(_or_why_not(page))
    except KeyboardInterrupt:
        return


def _or_why_not(page: Callable[[], RenderableType]) -> RenderableType:
    try:
        return page()
    except Unanswered as error:
        return Text(f"{error}\ntrying again", "yellow")
