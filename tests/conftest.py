"""Settings that all tests share: how many examples a property gets, and `--golden`."""

from __future__ import annotations

import gc
import os
import signal

import pytest
from hypothesis import HealthCheck, settings

# Whatever PATH is set to, git itself calls sed, and the documentation calls grep.
os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", ""), os.defpath])
# Where it is set, every Python that a test starts compiles all our modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# kubectl and sops end before it pays to collect garbage.
os.environ |= {"GOGC": "off", "GOMEMLIMIT": "256MiB"}
# A shell lets its background jobs ignore Ctrl-C, and they what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

EXAMPLES = {"dev": 100, "check": 2_000, "slow": 50_000}

for name, examples in EXAMPLES.items():
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        derandomize=name == "dev" and "CI" in os.environ,
        print_blob=True,
        # It measures seconds, and so how busy the machine is, not the strategy.
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


# A short run of the command line collects no garbage; here, it would look at all that pytest holds.
gc.set_threshold(100_000)


def pytest_collection_finish() -> None:
    """Leave the tests themselves out of every search for garbage."""
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="rewrite what cases and examples expect")


@pytest.fixture
def is_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--golden"))
