"""How many pods run: replicas, disruption budget and rollout."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from kustz_tpl.errors import NotationError
from kustz_tpl.messages import closest
from kustz_tpl.notation import cached
from kustz_tpl.notation.quantity import Quantity, parse_quantity

_HIGHEST = 2**31 - 1
_NUMBER = r"0|[1-9][0-9]{0,9}"
_REPLICAS = rf"(?P<least>{_NUMBER})(?:-(?P<most>{_NUMBER}))?"
_PERCENTAGE = r"[1-9][0-9]{0,9}%"
_METRIC_NAME = r"[A-Za-z_][-A-Za-z0-9_.:]{0,252}"
_DEFAULT_METRIC = "cpu=80%"
_OF_THE_REQUEST = ("cpu", "memory")
_AMOUNT = rf"(?P<number>{_NUMBER})(?P<percent>%)?"
_WORDS = ("Recreate", "OnDelete")


class Metric(NamedTuple):
    """Hold a metric and its target: a percentage of the request or an amount per pod."""

    name: str
    percentage: int | None = None
    amount: Quantity | None = None


class Replicas(NamedTuple):
    """Hold a number of pods, or the limits and metrics of an autoscaler."""

    least: int
    most: int | None = None
    metrics: tuple[Metric, ...] = ()
    text: str = ""


class Rollout(NamedTuple):
    """Hold how a new version replaces the old one; None is the default of Kubernetes."""

    type: Literal["RollingUpdate", "Recreate", "OnDelete"]
    max_surge: int | str | None = None
    max_unavailable: int | str | None = None
    text: str = ""


@cached
def parse_replicas(text: str) -> Replicas:
    """Read a number, or `LEAST-MOST [METRIC=TARGET]…` for an autoscaler.

    The target of `cpu` and `memory` is a percentage of the request or an amount per pod; the target
    of any other metric is an amount per pod. The default metric is `cpu=80%`.

    Examples: `3`, `2-10 cpu=75% http_requests_per_second=100`. Refused: a range that starts at 0 or
    does not ascend, targets without a range, a percentage for another metric, a repeated metric, a
    target of 0.
    """
    words = text.split()
    found = re.fullmatch(_REPLICAS, words[0]) if words else None
    if not found:
        raise NotationError("a number, or a range such as 2-10 with cpu=80%", text)
    least = _parse_count(found["least"], text)
    if found["most"] is None:
        if words[1:]:
            is_spaced = words[1] == "-"  # 1 - 3
            guess = f"{max(least, 1)}-{max(least, 1) * 3} {' '.join(words[1:])}"
            hint = f"write {''.join(words[:3]) if is_spaced else guess}"
            raise NotationError("targets such as cpu=80% only with a range", text, hint=hint)
        return Replicas(least, text=text)
    most = _parse_count(found["most"], text)
    if least == 0:
        hint = "only KEDA and Knative scale to 0"
        raise NotationError("a range from 1", words[0], text, hint)
    if most <= least:
        raise NotationError("an ascending range", words[0], text)
    return Replicas(least, most, _parse_metrics(words[1:], text), text)


def _parse_metrics(words: list[str], text: str) -> tuple[Metric, ...]:
    metrics: dict[str, Metric] = {}
    for word in words or [_DEFAULT_METRIC]:
        name, equals, target = word.partition("=")
        if not equals:
            raise NotationError("a target such as cpu=80%", word, text)
        if not re.fullmatch(_METRIC_NAME, name):
            raise NotationError("the name of a metric", name, text)
        if name in metrics:
            raise NotationError("unique metrics", word, text)
        metrics[name] = _parse_target(name, target, text)
    return tuple(metrics.values())


def _parse_target(name: str, target: str, text: str) -> Metric:
    if target.endswith("%"):
        if name not in _OF_THE_REQUEST:
            expected = "a percentage only for cpu or memory: use an amount for other metrics"
            raise NotationError(expected, f"{name}={target}", text)
        if not re.fullmatch(_PERCENTAGE, target):
            raise NotationError("a percentage above 0", target, text)
        return Metric(name, percentage=_parse_count(target[:-1], text))
    amount = parse_quantity(target, within=text)
    if not amount.value:
        raise NotationError("an amount above 0", target, text)
    return Metric(name, amount=amount)


def _parse_count(digits: str, text: str) -> int:
    if int(digits) > _HIGHEST:
        raise NotationError(f"a number up to {_HIGHEST}", digits, text)
    return int(digits)


def parse_disruption_budget(text: str) -> int | str:
    """Read how many pods may be unavailable at once, `N` or `N%`.

    Examples: `1`, `25%`. Refused: 0, which blocks draining nodes; more than 100%.
    """
    amount = _parse_amount(text, text, "a number or a percentage such as 25%")
    if _is_zero(amount):
        raise NotationError("at least 1 or 1%: 0 blocks draining nodes", text)
    return _at_most_all(amount, text)


@cached
def parse_rollout(text: str) -> Rollout:
    """Read `Recreate`, `OnDelete` or `[maxSurge]/[maxUnavailable]`, numbers or percentages.

    Examples: `Recreate`, `1/0`, `25%/`. Refused: `/` alone, 0 on both sides, a maxUnavailable of
    more than 100%.
    """
    for word in _WORDS:
        if text.lower() == word.lower():
            return Rollout("Recreate" if word == "Recreate" else "OnDelete", text=text)
    surge, slash, unavailable = text.partition("/")
    if not slash:
        expected = "Recreate, OnDelete or maxSurge/maxUnavailable such as 1/0"
        raise NotationError(expected, text, hint=closest(text, _WORDS))
    if not surge and not unavailable:
        raise NotationError("maxSurge, maxUnavailable or both", text)
    expected = "a number or a percentage such as 25%"
    numbers = [_parse_amount(e, text, expected) if e else None for e in (surge, unavailable)]
    if all(number is not None and _is_zero(number) for number in numbers):
        raise NotationError("maxSurge or maxUnavailable above 0", text)
    if numbers[1] is not None:
        _at_most_all(numbers[1], text)
    return Rollout("RollingUpdate", numbers[0], numbers[1], text)


def check_rollout(rollout: Rollout, kind: str) -> None:
    """Check a rollout against the kind of workload.

    Refused: `Recreate` for any kind except Deployment, `OnDelete` for a Deployment, numbers for a
    StatefulSet; for a DaemonSet `/0`, numbers above 0 on both sides and more than 100%.
    """
    text, surge, unavailable = rollout.text, rollout.max_surge, rollout.max_unavailable
    if rollout.type == "Recreate" and kind != "Deployment":
        raise NotationError(f"no Recreate for a {kind}", text, hint="write OnDelete")
    if rollout.type == "OnDelete" and kind == "Deployment":
        raise NotationError("no OnDelete for a Deployment", text, hint="write Recreate")
    if rollout.type == "RollingUpdate" and kind == "StatefulSet":
        raise NotationError("OnDelete for a StatefulSet", text)
    if rollout.type != "RollingUpdate" or kind != "DaemonSet":
        return
    if surge is None and unavailable is not None and _is_zero(unavailable):
        raise NotationError("maxUnavailable above 0 for a DaemonSet", text)
    if surge is not None and not _is_zero(surge):
        _at_most_all(surge, text)
        if unavailable is not None and not _is_zero(unavailable):
            raise NotationError("N/0 or /N for a DaemonSet", text)
    elif surge is not None and unavailable is None:
        raise NotationError("N/0 or /N for a DaemonSet", text)


def _parse_amount(word: str, text: str, expected: str) -> int | str:
    found = re.fullmatch(_AMOUNT, word)
    if not found:
        raise NotationError(expected, word, text)
    number = _parse_count(found["number"], text)
    return word if found["percent"] else number


def _is_zero(amount: int | str) -> bool:
    return amount in (0, "0%")


def _at_most_all(amount: int | str, text: str) -> int | str:
    if isinstance(amount, str) and int(amount[:-1]) > 100:  # noqa: PLR2004 - percent
        raise NotationError("at most 100%", amount, text)
    return amount
