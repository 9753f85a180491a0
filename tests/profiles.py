"""Fewer examples for slow property tests."""

from __future__ import annotations

from hypothesis import settings


def one_in(share: int) -> settings:
    """Return settings that divide the profile's number of examples by `share`.

    For a property that starts a program for each example, for instance.
    """
    return settings(max_examples=settings().max_examples // share)
