"""Whole random configs: each is refused at a place of its files, or built and valid."""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from kube import build, validate
from language import key_paths, used_paths
from profiles import one_in
from random_configs import generate, random_config, write

from kustz_tpl.errors import InputError
from kustz_tpl.kustomize.checks import check_build
from kustz_tpl.kustomize.program import find_kustomize
from kustz_tpl.pipeline import Generator

GENERATOR = Generator()
SEEDS = st.integers(0, 2**32)


def test_every_key_occurs_in_a_random_config() -> None:
    texts = [random_config(seed).text for seed in range(800)]
    documents = [yaml.load(text, yaml.CBaseLoader) for text in texts]
    used = {path[-1] for document in documents for path in used_paths(document)}
    sops = {"sops", "age"}  # it writes another file each time
    assert {path[-1] for path in key_paths()} - used - sops == set()


@given(SEEDS)
def test_a_random_config_is_refused_at_a_place_of_its_files(seed: int) -> None:
    config = random_config(seed)
    with tempfile.TemporaryDirectory() as folder:
        outcome = generate(config, Path(folder), GENERATOR)
    for each in outcome.diagnostics if isinstance(outcome, InputError) else ():
        assert each.file in ("kustz.yml", *config.files), each
        assert each.line, each


@one_in(10)
@given(SEEDS)
def test_what_a_random_config_generates_is_built_and_valid(seed: int) -> None:
    config = random_config(seed)
    assume(config.is_for_cluster)
    with tempfile.TemporaryDirectory() as folder:
        outcome = generate(config, Path(folder), GENERATOR)
        if isinstance(outcome, InputError):
            reject()
        assert check_build(outcome, find_kustomize())
        write(outcome, Path(folder, "manifests"))
        objects = build(Path(folder, "manifests"))
    assert objects
    validate(objects, yaml.load(config.text, yaml.CBaseLoader).get("kubeVersion", "1.29"))
