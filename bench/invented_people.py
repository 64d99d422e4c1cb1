"""Invented patients with names as frequent as they are in the United States, for measures that need many.

What: a seeded stream of patients; the commonest last name is one in a hundred, first names likewise skewed, births over 70 years.
Why: a look-up that is quick among evenly spread names may drown in Smiths.
Refuses: real people; the names are from lists, everything else is from a seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from registry.identifiers import issue_patient_id
from registry.patients import Patient
from registry.vocabulary import MonitoringFrequency, TreatmentStatus

_MEN = """
JAMES JOHN ROBERT MICHAEL WILLIAM DAVID RICHARD CHARLES JOSEPH THOMAS CHRISTOPHER DANIEL PAUL MARK DONALD GEORGE KENNETH
STEVEN EDWARD BRIAN RONALD ANTHONY KEVIN JASON MATTHEW GARY TIMOTHY JOSE LARRY JEFFREY FRANK SCOTT ERIC STEPHEN ANDREW RAYMOND
GREGORY JOSHUA JERRY DENNIS WALTER PATRICK PETER HAROLD DOUGLAS HENRY CARL ARTHUR RYAN ROGER JOE JUAN JACK ALBERT JONATHAN
JUSTIN TERRY GERALD KEITH SAMUEL WILLIE RALPH LAWRENCE NICHOLAS ROY BENJAMIN BRUCE BRANDON ADAM HARRY FRED WAYNE BILLY STEVE
LOUIS JEREMY AARON RANDY HOWARD EUGENE CARLOS RUSSELL BOBBY VICTOR MARTIN ERNEST PHILLIP TODD JESSE CRAIG ALAN SHAWN CLARENCE
SEAN PHILIP CHRIS JOHNNY EARL JIMMY ANTONIO
"""
_WOMEN = """
MARY PATRICIA LINDA BARBARA ELIZABETH JENNIFER MARIA SUSAN MARGARET DOROTHY LISA NANCY KAREN BETTY HELEN SANDRA DONNA CAROL
RUTH SHARON MICHELLE LAURA SARAH KIMBERLY DEBORAH JESSICA SHIRLEY CYNTHIA ANGELA MELISSA BRENDA AMY ANNA REBECCA VIRGINIA
KATHLEEN PAMELA MARTHA DEBRA AMANDA STEPHANIE CAROLYN CHRISTINE MARIE JANET CATHERINE FRANCES ANN JOYCE DIANE ALICE JULIE
HEATHER TERESA DORIS GLORIA EVELYN JEAN CHERYL MILDRED KATHERINE JOAN ASHLEY JUDITH ROSE JANICE KELLY NICOLE JUDY CHRISTINA
KATHY THERESA BEVERLY DENISE TAMMY IRENE JANE LORI RACHEL MARILYN ANDREA KATHRYN LOUISE SARA ANNE JACQUELINE WANDA BONNIE
JULIA RUBY LOIS TINA PHYLLIS NORMA PAULA DIANA ANNIE LILLIAN EMILY ROBIN
"""
_FAMILIES = """
SMITH JOHNSON WILLIAMS BROWN JONES GARCIA MILLER DAVIS RODRIGUEZ MARTINEZ HERNANDEZ LOPEZ GONZALEZ WILSON ANDERSON THOMAS
TAYLOR MOORE JACKSON MARTIN LEE PEREZ THOMPSON WHITE HARRIS SANCHEZ CLARK RAMIREZ LEWIS ROBINSON WALKER YOUNG ALLEN KING
WRIGHT SCOTT TORRES NGUYEN HILL FLORES GREEN ADAMS NELSON BAKER HALL RIVERA CAMPBELL MITCHELL CARTER ROBERTS GOMEZ PHILLIPS
EVANS TURNER DIAZ PARKER CRUZ EDWARDS COLLINS REYES STEWART MORRIS MORALES MURPHY COOK ROGERS GUTIERREZ ORTIZ MORGAN COOPER
PETERSON BAILEY REED KELLY HOWARD RAMOS KIM COX WARD RICHARDSON WATSON BROOKS CHAVEZ WOOD JAMES BENNETT GRAY MENDOZA RUIZ
HUGHES PRICE ALVAREZ CASTILLO SANDERS PATEL MYERS LONG ROSS FOSTER JIMENEZ
"""
_BEGINNINGS = """
BAR BEL BIR BLAN BOR BRA CAL CAR CHAN COL DAL DEN DOR EL FAL FER GAR GEL HAL HOR KEL KIR LAN LIN MAR MEL NOR PEL
"""
_ENDINGS = """
BERG DAN DORF ELL FIELD FORD HAM INGER LEY MAN MORE OSKI RIDGE SEN SON STEIN STON TON VILLE WOOD
"""
FIRST = {"male": _MEN.split(), "female": _WOMEN.split()}  # the commonest first
LAST = _FAMILIES.split()  # the hundred commonest, the commonest first
SYLLABLES, ENDINGS = _BEGINNINGS.split(), _ENDINGS.split()  # of which the rare ones are made

COMMON_LAST = 0.25  # share of people who bear one of the hundred commonest last names
BORN_FROM, BORN_DAYS = date(1938, 1, 1), 70 * 365


def first_name(random: Random, sex: str) -> str:
    """A first name; the commonest is one in thirty of its sex, as James and Mary are."""
    names = FIRST[sex]
    return names[min(int(random.expovariate(1 / 30)), len(names) - 1)]


def last_name(random: Random) -> str:
    """A last name: one in four from the commonest hundred, the first of them about one in a hundred people."""
    if random.random() < COMMON_LAST:
        return LAST[min(int(random.expovariate(1 / 25)), len(LAST) - 1)]
    return random.choice(SYLLABLES) + random.choice(["", "", *SYLLABLES[:12]]) + random.choice(ENDINGS)


def birth_day(random: Random) -> date:
    """A day of seventy years; one in a hundred people has the first of January, as papers that know no better day."""
    day = BORN_FROM + timedelta(days=random.randrange(BORN_DAYS))
    return day.replace(month=1, day=1) if random.random() < 0.01 else day


def patient(random: Random, serial: int) -> Patient:
    """One invented patient."""
    sex = random.choice(["male", "female"])
    enrolled = datetime(2023, 1, 2, 15, tzinfo=UTC) + timedelta(minutes=serial % 500_000)
    return Patient(
        issue_patient_id(serial), serial, first_name(random, sex), None, last_name(random), birth_day(random), sex,
        f"{random.randrange(501, 99_950):05d}", None, None, "1234567893", False, False, MonitoringFrequency.WEEKLY, None, None,
        enrolled, TreatmentStatus.ENROLLED, enrolled.date(),
    )  # fmt: skip


def patients(count: int, seed: int = 1) -> Iterator[Patient]:
    """That many, the same for the same seed."""
    random = Random(seed)
    return (patient(random, serial) for serial in range(count))
