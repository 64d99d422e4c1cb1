"""All samples in the order they drop."""

from __future__ import annotations

from tools.make_samples.sample import Sample
from tools.make_samples.story_enrollments import enrollments, first_enrollment
from tools.make_samples.story_low_counts import low_counts
from tools.make_samples.story_months import months
from tools.make_samples.story_odd import odd_faxes
from tools.make_samples.story_people import designees, people


def all_samples() -> tuple[Sample, ...]:
    """Every readable fax, by name, which is the order of dropping."""
    every = (*people(), *designees(), *first_enrollment(), *enrollments(), *months(), *low_counts(), *odd_faxes())
    return tuple(sorted(every, key=lambda one: one.name))
