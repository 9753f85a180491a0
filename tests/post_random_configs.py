"""Post what random configs generate to an API server, and print what it refuses.

Usage: python tests/post_random_configs.py COUNT SEED URL

The URL is that of `kubectl proxy`, such as http://127.0.0.1:8001. The server needs the CRDs of
External Secrets, Gateway API and Istio. Nothing is created: each object is sent as a dry run.
Two runs with other seeds share the work of two processors.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from kube import build
from random_configs import generate, random_config, write

from kustz_tpl.errors import InputError
from kustz_tpl.pipeline import Generator

Object = dict[str, Any]

BATCH = 20
CREATED = (200, 201)
GENERATOR = Generator()


def main() -> None:
    """Post the objects of COUNT configs from SEED on, and print the counts."""
    count, seed, url = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    server = HTTPConnection(urlsplit(url).netloc, timeout=60)
    counts: Counter[str] = Counter(configs=count)
    seeds = range(seed, seed + count)
    for first in range(0, count, BATCH):
        for wrong, problem in problems(seeds[first : first + BATCH], server, counts):
            counts["refused"] += 1
            sys.stdout.write(f"seed {wrong}: {problem}\n")
            sys.stdout.flush()
    sys.stdout.write(", ".join(f"{number} {what}" for what, number in counts.items()) + "\n")
    sys.exit(bool(counts["refused"]))


def problems(
    seeds: Sequence[int], server: HTTPConnection, counts: Counter[str]
) -> Iterator[tuple[int, str]]:
    """Yield the seeds whose config is accepted and cannot be built or created, with the reason.

    What is accepted and posted is counted, the objects by kind.
    """
    with tempfile.TemporaryDirectory() as name:
        accepted = [each for each in seeds if accept(each, Path(name))]
        counts["accepted"] += len(accepted)
        for each in built(accepted, Path(name)):
            if isinstance(each, tuple):
                yield each
                continue
            counts[each["kind"]] += 1
            if problem := post(server, each):
                yield int(each["metadata"]["namespace"][1:]), problem


def accept(seed: int, folder: Path) -> bool:
    """Write what a config generates into `sSEED`, with a namespace of its own; False if refused."""
    config = random_config(seed)
    home, wrapper = folder / f"s{seed}", folder / f"n{seed}"
    home.mkdir()
    outcome = generate(config, home, GENERATOR)
    if isinstance(outcome, InputError) or not config.is_for_cluster:
        return False
    write(outcome, home / "manifests")
    write_kustomization(wrapper, [f"../s{seed}/manifests"], namespace=wrapper.name)
    return True


def built(seeds: Sequence[int], folder: Path) -> Iterator[Object | tuple[int, str]]:
    """Yield the objects of all configs, which one run of kubectl builds, or why it builds none."""
    if not seeds:
        return
    write_kustomization(folder, [f"n{seed}" for seed in seeds])
    try:
        yield from build(folder)
    except AssertionError:
        for seed in seeds:  # to find the wrong ones
            try:
                yield from build(folder / f"n{seed}")
            except AssertionError as error:
                yield seed, str(error)


def write_kustomization(folder: Path, resources: list[str], **fields: str) -> None:
    """Write a kustomization that builds other folders."""
    folder.mkdir(exist_ok=True)
    text = yaml.safe_dump({"resources": resources, **fields})
    (folder / "kustomization.yml").write_text(text, "utf-8")


def post(server: HTTPConnection, each: Object) -> str | None:
    """Return why the server refuses an object, None if it does not."""
    namespace, kind = each["metadata"]["namespace"], each["kind"]
    version = each["apiVersion"]
    path = f"{prefix(version)}/namespaces/{namespace}/{plural(server, version, kind)}"
    query = "dryRun=All&fieldValidation=Strict"
    headers = {"Content-Type": "application/json"}
    server.request("POST", f"{path}?{query}", json.dumps(each), headers)
    answer = server.getresponse()
    body = answer.read()
    return None if answer.status in CREATED else str(json.loads(body)["message"])


def prefix(version: str) -> str:
    """Return the path of an API version."""
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


@cache
def plural(server: HTTPConnection, version: str, kind: str) -> str:
    """Return how the server names a kind in paths."""
    server.request("GET", prefix(version))
    resources = json.load(server.getresponse())["resources"]
    return str(
        next(each["name"] for each in resources if each["kind"] == kind and "/" not in each["name"])
    )


if __name__ == "__main__":
    main()
