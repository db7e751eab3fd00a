"""95 % intervals of shares: Wilson's of one, Newcombe's of the difference of two (his method 10, of Wilson's)."""

from math import sqrt

_Z = 1.959964


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The interval of a share, from 0 to 1; the whole of it where nothing was counted."""
    if whole == 0:
        return 0.0, 1.0
    share, z2 = part / whole, _Z * _Z
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z / (1 + z2 / whole) * sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(before: tuple[int, int], after: tuple[int, int]) -> tuple[float, float]:
    """The interval of the share after, less the share before; each as part and whole, neither whole 0."""
    (low_b, high_b), (low_a, high_a) = wilson(*before), wilson(*after)
    b, a = before[0] / before[1], after[0] / after[1]
    down, up = sqrt((a - low_a) ** 2 + (high_b - b) ** 2), sqrt((high_a - a) ** 2 + (b - low_b) ** 2)
    return a - b - down, a - b + up
