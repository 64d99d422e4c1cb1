"""A photographed or far-tilted page brought into the frame of its blank, so that it can be laid over like a scanned one.

What: corners of print found on both, the perspective that most of them agree on, the page warped by it.
Why: laying starts from a page within six degrees of straight and without perspective; a photograph has neither.
Refuses: a perspective that few agree on, or that folds or shrinks the page (None).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from intake.fax import GrayImage

HALF = 0.5  # features are looked for at half the size: strokes a pixel wide are noise to them
FEATURES = 6000  # corners of print kept on each
TELLING = 0.8  # of the distance to the second-best mate, at most: otherwise the corner may be many
AGREEING_PX = 4.0  # within which a corner lies where the perspective puts it, at half size
ENOUGH = 30  # corners that must agree; a stranger's page has some ten by chance


def straightened(page: GrayImage, blank: GrayImage) -> GrayImage | None:
    """The page as seen straight on, of the blank's size; None where no perspective holds."""
    finder = cv2.SIFT.create(nfeatures=FEATURES)
    small = [cv2.resize(one, None, fx=HALF, fy=HALF, interpolation=cv2.INTER_AREA) for one in (page, blank)]
    (at_page, of_page), (at_blank, of_blank) = (finder.detectAndCompute(one, None) for one in small)
    if len(at_page) < ENOUGH or len(at_blank) < ENOUGH:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(of_blank, of_page, k=2)
    good = [two[0] for two in pairs if len(two) == 2 and two[0].distance < TELLING * two[1].distance]
    if len(good) < ENOUGH:
        return None
    here = np.array([at_page[one.trainIdx].pt for one in good], np.float32)
    there = np.array([at_blank[one.queryIdx].pt for one in good], np.float32)
    found, agreeing = cv2.findHomography(here, there, cv2.RANSAC, AGREEING_PX)
    if int(np.count_nonzero(agreeing)) < ENOUGH:  # nothing found is nothing that agrees
        return None
    onto = np.asarray(found, np.float64)
    if not _is_sane(onto):
        return None
    scale = np.diag([1 / HALF, 1 / HALF, 1.0])
    full = scale @ onto @ np.linalg.inv(scale)
    height, width = blank.shape
    warped = cv2.warpPerspective(
        page, full, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255.0,)
    )
    return np.asarray(warped, np.uint8)


def _is_sane(onto: npt.NDArray[np.float64]) -> bool:
    """A sheet seen from its front, neither a speck nor a wall."""
    area = float(np.linalg.det(onto[:2, :2]))
    return 0.1 < area < 10 and float(np.abs(onto[2, :2]).max()) < 1e-3
