"""Settings that all tests share: how many examples a property gets, and `--golden`."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# However little is on PATH, git itself calls sed, and the documents call grep.
os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", ""), os.defpath])
# Some machines forbid it, and then every program that a test starts compiles all our modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

EXAMPLES = {"dev": 100, "check": 2_000, "slow": 50_000}

for name, examples in EXAMPLES.items():
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        derandomize=name == "dev" and "CI" in os.environ,
        print_blob=True,
        # It counts the seconds of a busy machine, not a fault of the strategy.
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="rewrite what cases and examples expect")


@pytest.fixture
def is_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--golden"))
