"""What the program decided where its public rules are silent, and every number a rule names: one constant each.

What: named values with their source; `[decision]` marks what is ours and may be changed by an operator in this one place.
Why: a threshold that stands in two files will one day differ.
Refuses: logic; the modules that apply a policy name it.
"""

from __future__ import annotations

from datetime import timedelta

from registry.vocabulary import Channel, MonitoringFrequency, Population

CONTACT_PHONE = "888-586-0758"
"""PR-2, PT-8: the contact centre's phone. PT-8 misprints it as a fax number; this is the phone."""

PROGRAM_FAX = "800-878-5927"
"""PR-2, PT-8: the fax number for every form. TS-12 misprints it as a number to call; this is the fax."""

PROGRAM_ZONE = "America/New_York"
"""[decision] The program's calendar day is US Eastern: a fax received at 02:00 UTC was completed the evening before."""

# --- ANC ---------------------------------------------------------------------------------------------------------------

ACCEPTABLE_TO_START = {Population.GENERAL: 1500.0, Population.BEN: 1000.0}
"""R31 [label] [decision]: cells/µL at or above which treatment may start; the FAQ says only "acceptable"."""

ACCEPTABLE_TO_CONTINUE = {Population.GENERAL: 1000.0, Population.BEN: 500.0}
"""R39, R40 [decision on 999.x]: below this unrounded value, in cells/µL, treatment is interrupted."""

CONTINUING_PATIENTS_MAY_ENROLL_BELOW_START = True
"""R31 [decision]: a patient new to the registry whose form says "continuing" (new_to_clozapine "no") is measured by the threshold
to continue, since refusing would take a running treatment away."""

BEN_BASELINES = 2
"""[label]: BEN treatment starts with at least two baseline ANCs, on different days; not asked of continuing patients."""

ANC_SMALLEST_SILENT = 100.0
"""[decision] Below 100 (0, and 1 to 99 that may be K/µL) a value per µL is never accepted silently: a person decides."""

ANC_LARGEST_SILENT = 30_000.0
"""[decision] Above 30,000/µL a value is never accepted silently."""

DRAW_DATE_SPAN = timedelta(days=365)
"""[decision, section 4 "dates"] A draw older than this at receipt is taken for a misread year and sent back."""

RATIONALE_LIFTS_DISCONTINUED = False
"""[decision] R42–43 return an Interrupted patient; Discontinued was somebody's word and needs "Enrolled" on a signed form."""

# --- Monitoring and status forms ---------------------------------------------------------------------------------------

STATUS_FORM_VALID = timedelta(days=37)
"""R65: days 0 to 37 after the day of receipt, inclusive [decision]."""

MISSING_LABS_PERIOD = timedelta(days=37)
"""[decision] Missing labs are looked for since the last status form, at most this far back."""

MONITORING_INTERVAL = {
    MonitoringFrequency.WEEKLY: timedelta(days=7),
    MonitoringFrequency.EVERY_TWO_WEEKS: timedelta(days=14),
    MonitoringFrequency.MONTHLY: timedelta(days=31),
    MonitoringFrequency.EVERY_SIX_MONTHS: timedelta(days=184),
}
"""[decision] The widest allowed gap between draws; `other` has none, the prescriber set it freely."""

MONITORING_TOLERANCE = timedelta(days=2)
"""[decision] Added to every interval before a lab counts as missing."""

FREQUENCY_IF_NOT_GIVEN = MonitoringFrequency.WEEKLY
"""[decision] An enrollment that leaves the frequency blank is monitored as the label says for the first six months."""

AS_A_NEW_PATIENT_AFTER = timedelta(days=30)
"""[label] Interrupted for this long or longer, a patient who returns is monitored as a new one."""

FREQUENCY_OF_A_NEW_PATIENT = MonitoringFrequency.WEEKLY
"""[label] The first six months; a frequency that the prescriber reports on the form goes before it (R07), and hospice does."""

STATUS_FORM_REMINDER = timedelta(days=30)
"""[decision] From this day after the last status form until day 37 the next one is due; after that it is overdue."""

OFF_LIST_IS_REMINDED = False
"""R48 [decision]: a prescriber who took a patient off the own list gets no more reminders of status forms; a low ANC is still
told: until another enrolls the patient (R47) the last prescriber is the only one who can act on it."""

# --- Signatures and senders --------------------------------------------------------------------------------------------

WEB_ACCOUNT_SIGNS = True
"""[decision] On the web the signed-in submitter's account stands for that role's signature; a fax needs ink."""

NEAR_TWINS_SETTLED_ON = frozenset({Channel.PHONE})
"""[decision] A near match is never merged nor enrolled anew by itself; on the phone an agent asked the caller: it is new."""

NO_ADVERSE_EVENT = frozenset({"no", "none", "n", "false", "0"})
"""R05 [decision]: what in its box denies an adverse event. Anything else may be one, and the contact centre reads it."""

# --- Certification -----------------------------------------------------------------------------------------------------

AR_RECONFIRMS_AFTER_YEARS = 2
"""R75: the authorized representative reconfirms every two years; the anniversary itself is the last good day [decision]."""

AR_REMINDERS = (timedelta(days=60), timedelta(days=30))
"""R75 [decision]: reminders this long before the anniversary."""

TITLES_FOR_SEVERAL_SITES = frozenset({"director_of_pharmacy", "corporate_executive", "other"})
"""R81: a pharmacy manager or staff pharmacist answers for one site only; `other` is printed on the form."""

# --- Dispensing --------------------------------------------------------------------------------------------------------

DISPENSE_RATIONALES_PER_YEAR = 3
"""R70: per patient, outpatient, across pharmacies [decision]."""

DISPENSE_RATIONALE_YEAR = timedelta(days=365)
"""R70 [decision]: a rolling year of 365 days."""

UNREPORTED_AUTHORIZATION_COUNTS_AFTER = timedelta(days=7)
"""R65 [decision]: an authorization never reported as dispensed counts as a dispensing once it is this old, so that silence does
not keep a patient on the easier conditions of the first dispensing."""

MOST_CANDIDATES = 60
"""The most parties the reading port is given for one question."""
