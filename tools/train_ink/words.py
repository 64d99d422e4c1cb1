"""Names, dates and phrases that stand in a signature's zone, and a line of them put there.

What: invented names, ways of writing a date, what people write instead of signing, the typefaces of each part.
Why: signatures and what is none say the same things in other letters.
Refuses: nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from tools.handwriting.splits import Part
from tools.make_samples.sheet import Sheet, width_of
from tools.train_ink.strokes import Box, Chance

FIRST: Mapping[Part, tuple[str, ...]] = {
    Part.FIT: (
        "John", "Patricia", "Michael", "Jennifer", "David", "Barbara", "Richard", "Karen", "Joseph", "Nancy", "Charles", "Lisa",
        "Daniel", "Betty", "Matthew", "Sandra", "Anthony", "Ashley", "Mark", "Kimberly", "Paul", "Emily", "Steven", "Donna",
        "Andrew", "Michelle", "Kenneth", "Carol", "Joshua", "Amanda", "Kevin", "Melissa", "Brian", "Deborah", "George",
        "Yolanda", "Timothy", "Ximena", "Jason", "Fatima", "Quentin", "Ingrid", "Viktor", "Zoe", "Hiroshi", "Aisha", "Luis",
        "Wei", "Bjorn", "Chidi", "Uma", "Jorge", "Ana", "Lee", "Kay", "Al",
    ),
    Part.TUNE: (
        "Maria", "James", "Anne", "Robert", "Elena", "Thomas", "Priya", "Walter", "Susan", "Kwame", "Linda", "Oscar", "Grace",
        "Hugo", "Ruth",
    ),
    Part.TEST: (
        "Maria", "James", "Anne", "Robert", "Elena", "Thomas", "Priya", "Walter", "Susan", "Kwame", "Linda", "Oscar", "Grace",
        "Hugo", "Ruth",
    ),
}  # fmt: skip
LAST: Mapping[Part, tuple[str, ...]] = {
    Part.FIT: (
        "Johnson", "Williams", "Jones", "Garcia", "Miller", "Davis", "Martinez", "Hernandez", "Wilson", "Anderson", "Taylor",
        "Moore", "Jackson", "Lee", "Thompson", "White", "Harris", "Clark", "Lewis", "Robinson", "Walker", "Young", "Allen",
        "King", "Wright", "Scott", "Torres", "Hill", "Flores", "Green", "Adams", "Baker", "Nelson", "Carter", "Mitchell",
        "Roberts", "Gomez", "Phillips", "Evans", "Turner", "Diaz", "Parker", "Cruz", "Edwards", "Murphy", "Cook", "Rogers",
        "Ortiz", "Kim", "Bailey", "McDonald", "Yamamoto", "Ivanov", "Schneider", "Zhang", "Ferrari", "Dubois", "Quigley",
        "Vasquez", "Ng", "Wu", "Le", "Ito", "O'Brien", "Byrne", "Singh", "Khan", "Usman", "Xu", "Jansen",
    ),
    Part.TUNE: (
        "Abernathy", "Lopez", "Nguyen", "Fischer", "O'Hara", "Patel", "Smith", "Kowalski", "Brown", "Okafor", "Lindqvist",
        "Reyes", "Hall",
    ),
    Part.TEST: (
        "Abernathy", "Lopez", "Nguyen", "Fischer", "O'Hara", "Patel", "Smith", "Kowalski", "Brown", "Okafor", "Lindqvist",
        "Reyes", "Hall",
    ),
}  # fmt: skip
TITLES = ("", "", "", " MD", ", M.D.", " NP", " PharmD", ", RPh", " DO")
PHRASES = (
    "on file", "On file", "ON FILE", "signature on file", "Signature on File", "SIGNATURE ON FILE", "N/A", "n/a", "NA",
    "none", "None", "sig on file", "see attached", "See page 1", "not applicable", "SOF", "same as above",
    "verbal order", "pending", "to follow",
)  # fmt: skip
"""What is most often written where nobody signs."""
OTHER_PHRASES: Mapping[Part, tuple[str, ...]] = {
    Part.FIT: (
        "patient unable", "by phone", "will sign later", "MD away", "no longer here", "Declined", "left practice", "see chart",
        "Not required", "via portal", "telehealth visit", "not in today", "see fax", "per protocol", "deceased", "moved",
        "unknown", "VOID", "copy", "duplicate", "resent", "ask Dr. office", "No", "Yes", "weekly", "SEE BELOW", "same",
        "page 2 of 2", "TBD", "done", "refill only", "new patient", "call first", "Inpatient",
    ),
    Part.TUNE: ("out of office", "per phone call", "cancelled", "Not seen"),
    Part.TEST: ("on leave", "sent by mail", "left blank", "Withdrawn", "ask clinic"),
}  # fmt: skip
"""And what else may be, which no list of ours holds: each part has its own."""
OTHERS_SHARE: Mapping[Part, float] = {Part.FIT: 0.4, Part.TUNE: 0.15, Part.TEST: 0.15}
TYPEFACES: Mapping[Part, tuple[str, ...]] = {
    Part.FIT: (
        "dejavu-mono", "liberation-mono", "liberation-serif", "dejavu-mono-bold", "courier-prime", "cousine", "cutive-mono",
        "ibm-plex-mono", "inconsolata", "pt-mono", "special-elite", "roboto-mono", "share-tech-mono", "lato",
    ),
    Part.TUNE: ("liberation-mono", "dejavu-mono-bold"),
    Part.TEST: ("liberation-sans", "liberation-serif", "dejavu-mono"),
}  # fmt: skip


def one_of(chance: Chance, of: tuple[str, ...]) -> str:
    """One by chance."""
    return of[int(chance.integers(len(of)))]


def a_pen(chance: Chance) -> float:
    """Widths in mm of pens that sign."""
    return float(chance.choice((0.3, 0.4, 0.5, 0.6, 0.7, 0.9), p=(0.15, 0.2, 0.25, 0.2, 0.12, 0.08)))


def a_name(chance: Chance, part: Part) -> str:
    """A name as people sign it; those of FIT are nobody's elsewhere, so that no net knows the names it is judged by."""
    first, last = one_of(chance, FIRST[part]), one_of(chance, LAST[part])
    kind = int(chance.integers(5))
    return (f"{first} {last}", f"{first[0]}. {last}", f"{first[0]} {last}", f"{first} {last[0]}.", last)[kind]


