"""Fitting the certainty: from labelled fields to curves and bars, and when a bar may be loosened.

What: for each manner a logistic curve whose weights are never below 0, fitted with a ridge; bars chosen on scores that each
field got from a curve fitted without its own fax.
Why: the bar follows from the errors that a field's class allows (0.05 in 1,000 critical fields, 0.4 in 1,000 others), and is as
true as the evidence: measured on the very faxes it was fitted on, it would be a wish.
Refuses: to accept more than the calibration in force does where too few labelled fields bear it out: that manner then keeps its
old curve.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from intake.ocr.certainty import SHARPEST, Calibration, Curve, Manner

Floats = npt.NDArray[np.float64]

LIKELY_CRITICAL = 1e-3
LIKELY_ORDINARY = 1e-3
LIKELY_AT_ALL = 1.5e-3
"""The error rate that what was seen above a bar makes likely (half an error more than were seen), within a hard manner. The
targets of the classes (0.05 and 0.4 in 1,000, as double and single keying are published) hold for all manners of a class
together, of which the hard ones are a small part; blanks, marks and confirmed values have no error above their bars at all."""
FEWEST = 500  # fields that must lie above a bar
WORTH = 0.6  # share of acceptance that keeping clear of every error may cost
BOUND_CRITICAL = 1e-3
BOUND_ORDINARY = 3e-3
"""A bar may be loosened only if the upper 95 % bound of the error among what it accepts is at most this."""
RIDGE = 1.0  # how strongly weights are held to what was thought before anything was measured
FOLDS = 5
FEW_ERRORS = 10
STEEPEST = 8.0
SURER_THAN = 0.8  # of the wrong fields: above them the curve may rise more steeply
NEVER = 2.0  # a bar that nothing reaches
CLEAR_CRITICAL, CLEAR_ORDINARY = 1.0, 0.5  # logits that a bar stays above the highest error it must keep out
TOO_RARE = 0.002  # share of fields, the least sure, that no bar admits


@dataclass(frozen=True)
class Labelled:
    """One field of a labelled fax."""

    fax: str
    manner: Manner
    speaks: Mapping[str, float]
    critical: bool
    right: bool


@dataclass(frozen=True)
class Kept:
    """A manner whose old curve stays, and why."""

    manner: Manner
    reason: str


@dataclass(frozen=True)
class Fitted:
    """What a fit yields."""

    calibration: Calibration
    kept: tuple[Kept, ...]


def fit(
    labelled: Iterable[Labelled],
    version: str,
    in_force: Calibration | None,
    prior: Calibration | None = None,
    afresh: bool = False,
) -> Fitted:
    """Curves and bars for every manner in the data; manners without data keep theirs. `afresh`: the readers are others than those
    that the calibration in force was fitted on, so that it says nothing of what may be accepted. `prior`: curves as they were
    thought to be before anything was measured; where a manner has few errors they say which evidence matters.
    """
    by_manner: dict[Manner, list[Labelled]] = defaultdict(list)
    for one in labelled:
        by_manner[one.manner].append(one)
    curves: dict[Manner, Curve] = dict(in_force.curves) if in_force else {}
    kept = []
    for manner in Manner:
        data = by_manner.get(manner)
        if not data:
            continue
        new = fitted_curve(data, None if prior is None else prior.curves.get(manner))
        old = curves.get(manner)
        if old is not None and not afresh:
            new, reason = _not_looser(new, old, data)
            if reason:
                kept.append(Kept(manner, reason))
        curves[manner] = new
    return Fitted(Calibration(version, curves), tuple(kept))


def fitted_curve(data: Sequence[Labelled], prior: Curve | None = None) -> Curve:
    """One manner's curve on all its data, its bars from scores across folds of faxes."""
    names = sorted({name for one in data for name in one.speaks})
    right = np.array([one.right for one in data], np.float64)
    matrix = np.array([[one.speaks.get(name, 0.0) for name in names] for one in data], np.float64).reshape(len(data), len(names))
    start = np.zeros(len(names) + 1)
    if prior is not None:
        start[:] = [prior.base, *(prior.weights.get(name, 0.0) for name in names)]
    base, weights = _logistic(matrix, right, start)
    # with hardly an error in the data, folds with and without one make curves of other scales: then one curve for all
    few = len(data) - right.sum() < FEW_ERRORS
    scores = base + matrix @ weights if few else _scores_across_folds(data, matrix, right, start)
    knee, steeper = _steepened(scores, right)
    scores = np.where(scores > knee, knee + steeper * (scores - knee), scores)
    critical = np.array([one.critical for one in data])
    bars = {
        "critical": _bar(scores, right, critical, LIKELY_CRITICAL, CLEAR_CRITICAL),
        "ordinary": _bar(scores, right, np.ones(len(data), bool), LIKELY_ORDINARY, CLEAR_ORDINARY),
    }
    # an ordinary field never needs more than a critical one
    bars["ordinary"] = min(bars["ordinary"], bars["critical"])
    return Curve(
        base=base,
        weights={name: float(weight) for name, weight in zip(names, weights, strict=True)},
        bar_critical=bars["critical"],
        bar_ordinary=bars["ordinary"],
        knee=knee,
        steeper=steeper,
        fitted_on=len(data),
        wrong=int(len(data) - right.sum()),
    )


