"""What a recogniser saw in one strip, kept whole: how likely every character is at every step, and so how likely any text is.

What: the greedy text, the probability of given texts over all their paths (CTC), and the likeliest other texts.
Why: "does it say what we know?" is answered far more surely than "what does it say?", and a vote needs what else may stand there.
Refuses: to know what a field may hold; the lattice is masked before it comes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CTC_BLANK = 0
RESCALED_EVERY = 16  # steps: 16 factors of at least 1e-12 stay far inside a double, rescaling at each step costs half the time
AT_ONCE = 512  # texts scored together: what they need then stays in the processor's cache
BEAM = 24  # prefixes kept at each step
SYMBOLS = 6  # characters tried at each step, likeliest first, and the blank
LEAST_SYMBOL = 1e-4  # probability below which a character is not tried: texts that need it are not among the likeliest


@dataclass(frozen=True)
class Lattice:
    """The recogniser's output for one strip: log probabilities, time steps × (blank, characters…)."""

    log_probs: npt.NDArray[np.float32]
    characters: str  # column i + 1 stands for characters[i]

    def best(self) -> tuple[str, float]:
        """The greedy text and its probability over all paths, 0–1."""
        path = self.log_probs.argmax(axis=1)
        kept = [index for step, index in enumerate(path) if index != CTC_BLANK and (step == 0 or path[step - 1] != index)]
        text = "".join(self.characters[index - 1] for index in kept)
        return text, self.probability(text)

    def probability(self, text: str) -> float:
        """The probability of `text` over all its paths, 0–1: greedy decoding's one path is often the lesser part."""
        known = self._told.get(text)
        return float(self.probabilities([text])[0]) if known is None else known

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """The probability of each text over all its paths, 0–1; 0 for "" and for what the lattice cannot spell."""
        told = np.asarray(np.exp(np.minimum(0.0, self._forward(texts))), np.float64)
        self._told.update(zip(texts, told.tolist(), strict=True))
        return told

    def score(self, text: str) -> float:
        """How well `text` explains the strip: its forward probability over the best path's, per root of its length, 0–1."""
        return float(self.scores([text])[0])

    def scores(self, texts: Sequence[str]) -> Floats:
        """As `score`, for many texts at once."""
        best = float(self.log_probs.max(axis=1).sum(dtype=np.float64))
        lengths = np.sqrt(np.maximum(1, np.array([len(text) for text in texts], np.float64)))
        return np.asarray(np.minimum(1.0, np.exp((self._forward(texts) - best) / lengths)), np.float64)

    def alternatives(self, most: int) -> list[tuple[str, float]]:
        """The `most` likeliest texts with their probabilities over all paths, likeliest first; never the empty one.

        CTC prefix beam search over the likeliest characters of each step. What it finds is scored exactly, but a text that
        needs an unlikely character, or is overtaken by very many others, may be missing.
        """
        width = max(BEAM, 4 * most)
        beam: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}  # prefix: mass ending in blank, in its last character
        likeliest = np.argsort(-self._probabilities[:, 1:], axis=1, kind="stable")[:, :SYMBOLS] + 1
        for row, columns in zip(self._probabilities.tolist(), likeliest.tolist(), strict=True):
            tried = [column for column in columns if row[column] >= LEAST_SYMBOL]
            grown: dict[tuple[int, ...], tuple[float, float]] = {}
            for prefix, (blank, letter) in beam.items():
                last = prefix[-1] if prefix else CTC_BLANK
                both = blank + letter
                _add(grown, prefix, both * row[CTC_BLANK], letter * row[last] if prefix else 0.0)
                for column in tried:
                    # a doubled character needs a blank between its two
                    _add(grown, (*prefix, column), 0.0, row[column] * (blank if column == last else both))
            kept = sorted(grown.items(), key=lambda one: -sum(one[1]))[:width]
            total = sum(map(sum, (mass for _, mass in kept))) or 1.0
            beam = {prefix: (blank / total, letter / total) for prefix, (blank, letter) in kept}
        texts = ["".join(self.characters[column - 1] for column in prefix) for prefix in beam if prefix]
        found = zip(texts, map(float, self.probabilities(texts)), strict=True)
        return sorted(found, key=lambda one: (-one[1], one[0]))[:most]

    @cached_property
    def _told(self) -> dict[str, float]:
        """Probabilities worked out so far: a vote asks again for the texts that were found likeliest."""
        return {}

    @cached_property
    def _probabilities(self) -> Floats:
        return np.exp(self.log_probs.astype(np.float64))

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {character: index + 1 for index, character in enumerate(self.characters)}

    def _forward(self, texts: Sequence[str]) -> Floats:
        """The log of each text's probability summed over all paths that spell it; minus infinity where none can."""
        logs = np.full(len(texts), -np.inf)
        spelled = {
            place: [self._columns[character] for character in text]
            for place, text in enumerate(texts)
            if 0 < len(text) <= len(self.log_probs) and all(character in self._columns for character in text)
        }
        places = sorted(spelled, key=lambda place: len(spelled[place]))  # like lengths together: shorter ones are padded
        for start in range(0, len(places), AT_ONCE):
            part = places[start : start + AT_ONCE]
            logs[part] = _summed(self._probabilities, [spelled[place] for place in part])
        return logs


def _add(grown: dict[tuple[int, ...], tuple[float, float]], prefix: tuple[int, ...], blank: float, letter: float) -> None:
    if blank + letter > 0.0:
        before = grown.get(prefix)
        grown[prefix] = (blank, letter) if before is None else (before[0] + blank, before[1] + letter)


def _summed(probabilities: Floats, texts: Sequence[Sequence[int]]) -> Floats:
    """Logs of the CTC forward probabilities of texts given as columns; what lies under about 1e-300 comes out as none.

    Texts × states: blank, first character, blank, second character … blank; linear, since adding in logs costs more.
    """
    states = 2 * max(map(len, texts)) + 1
    nowhere = probabilities.shape[1]  # a column of zeros behind a shorter text's end
    steps = np.concatenate((probabilities, np.zeros((len(probabilities), 1))), axis=1)
    labels = np.full((len(texts), states), nowhere, np.intp)
    for one, columns in zip(labels, texts, strict=True):
        one[: 2 * len(columns) + 1 : 2] = CTC_BLANK
        one[1 : 2 * len(columns) : 2] = columns
    skips = np.zeros(labels.shape)  # 1 where the blank before a character may be left out: it follows another one than itself
    skips[:, 3::2] = labels[:, 3::2] != labels[:, 1:-2:2]
    logs = np.zeros(len(texts))
    mass = np.zeros(labels.shape)
    mass[:, :2] = steps[0][labels[:, :2]]
    grown, skipped = np.empty_like(mass), np.empty((len(texts), states - 2))
    for step in range(1, len(steps)):
        grown[:, 0] = mass[:, 0]
        np.add(mass[:, 1:], mass[:, :-1], out=grown[:, 1:])
        grown[:, 2:] += np.multiply(mass[:, :-2], skips[:, 2:], out=skipped)
        np.multiply(grown, steps[step].take(labels), out=mass)
        if step % RESCALED_EVERY == 0:
            largest = np.maximum(mass.max(axis=1), np.finfo(np.float64).tiny)
            logs += np.log(largest)
            mass /= largest[:, None]
    ends = 2 * np.array([len(columns) for columns in texts])
    rows = np.arange(len(texts))
    with np.errstate(divide="ignore"):
        return np.asarray(logs + np.log(mass[rows, ends] + mass[rows, ends - 1]), np.float64)