def a_phrase(chance: Chance, part: Part) -> str:
    """Words instead of a signature."""
    return one_of(chance, OTHER_PHRASES[part] if chance.random() < OTHERS_SHARE[part] else PHRASES)


def a_date(chance: Chance) -> str:
    """A date as people write it."""
    month, day, year = int(chance.integers(1, 13)), int(chance.integers(1, 29)), int(chance.integers(2019, 2028))
    kind = int(chance.integers(5))
    months = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
    return (
        f"{month:02d}/{day:02d}/{year}", f"{month}/{day}/{year % 100}", f"{month}-{day}-{year}",
        f"{months[month - 1]} {day}, {year}", f"{year}-{month:02d}-{day:02d}",
    )[kind]  # fmt: skip


def put(sheet: Sheet, box: Box, chance: Chance, text: str, font: str, cap: float, turn: float, weight: int) -> None:
    """One line of a font, somewhere in the zone."""
    cap = round(min(cap, cap * (box[2] - box[0] - 4) / max(width_of(text, font, cap), 0.1)), 1)
    room = max(0.0, box[2] - box[0] - 3 - width_of(text, font, cap))
    x = box[0] + 1.5 + float(chance.uniform(0, 1)) ** 2 * room
    y = (box[1] + box[3] + cap) / 2 + float(chance.normal(0, 1.5))
    sheet.write(text, (x, y), font, cap, turn=turn, weight=weight)
