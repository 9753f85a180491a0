"""How many examples a property gets that is slower than others."""

from __future__ import annotations

from hypothesis import settings


def one_in(share: int) -> settings:
    """Return settings for a property that gets one in so many of the profile's examples.

    For one that starts a program for each example, say.
    """
    return settings(max_examples=settings().max_examples // share)
