"""`make demo`: the city on this machine, one round played, and where to look next."""

import subprocess
import sys

from rich.console import Console
from rich.panel import Panel

from deploy.demo import city, day
from deploy.demo.play import play
from deploy.demo.story import COMMUNITY, Story
from deploy.demo.talk import Talk, Unexpected
from shared.access import Actor
from shared.settings import settings

NEXT = """\
make board AREA=420303002     queue and hazards of 红卫街道, live
make ops                      services, lag, outbox, parked, alarms
make trace ID={hazard}
                              how this hazard travelled through the services
make token AS=D0001           a token for curl; the routes: /openapi.json of each service
make demo                     another round, the next morning
make status · make logs       what runs, and what it says
make down · make up           stop everything; bring it back as it was"""


def main() -> int:
    console = Console()
    console.print("[bold]暖心 Nuanxin[/] — all people here are invented; the places are Shiyan's own\n")
    up = subprocess.run([sys.executable, "-m", "deploy.embedded", "up"], check=False)
    if up.returncode:
        return up.returncode
    chosen = settings()
    file = chosen.clock_file
    if file is None:
        console.print("the demonstration shifts the clock, and that is refused outside development")
        return 2
    admin = Talk(Actor("O0001", ("operator", "admin"), ("4203",)))
    try:
        console.print("\n[bold]The sample city[/]")
        city.load(admin, chosen.data / "sample", console)
        city.settle(admin, console)
        used = bool(admin.get("registry", "/rounds", area=COMMUNITY, limit=1)["items"])
        today = day.begin(file, used)
        console.print(f"\nin the city it is {today:%A, %d %B %Y, %H:%M} (the development clock)")
        story = Story(admin, console, file)
        story.cast()
        hazard = play(story)
    except Unexpected as error:
        console.print(f"\n[red]the story could not go on:[/] {error}")
        console.print("make status and make logs say more; nothing that was written is lost")
        return 1
    console.print()
    subprocess.run([sys.executable, "-m", "deploy.embedded", "status"], check=False)
    console.print(Panel(NEXT.format(hazard=hazard), title="try next", expand=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
