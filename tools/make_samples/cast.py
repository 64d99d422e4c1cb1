"""Who appears on the sample faxes: invented people and places, the same on every fax that names them.

What: prescribers, designees, patients, pharmacies and a distributor with identifiers that fit their check digits.
Why: the registry's story holds together only if the woman who enrolls on one fax is the woman who signs the next.
Refuses: real people. NPIs begin with 2 (no such number has been issued), phones are 555-01xx, mail goes to example domains.
"""

from __future__ import annotations

from dataclasses import dataclass

NPI_PREFIX = "80840"


def npi(nine: str) -> str:
    """The NPI of nine digits: its Luhn check digit over `80840` + NPI appended."""
    total = 0
    for place, digit in enumerate(reversed(NPI_PREFIX + nine)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return nine + str(-total % 10)


def dea(letters: str, six: str) -> str:
    """The DEA number of two letters and six digits, its check digit appended."""
    d1, d2, d3, d4, d5, d6 = (int(digit) for digit in six)
    return f"{letters}{six}{(d1 + d3 + d5 + 2 * (d2 + d4 + d6)) % 10}"


@dataclass(frozen=True)
class Address:
    """Where somebody can be reached on paper."""

    street: str
    city: str
    state: str  # USPS code
    zip: str


@dataclass(frozen=True)
class Prescriber:
    """Somebody with prescribing privileges."""

    first: str
    middle: str
    last: str
    credentials: str  # option code of the enrollment form
    specialty: str
    npi: str
    dea: str
    licence: str
    practice: str
    at: Address
    phone: str  # ten digits
    fax: str  # ten digits
    email: str


@dataclass(frozen=True)
class Designee:
    """Somebody who acts for a prescriber."""

    first: str
    last: str
    role: str  # option code of the designee form
    phone: str
    fax: str
    email: str


@dataclass(frozen=True)
class Patient:
    """Somebody who takes clozapine."""

    first: str
    middle: str
    last: str
    born: str  # ISO
    sex: str  # option code
    zip: str
    address: str
    phone: str


@dataclass(frozen=True)
class Pharmacy:
    """A place that dispenses, and its authorized representative (AR)."""

    name: str
    npi: str
    ncpdp: str
    dea: str
    licence: str
    at: Address
    phone: str
    fax: str
    ar_first: str
    ar_last: str
    ar_title: str  # option code
    ar_phone: str
    ar_email: str


@dataclass(frozen=True)
class Distributor:
    """A wholesaler."""

    name: str
    dea: str
    at: Address
    ar_first: str
    ar_last: str
    ar_title: str
    ar_phone: str
    ar_fax: str
    ar_email: str


OKAFOR = Prescriber(
    "Miriam", "T", "Okafor", "md", "Psychiatry", npi("204817365"), dea("BM", "482716"), "471836",
    "Anacostia Behavioral Health", Address("1418 Good Hope Rd SE", "Washington", "DC", "20020"),
    "2025550143", "2025550144", "m.okafor@anacostia.example.org",
)  # fmt: skip
LINDQVIST = Prescriber(
    "Daniel", "", "Lindqvist", "do", "Psychiatry", npi("219306482"), dea("FL", "730925"), "0102-204417",
    "Potomac Mental Health Group", Address("2200 Wilson Blvd Ste 410", "Arlington", "VA", "22201"),
    "7035550117", "7035550118", "dlindqvist@potomacmhg.example.com",
)  # fmt: skip
RAMAN = Prescriber(
    "Priya", "K", "Raman", "np", "Psychiatric nursing", npi("257120943"), dea("MR", "615304"), "R218846",
    "Catonsville Community Clinic", Address("716 Frederick Rd", "Catonsville", "MD", "21228"),
    "4105550162", "4105550163", "praman@catonsvilleclinic.example.org",
)  # fmt: skip
BEAULIEU = Prescriber(
    "Thomas", "", "Beaulieu", "pa", "Psychiatry", npi("230684157"), dea("MB", "093847"), "C0007219",
    "Shenandoah Recovery Center", Address("85 Amherst St", "Winchester", "VA", "22601"),
    "5405550171", "5405550172", "tbeaulieu@shenandoahrc.example.org",
)  # fmt: skip
CASTELLANO = Prescriber(
    "Helen", "R", "Castellano", "md", "Geriatric psychiatry", npi("271943508"), dea("AO", "264819"), "D0083125",
    "Harbor View Psychiatry", Address("301 Light St Fl 6", "Baltimore", "MD", "21202"),
    "4435550184", "4435550185", "hcastellano@harborview.example.com",
)  # fmt: skip

MORROW = Designee("Janet", "Morrow", "staff", "2025550146", "2025550144", "j.morrow@anacostia.example.org")
HERRERA = Designee("Marco", "Herrera", "pharmacist", "7035550119", "7035550118", "herrera@potomacmhg.example.com")

NGUYEN = Designee("Carla", "Nguyen", "provider", "5405550173", "5405550172", "cnguyen@shenandoahrc.example.org")

GARCIA = Patient("Elena", "M", "Garcia", "1978-03-14", "female", "20019", "4426 Benning Rd NE", "2025550152")
WHITFIELD = Patient("Marcus", "", "Whitfield", "1965-11-02", "male", "22204", "901 S Highland St Apt 7", "7035550126")
TRAN = Patient("Linh", "", "Tran", "1990-07-25", "female", "22203", "4610 N Carlin Springs Rd", "7035550137")
DUBOIS = Patient("Andre", "P", "Dubois", "1983-01-30", "male", "22601", "212 S Kent St", "5405550175")
KOWALSKI = Patient("Stella", "", "Kowalski", "1958-09-08", "female", "21229", "5317 Edmondson Ave", "4105550168")
MENSAH = Patient("Kwame", "A", "Mensah", "1994-12-19", "male", "20032", "3939 S Capitol St SW", "2025550159")
PARK = Patient("Soo-Jin", "", "Park", "1971-05-06", "female", "21228", "25 Winters Ln", "4105550166")
FINLEY = Patient("Robert", "J", "Finley", "1949-02-27", "male", "20020", "2301 Minnesota Ave SE", "2025550157")

ROCK_CREEK = Pharmacy(
    "Rock Creek Pharmacy", npi("283057194"), "0912345", dea("FR", "518204"), "RX1200436",
    Address("3412 Connecticut Ave NW", "Washington", "DC", "20008"), "2025550131", "2025550132",
    "Naomi", "Adler", "pharmacy_manager", "2025550133", "n.adler@rockcreekrx.example.com",
)  # fmt: skip
ST_BRENDAN = Pharmacy(
    "St Brendan Hospital Pharmacy", npi("290415738"), "2104823", dea("AS", "907361"), "P47281",
    Address("900 Caton Ave", "Baltimore", "MD", "21229"), "4105550191", "4105550192",
    "Victor", "Ionescu", "director_of_pharmacy", "4105550193", "vionescu@stbrendan.example.org",
)  # fmt: skip
TIDEWATER = Pharmacy(
    "Tidewater Drug Stores", npi("245693017"), "4816207", dea("BT", "362580"), "0201-004512",
    Address("5500 Virginia Beach Blvd", "Norfolk", "VA", "23502"), "7575550108", "7575550109",
    "Grace", "Holloway", "corporate_executive", "7575550110", "gholloway@tidewaterdrug.example.com",
)  # fmt: skip
TIDEWATER_STORES = (
    ("Tidewater Drug Ghent", npi("245693025"), "4816215", "23507"),
    ("Tidewater Drug Ocean View", npi("245693033"), "4816223", "23503"),
)
"""Name, NPI, NCPDP provider ID and ZIP of the chain's stores."""

CHESAPEAKE = Distributor(
    "Chesapeake Medical Supply", dea("RC", "450716"), Address("7810 Pulaski Hwy", "Rosedale", "MD", "21237"),
    "Owen", "Fairbanks", "Compliance manager", "4105550121", "4105550122", "ofairbanks@chesmed.example.com",
)  # fmt: skip
