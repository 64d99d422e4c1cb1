"""Two readers that see the same strokes and name them differently: which of the two can stand there, if the rest decides it.

What: words of letters alone, or of digits alone, against the same word with a look-alike in it; an email address against the
names that the form itself gives for the person; proper names whose first letter differs from its capital in size alone.
Why: an l, a capital I and a 1 are one stroke in many typefaces, and an O is a 0. No reader can tell; what stands beside it can.
Refuses: a character that neither reader reads; a choice where both would be whole words; address names without a separator
between first and last, since a lost point makes one of an address that has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SHAPES = str.maketrans("1I|05", "lllos")
ONE_BEFORE_DIGITS = re.compile(r"[lI|](?=[0-9])")
SIZE_ALONE = re.compile(
    r"[cosuvwxz][a-z']{3}"
)  # a word whose initial may as well be a capital, and that is long enough to bear one
SEPARATORS = "._-"


@dataclass(frozen=True)
class Address:
    """An email address as two readers read it together."""

    text: str  # as the recogniser read it, but for look-alikes that the names on the form decide
    agreed: bool  # the other reader bears it out, or the names do where it only sees other strokes
    named: bool  # its local part is the name that the form gives for this person
    against: bool  # it has the strokes of that name, but says another letter


def shapes(text: str) -> str:
    """The text with every character brought to one of those that look like it; capitals are small."""
    return text.translate(SHAPES).casefold()


def same_words(one: str, other: str) -> str | None:
    """The text that both readers see: where a word differs in look-alikes alone, the one of letters only, or of digits only,
    against a mixed one. None where they see different strokes or where both words can stand."""
    ones, others = one.split(), other.split()
    if len(ones) != len(others):
        return None
    words = [_same_word(a, b) for a, b in zip(ones, others, strict=True)]
    whole = [word for word in words if word is not None]
    return " ".join(whole) if len(whole) == len(words) else None


def same_address(one: str, other: str, person: tuple[str, str] | None) -> Address:
    """What the recogniser's reading and the other reader's make of an address; `person`: first and last name on the form."""
    local, _, domain = one.partition("@")
    second, _, second_domain = other.partition("@")
    said = ONE_BEFORE_DIGITS.sub("1", second_domain).casefold() if any(map(str.isdigit, domain)) else second_domain.casefold()
    same_domain = domain.casefold() in (said, second_domain.casefold()) and domain != ""
    names = _local_parts(*person) if person is not None else frozenset()
    if local.casefold() in names:
        return Address(one, same_domain and len(second) == len(local), named=True, against=False)
    if second.casefold() in names and shapes(second) == shapes(local):
        return Address(f"{second}@{domain}", same_domain, named=True, against=False)
    against = shapes(local) in {shapes(name) for name in names}
    return Address(one, same_domain and second.casefold() == local.casefold(), named=False, against=against)


def with_capitals(text: str) -> str:
    """A proper name in which small initials that may as well be capitals are capitals, if every other word begins with one."""
    words = text.split(" ")
    small = [word for word in words if word[:1].islower()]
    if not small or (len(small) == len(words) > 1) or not all(SIZE_ALONE.match(word) for word in small):
        return text
    return " ".join(word[:1].upper() + word[1:] for word in words)


def _same_word(one: str, other: str) -> str | None:
    if one == other:
        return one
    if shapes(one) != shapes(other):
        return None
    pure = [word for word in (one, other) if _is_pure(word)]
    return pure[0] if len(pure) == 1 else None


def _is_pure(word: str) -> bool:
    """Whether a word has letters alone or digits alone."""
    signs = [sign for sign in word if sign.isalnum()]
    return bool(signs) and (all(map(str.isalpha, signs)) or all(map(str.isdigit, signs)))


def _local_parts(first: str, last: str) -> frozenset[str]:
    """The usual ways to make an address of a name, in small letters: a.doe, ann.doe, doe.ann, doe.a."""
    given, family = ("".join(filter(str.isalnum, name)).casefold() for name in (first, last))
    if not given or not family:
        return frozenset()
    pairs = ((given[0], family), (given, family), (family, given), (family, given[0]))
    return frozenset(f"{one}{separator}{other}" for one, other in pairs for separator in SEPARATORS)
