"""Exact binomial chances and bounds, as SciPy computes them; it is loaded when one is asked for. Pure.

SciPy's special functions cost a fifth of a second and 40 MB, which starting the application need not pay.
Every argument may be a number or an array; numbers give a NumPy number.
"""

from importlib import import_module
from typing import Any

from annotation.arrays import Numbers as Numbers
from annotation.arrays import arrays as arrays


def at_most(hits: Numbers, trials: Numbers, chance: Numbers) -> Numbers:
    """The chance of `hits` or fewer in so many trials."""
    np = arrays()
    found = _special().bdtr(np.maximum(hits, 0), np.maximum(hits, trials), chance)
    return np.where(np.less(hits, 0), 0.0, np.where(np.greater_equal(hits, trials), 1.0, found))


def at_least(hits: Numbers, trials: Numbers, chance: Numbers) -> Numbers:
    """The chance of `hits` or more in so many trials."""
    np = arrays()
    inside = np.clip(np.subtract(hits, 1), 0, None)
    found = _special().bdtrc(inside, np.maximum(inside, trials), chance)
    return np.where(np.less_equal(hits, 0), 1.0, np.where(np.greater(hits, trials), 0.0, found))


def exactly(hits: Numbers, trials: Numbers, chance: Numbers) -> Numbers:
    """The chance of `hits` in so many trials."""
    return at_most(hits, trials, chance) - at_most(hits - 1, trials, chance)


def quantile(share: float, trials: Numbers, chance: Numbers) -> Numbers:
    """The fewest hits of which the chance of so many or fewer is at least `share`."""
    np = arrays()
    near = np.nan_to_num(np.ceil(_special().bdtrik(share, trials, chance))).astype(np.int64)
    below = np.maximum(near - 1, 0)
    return np.where(at_most(below, trials, chance) >= share, below, near)


def lower_share(hits: Numbers, trials: Numbers, doubt: float) -> Numbers:
    """The lower bound of a share (Clopper and Pearson 1934): too high in at most `doubt` of all cases."""
    np = arrays()
    found = _special().betaincinv(np.maximum(hits, 1), np.maximum(np.subtract(trials, hits), 0) + 1, doubt)
    return np.where(np.equal(hits, 0), 0.0, found)


def upper_share(hits: Numbers, trials: Numbers, doubt: float) -> Numbers:
    """The upper bound of a share: too low in at most `doubt` of all cases."""
    return 1.0 - lower_share(arrays().subtract(trials, hits), trials, doubt)


def _special() -> Any:
    return import_module("scipy.special")