def _scores_across_folds(data: Sequence[Labelled], matrix: Floats, right: Floats, start: Floats) -> Floats:
    """Each field's logit by a curve that its fax had no part in."""
    faxes = sorted({one.fax for one in data})
    fold_of = {fax: place % FOLDS for place, fax in enumerate(faxes)}
    folds = np.array([fold_of[one.fax] for one in data])
    scores = np.zeros(len(data))
    for fold in range(min(FOLDS, len(faxes))):
        inside = folds == fold
        source = ~inside if (~inside).any() else inside
        base, weights = _logistic(matrix[source], right[source], start)
        scores[inside] = base + matrix[inside] @ weights
    return np.clip(scores, -SHARPEST, SHARPEST)


def _steepened(scores: Floats, right: Floats) -> tuple[float, float]:
    """From where, and by how much, the curve must rise more steeply than the bulk of the fields says.

    One logistic curve is fitted to all fields, most of its errors among the doubtful; how fast errors thin out among the sure
    ones is another rate, fitted on those above most of the wrong ones alone. Never flatter than the curve itself.
    """
    wrong = scores[right == 0]
    if wrong.size < 2:
        return SHARPEST, 1.0
    knee = float(np.quantile(wrong, SURER_THAN))
    above = scores > knee
    away, good = scores[above] - knee, right[above]
    rates = np.arange(1.0, STEEPEST + 0.01, 0.1)
    logits = knee + rates[:, None] * away[None]
    costs = (np.logaddexp(0.0, logits) - good * logits).sum(axis=1) + RIDGE * (rates - 1.0)
    return knee, float(rates[int(costs.argmin())])


def _bar(scores: Floats, right: Floats, counted: npt.NDArray[np.bool_], likely: float, clear: float) -> float:
    """The lowest certainty above which what was seen makes an error rate of at most `likely` likely among the fields `counted`,
    and not much more among all of the manner; `clear` logits above the next error.

    An error is only suffered where keeping clear of it would cost much of what is accepted. Where none was seen the lowest
    scores are left out: of what is so rare nothing is known.
    """
    order = np.argsort(-scores, kind="stable")
    ordered, wrong = scores[order], 1.0 - right[order]
    mine = np.where(counted[order], wrong, 0.0)
    count = np.arange(1, len(order) + 1)
    errors = np.flatnonzero(mine)
    if errors.size == 0:
        bars = [float(np.quantile(ordered, TOO_RARE))]
    else:
        good = ((np.cumsum(mine) + 0.5) / (count + 1) <= likely) & ((np.cumsum(wrong) + 0.5) / (count + 1) <= LIKELY_AT_ALL)
        last = int(np.flatnonzero(good)[-1]) if good.any() else -1
        strictest = int(errors[0])
        bars = [float(ordered[strictest]) + clear]
        if last > strictest:
            later = errors[errors > last]
            bars.append(max(float(ordered[last]), float(ordered[later[0]]) + clear if later.size else -SHARPEST))
    borne = np.flatnonzero((np.cumsum(wrong) + 0.5) / (count + 1) <= LIKELY_AT_ALL)
    bars = [max(bar, float(ordered[borne[-1]]) if borne.size else SHARPEST + 1) for bar in bars]
    above = [int((ordered >= bar).sum()) for bar in bars]
    best = max(above)
    for bar, taken in zip(bars, above, strict=True):
        if taken >= max(FEWEST, WORTH * best):
            return 1.0 / (1.0 + math.exp(-min(SHARPEST, bar)))
    return NEVER


