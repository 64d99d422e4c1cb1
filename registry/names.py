"""Names of people as forms have them: one comparable form, and the ways in which one name is written twice.

What: pure comparing of two names: equal, a nickname, one letter off, an initial, a part of a double name.
Why: people write Bill for William, hands lose a letter, marriages add a name; each way has a word that a reviewer understands.
Refuses: a likeness in numbers. Two names are alike in a way that can be named, or they are two names.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

_SAME_PERSON = """
abigail abby gail; abraham abe; albert al bert; alexander alex xander sasha; alexandra alex sandra sandy; alfred al fred;
alice ali; amanda mandy; andrew andy drew; angela angie; ann anna anne annie nan; anthony tony; antonio tony tono; arthur art;
barbara barb barbie; benjamin ben benny; bernard bernie; bradley brad; brenda bren; calvin cal; carolyn carol carrie;
catherine katherine kathryn kate kathy cathy katie kitty; charles charlie chuck; charlotte lottie; christina chris tina
chrissy; christine chris tina chrissy; christopher chris kit; cynthia cindy; daniel dan danny; david dave davy; deborah deb
debbie debra; dolores lola; donald don donnie; dorothy dot dottie; douglas doug; edward ed eddie ted ned; eleanor ellie nell;
eugene gene; elizabeth liz beth betty eliza lizzie libby; emily em; enrique quique; ernest ernie; florence flo; frances fran;
frederick fred freddy; francis frank; francisco frank paco pancho; gabriel gabe; gabriela gaby; george georgie; gerald gerry
jerry; gregory greg; guadalupe lupe; guillermo memo; harold harry hal; helen nell; henry hank harry; ignacio nacho; isabel
isa; jacob jake; jacqueline jackie; james jim jimmy jamie; janet jan; jeffrey jeff; jennifer jen jenny; jeremy jerry; jesus
chuy; john jack johnny; jonathan jon; jose pepe; joseph joe joey; joshua josh; juan juanito; judith judy; kenneth ken kenny;
kimberly kim; larry lawrence; leonard len lenny; leticia lety; lillian lily; louis lou; luis lucho; manuel manny manolo;
margaret peggy maggie meg marge; maria mary; martha marty; martin marty; matthew matt; megan meg; melissa mel missy; michael
mike mikey mick; nancy nan; natalie nat; nathan nate; nathaniel nate nathan; nicholas nick nicky; olivia liv; pamela pam;
patricia pat patty trish tricia; patrick pat paddy; peter pete; philip phil; rachel rae; ramon moncho; raymond ray; rebecca
becky becca; ricardo rick; richard rick dick rich ricky; robert bob rob bobby robbie; roberto beto; ronald ron ronnie; rosario
charo; russell russ; samantha sam; samuel sam sammy; sandra sandy; sarah sally sadie; sergio checo; stephanie steph; stephen
steven steve; susan sue susie suzanne; teresa theresa terry tess; terrence terry; theodore ted theo; thomas tom tommy; timothy
tim; tyler ty; valerie val; veronica ronnie; victor vic; victoria vicky; vincent vince vinny; virginia ginny; walter walt;
william bill billy will willie; zachary zach
"""
"""Names that one person goes by, groups apart by semicolons; a short name may stand in several."""

_PARTICLES = frozenset(
    "da de del della den der di dos du el ii iii iv jr la las le los mac mc san santa sr st van vander von y".split()  # noqa: SIM905 - a table reads better
)
"""Words in names that many share and that say nothing of who it is."""

SHORTEST_FOR_A_LETTER_OFF = 3
"""Letters; of Al and Ed every pair would be one letter off."""


@cache
def nicknames() -> dict[str, frozenset[str]]:
    """Every name of the table with all that its holders also go by."""
    found: dict[str, set[str]] = {}
    for group in _SAME_PERSON.split(";"):
        names = group.split()
        for name in names:
            found.setdefault(name, set()).update(names)
    return {name: frozenset(names) for name, names in found.items()}


@lru_cache(maxsize=8192)  # one look compares a form's few names with a dozen records
def plain_name(name: str) -> str:
    """A name for comparing: without accents, case, spaces, hyphens and points."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", bare.casefold()) or re.sub(r"\s", "", name.casefold())


def same_name(one: str, other: str) -> bool:
    """Equal apart from accents, case, spaces and punctuation."""
    return plain_name(one) == plain_name(other)


def similar_name(one: str, other: str) -> bool:
    """Same, one letter off or exchanged, a nickname, an initial, or a part of a double name."""
    return same_name(one, other) or how_similar(one, other) is not None


def how_similar(one: str, other: str) -> str | None:
    """In which way two names that are not the same may be one name, in words for the desk; None: they are two names."""
    a, b = plain_name(one), plain_name(other)
    if a == b:
        return None
    if b in nicknames().get(a, ()):
        return "a nickname"
    if one_letter_off(a, b):
        return "one letter off"
    if min(len(a), len(b)) == 1:
        return "an initial" if a[0] == b[0] else None
    if _parts(one) & _parts(other):
        return "a part of a double name"
    return None


def one_letter_off(a: str, b: str) -> bool:
    """True where one letter is changed, added or lost, or two neighbours are exchanged; not for names of one or two letters."""
    if a == b or abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < SHORTEST_FOR_A_LETTER_OFF:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    if len(a) == len(b):
        return rest_a[1:] == rest_b[1:] or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    return rest_a[1:] == rest_b if len(a) > len(b) else rest_a == rest_b[1:]


@lru_cache(maxsize=8192)
def _parts(name: str) -> frozenset[str]:
    """The words of a name that tell people apart."""
    words = {plain_name(part) for part in re.split(r"[\s-]+", name) if part}
    return frozenset(word for word in words if len(word) > 1 and word not in _PARTICLES)
