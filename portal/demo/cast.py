"""Who can sign in to the demo: the listed accounts, with names that nobody bears and one password. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from ..kernel.roles import Role
from .people import CAST, JINYUN, LONGQUAN, NEWCOMERS

# Public knowledge: it opens nothing outside demo mode, and the portal's own rules accept it.
PASSWORD = "Celadon-7-bamboo-Kiln"  # noqa: S105
SLUGS = {JINYUN: "jinyun", LONGQUAN: "longquan"}
CHAIN_OFFICER_OF = "02"
_SURNAMES = "林陈周吴叶季项蓝雷钟潘梅练毛刘章"
_GIVEN = (
    "知夏",
    "景行",
    "若谷",
    "望舒",
    "清和",
    "子衿",
    "怀瑾",
    "书昀",
    "以宁",
    "云帆",
    "明远",
    "嘉禾",
    "思齐",
    "闻笛",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a listed enterprise: `number` is the enterprise's in the population."""

    username: str
    number: int
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Officer:
    """A person of an office."""

    username: str
    role: Role
    county: str | None = None
    chain: str | None = None


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who applies: for an enterprise of their own, or (`claims`) for one that is registered already."""

    username: str
    number: int
    county: str
    chain: str
    claims: int | None = None
    is_returned: bool = False


# Even numbers of the population are of Jinyun, odd ones of Longquan (people._HOMES).
LISTED = {0: "jinyun-1", 2: "jinyun-2", 1: "longquan-1", 3: "longquan-2"}
# longquan-2 accepts monitoring alone: what policy support shows then, and how its application goes on all the same.
MONITORED = 3
OFFICERS = (
    *(Officer(f"officer-{slug}", Role.COUNTY_OFFICER, county) for county, slug in SLUGS.items()),
    *(Officer(f"lead-{slug}", Role.COUNTY_LEAD, county) for county, slug in SLUGS.items()),
    Officer("bureau", Role.BUREAU_OFFICER),
    Officer("bureau-lead", Role.BUREAU_LEAD),
    Officer("chain-officer", Role.CHAIN_OFFICER, chain=CHAIN_OFFICER_OF),
    Officer("auditor", Role.AUDITOR),
    Officer("admin", Role.ADMINISTRATOR),
)
APPLICANTS = (
    Applicant("applicant-jinyun", NEWCOMERS + 1, JINYUN, "03"),
    Applicant("applicant-longquan", NEWCOMERS + 2, LONGQUAN, "14", is_returned=True),
    Applicant("claimant-longquan", NEWCOMERS + 3, LONGQUAN, "06", claims=1),
)


def members(number: int) -> tuple[Member, ...]:
    """Who acts for the enterprise: two people at the listed ones, elsewhere one who holds both posts."""
    place = LISTED.get(number)
    if place is None:
        return (Member(f"enterprise-{number + 1:04d}", number, ("preparer", "certifier")),)
    return tuple(Member(f"{post}-{place}", number, (post,)) for post in ("preparer", "certifier"))


def purposes_of(number: int) -> tuple[str, ...]:
    """What an enterprise accepts its data for: of the cast all but one everything, of the others two in three."""
    accepts_more = number != MONITORED if number < CAST else number % 3 > 0
    return ("P1", "P2", "P3") if accepts_more else ("P1",)


def address_of(username: str) -> str:
    """An address under a name that is reserved for examples: nobody will ever receive what is sent there."""
    return f"{username}@lishui.example"


@cache
def listed_usernames() -> tuple[str, ...]:
    """The accounts that are shown to everybody, in the order they are listed."""
    people = [member.username for number in sorted(LISTED, key=LISTED.__getitem__) for member in members(number)]
    return (*people, *(o.username for o in OFFICERS), *(a.username for a in APPLICANTS))


def person_name(username: str) -> str:
    """An invented name, always the same for a username; those that are listed bear different ones."""
    if username in listed_usernames():
        place = listed_usernames().index(username)
        return _SURNAMES[place % len(_SURNAMES)] + _GIVEN[place * 5 % len(_GIVEN)]
    chance = random.Random(f"name:{username}")
    return chance.choice(_SURNAMES) + chance.choice(_GIVEN)
