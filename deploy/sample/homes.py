"""Who lives together, and what care they are known to need: shares as a Chinese city's registers have them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from deploy.sample.people import FAMILY, Person, somebody

Home = tuple[Person, ...]
FIRST_ENTRY, LAST_ENTRY = date(2023, 1, 4), date(2025, 10, 1)


def a_home(rng: Random, village: bool) -> Home:
    """One household, as likely of each kind as the kinds are common."""
    shares = VILLAGE_SHARES if village else CITY_SHARES
    make = rng.choices(list(shares), list(shares.values()))[0]
    return _with_care(rng, make(rng), left_behind=make is _grandparents_and_child)


def _family(rng: Random) -> Home:
    name = rng.choice(FAMILY)
    father, mother = somebody(rng, (28, 45), True, name), somebody(rng, (26, 44), False)
    children = [somebody(rng, (0, 15), family=name) for _ in range(rng.choice((1, 1, 2)))]
    return (father, mother, *children)


def _couple(rng: Random) -> Home:
    return somebody(rng, (35, 59), True), somebody(rng, (33, 58), False)


def _single(rng: Random) -> Home:
    return (somebody(rng, (22, 59)),)


def _old_couple(rng: Random) -> Home:
    husband = somebody(rng, (61, 88), True)
    return husband, somebody(rng, (max(60, husband.age - 6), max(61, husband.age + 1)), False)


def _lone_elder(rng: Random) -> Home:
    return (somebody(rng, (62, 93), rng.random() < 0.35),)


def _three_generations(rng: Random) -> Home:
    return (*_family(rng), somebody(rng, (60, 86), rng.random() < 0.4))


def _grandparents_and_child(rng: Random) -> Home:
    name = rng.choice(FAMILY)
    return somebody(rng, (60, 74), True, name), somebody(rng, (58, 72), False), somebody(rng, (4, 14), family=name)


Kinds = dict[Callable[[Random], Home], int]
CITY_SHARES: Kinds = {
    _family: 34,
    _couple: 17,
    _single: 10,
    _old_couple: 17,
    _lone_elder: 8,
    _three_generations: 12,
    _grandparents_and_child: 2,
}
VILLAGE_SHARES: Kinds = {
    _family: 18,
    _couple: 10,
    _single: 4,
    _old_couple: 28,
    _lone_elder: 16,
    _three_generations: 12,
    _grandparents_and_child: 12,
}


def _with_care(rng: Random, home: Home, left_behind: bool) -> Home:
    together = _of_the_home(rng, home)
    veteran = any(person.man and person.age >= 20 for person in home) and rng.random() < 0.06
    cared = []
    for person in home:
        held = together | _of_the_person(rng, person)
        if veteran:
            held |= {"C08"} if person.man and person.age >= 20 else {"C09"} if person.age >= 18 else set()
        if left_behind and person.age < 16:
            held |= {"C12"}
        cared.append(_entered(rng, person, held))
    return tuple(cared)


def _of_the_home(rng: Random, home: Home) -> set[str]:
    old = all(person.age >= 60 for person in home)
    held = {"C01" if len(home) == 1 else "C02"} if old else set()
    chance = rng.random()
    if chance < 0.025:
        held |= {"C06"}
    elif chance < 0.037:
        held |= {"C05"}
    elif old and len(home) == 1 and chance < 0.06:
        held |= {"C07"}
    elif old and len(home) == 2 and chance < 0.055:
        held |= {"C13"}
    return held


def _of_the_person(rng: Random, person: Person) -> set[str]:
    old, very_old = person.age >= 60, person.age >= 75
    chances = {
        "C04": 0.07 if old else 0.02,
        "C11": 0.06 if very_old else 0.0,
        "C14": 0.12 if very_old else 0.05 if old else 0.008,
        "C15": 0.07 if very_old else 0.01 if old else 0.002,
    }
    return {code for code, chance in chances.items() if rng.random() < chance} | (
        {"C03"} if person.age >= 80 else set()
    )


def _entered(rng: Random, person: Person, held: set[str]) -> Person:
    """Entered in the register within the last years, and after birth."""
    if not held:
        return person
    since = max(FIRST_ENTRY, person.born + timedelta(days=30)) + timedelta(days=rng.randint(0, 120))
    return replace(person, care=tuple(sorted(held)), since=min(since, LAST_ENTRY))
