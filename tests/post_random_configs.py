"""Post what random configs generate to an API server, and print what it refuses.

Usage: python tests/post_random_configs.py COUNT SEED URL

The URL is that of `kubectl proxy`, such as http://127.0.0.1:8001. The server needs the CRDs of
External Secrets, Gateway API and Istio. Nothing is created: each object is sent as a dry run.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import yaml
from kube import build
from random_configs import generate, random_config, write

from kustz_tpl.errors import InputError
from kustz_tpl.pipeline import Generator

Object = dict[str, Any]

BATCH = 20
GENERATOR = Generator()


def main() -> None:
    """Post the objects of COUNT configs from SEED on, and print the counts."""
    count, seed, url = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    seeds = range(seed, seed + count)
    counts: Counter[str] = Counter(generated=count)
    for first in range(0, count, BATCH):
        with tempfile.TemporaryDirectory() as folder:
            accepted = [each for each in seeds[first : first + BATCH] if accept(each, Path(folder))]
            counts["accepted"] += len(accepted)
            for each in built(accepted, Path(folder)):
                counts["posted"] += 1
                if problem := post(url, each):
                    counts["refused by the server"] += 1
                    sys.stdout.write(f"seed {each['metadata']['namespace'][1:]}: {problem}\n")
    sys.stdout.write(", ".join(f"{number} {what}" for what, number in counts.items()) + "\n")
    sys.exit(bool(counts["refused by the server"]))


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


def built(seeds: Sequence[int], folder: Path) -> Iterator[Object]:
    """Yield the objects of all configs, which one run of kubectl builds."""
    if seeds:
        write_kustomization(folder, [f"n{seed}" for seed in seeds])
        yield from build(folder)


def write_kustomization(folder: Path, resources: list[str], **fields: str) -> None:
    """Write a kustomization that builds other folders."""
    folder.mkdir(exist_ok=True)
    text = yaml.safe_dump({"resources": resources, **fields})
    (folder / "kustomization.yml").write_text(text, "utf-8")


def post(url: str, each: Object) -> str | None:
    """Return why the server refuses an object, None if it does not."""
    namespace, kind = each["metadata"]["namespace"], each["kind"]
    path = f"{prefix(each['apiVersion'])}/namespaces/{namespace}/{plural(url, each['apiVersion'], kind)}"
    query = "dryRun=All&fieldValidation=Strict"
    headers = {"Content-Type": "application/json"}
    request = Request(f"{url}{path}?{query}", json.dumps(each).encode(), headers)
    try:
        with urlopen(request):
            return None
    except HTTPError as error:
        return str(json.load(error)["message"])


def prefix(version: str) -> str:
    """Return the path of an API version."""
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


@cache
def plural(url: str, version: str, kind: str) -> str:
    """Return how the server names a kind in paths."""
    with urlopen(url + prefix(version)) as answer:
        resources = json.load(answer)["resources"]
    return str(
        next(each["name"] for each in resources if each["kind"] == kind and "/" not in each["name"])
    )


if __name__ == "__main__":
    main()