def _logistic(matrix: Floats, right: Floats, start: Floats) -> tuple[float, Floats]:
    """Base and weights (≥ 0) of the penalised maximum likelihood, by Newton steps projected onto what is allowed."""
    rows, columns = matrix.shape
    design = np.hstack([np.ones((rows, 1)), matrix])
    parameters = start.copy()
    penalty = np.full(columns + 1, RIDGE)
    penalty[0] = RIDGE * 0.01

    def loss(point: Floats) -> float:
        logits = design @ point
        return float(np.logaddexp(0.0, logits).sum() - right @ logits + 0.5 * (penalty * (point - start) ** 2).sum())

    current = loss(parameters)
    for _ in range(100):
        probability = 1.0 / (1.0 + np.exp(-np.clip(design @ parameters, -SHARPEST, SHARPEST)))
        gradient = design.T @ (probability - right) + penalty * (parameters - start)
        free = np.ones(columns + 1, bool)
        free[1:] = (parameters[1:] > 0) | (gradient[1:] < 0)
        curvature = design[:, free].T @ (design[:, free] * (probability * (1 - probability))[:, None]) + np.diag(penalty[free])
        step = np.zeros(columns + 1)
        step[free] = np.linalg.solve(curvature, gradient[free])
        size = 1.0
        while size > 1e-6:
            tried = parameters - size * step
            tried[1:] = np.maximum(tried[1:], 0.0)
            after = loss(tried)
            if after < current - 1e-10:
                break
            size /= 2
        else:
            break
        gained, parameters, current = current - after, tried, after
        if gained < 1e-8 * max(1.0, abs(current)):
            break
    return float(parameters[0]), parameters[1:]


def _not_looser(new: Curve, old: Curve, data: Sequence[Labelled]) -> tuple[Curve, str]:
    """The new curve, or the old one with the reason: too little to fit one, or to accept more than before."""
    for critical, bound in ((True, BOUND_CRITICAL), (False, BOUND_ORDINARY)):
        kind = "critical" if critical else "ordinary"
        taken_new, taken_old = (_taken(curve, critical, data) for curve in (new, old))
        if not taken_new and all(one.right for one in taken_old):
            return old, f"{len(data)} fields are too few to fit a bar for {kind} ones, and none that was accepted is wrong"
        wrong = sum(not one.right for one in taken_new)
        if len(taken_new) > len(taken_old) and upper_bound(wrong, len(taken_new)) > bound:
            return old, (
                f"{len(taken_new)} {kind} fields with {wrong} wrong would be accepted instead of {len(taken_old)}; their error "
                f"could be {1000 * upper_bound(wrong, len(taken_new)):.1f} in 1,000: too little is known to accept more"
            )
    return new, ""


def _taken(curve: Curve, critical: bool, data: Sequence[Labelled]) -> list[Labelled]:
    """The fields a curve would accept if all were critical, or none."""
    bar = curve.bar_critical if critical else curve.bar_ordinary
    return [one for one in data if curve.certainty(one.speaks) >= bar]


def upper_bound(wrong: int, count: int, confidence: float = 0.95) -> float:
    """The exact (Clopper-Pearson) one-sided upper bound of an error rate; 1 where nothing was seen."""
    if count == 0 or wrong >= count:
        return 1.0
    low, high = wrong / count, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if at_most(wrong, count, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def at_most(wrong: int, count: int, rate: float) -> float:
    """The probability of at most so many wrong of `count` at an error rate."""
    if rate >= 1.0:
        return 0.0
    term = count * math.log1p(-rate)
    total = math.exp(term)
    for place in range(1, wrong + 1):
        term += math.log((count - place + 1) / place) + math.log(rate) - math.log1p(-rate)
        total += math.exp(term)
    return total
