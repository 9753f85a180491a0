"""Which entry covers which image: the kubelet's rules, pair by pair."""

from __future__ import annotations

import pytest

from kustz_tpl.notation.image import parse_image
from kustz_tpl.registry.kubelet_keyring import covers, used_servers
from kustz_tpl.registry.server import DOCKER_HUB, canonical_server, server_fault

# Worked out by hand from pkg/credentialprovider/keyring.go of Kubernetes 1.36, whose Lookup gets
# an image's normalised name without its tag (docker.io/library/nginx).
COVERED = [
    # the same host
    ("registry.example.com", "registry.example.com/app"),
    ("registry.example.com", "registry.example.com/team/app:1.0"),
    ("registry.example.com", "registry.example.com/app@sha256:" + "0" * 64),
    ("https://registry.example.com", "registry.example.com/app"),
    ("http://registry.example.com", "registry.example.com/app"),
    ("registry.example.com/", "registry.example.com/app"),
    ("https://registry.example.com/", "registry.example.com/app"),
    ("localhost", "localhost/app"),
    ("10.1.2.3", "10.1.2.3/app"),
    ("https://user@registry.example.com", "registry.example.com/app"),
    ("registry.example.com?x=1", "registry.example.com/app"),
    # ports
    ("registry.example.com:5000", "registry.example.com:5000/app"),
    ("https://registry.example.com:5000", "registry.example.com:5000/app:1"),
    ("localhost:5000", "localhost:5000/app"),
    ("*.example.com:5000", "registry.example.com:5000/app"),
    ("registry.example.com:", "registry.example.com/app"),
    ("[fd00::1]:5000", "[fd00::1]:5000/app"),
    # globs
    ("*.example.com", "registry.example.com/app"),
    ("registry.*.com", "registry.example.com/app"),
    ("reg*.example.com", "registry.example.com/app"),
    ("*try.example.com", "registry.example.com/app"),
    ("r*g*y.example.com", "registry.example.com/app"),
    ("*.*.com", "registry.example.com/app"),
    ("*.*.*", "registry.example.com/app"),
    ("registr[xyz].example.com", "registry.example.com/app"),
    ("reg[1-3].example.com", "reg2.example.com/app"),
    ("**.example.com", "registry.example.com/app"),
    ("https://*.example.com/v1/", "registry.example.com/app"),
    # paths are prefixes of text
    ("registry.example.com/team", "registry.example.com/team/app"),
    ("registry.example.com/team/", "registry.example.com/team/app"),
    ("registry.example.com/team/app", "registry.example.com/team/app:1"),
    ("registry.example.com/tea", "registry.example.com/team/app"),
    ("registry.example.com/foo", "registry.example.com/foobar"),
    ("*.example.com/team", "registry.example.com/team/app"),
    ("registry.example.com:5000/team", "registry.example.com:5000/team/app"),
    # /v1/ and /v2/ are the host alone
    ("https://registry.example.com/v1/", "registry.example.com/app"),
    ("https://registry.example.com/v2/", "registry.example.com/app"),
    ("registry.example.com/v2/", "registry.example.com/team/app"),
    ("registry.example.com/v2/team", "registry.example.com/team/app"),
    ("registry.example.com:5000/v1/", "registry.example.com:5000/app"),
    ("registry.example.com/v2", "registry.example.com/v2/app"),
    # Docker Hub
    ("https://index.docker.io/v1/", "nginx"),
    ("https://index.docker.io/v1/", "nginx:1.29"),
    ("https://index.docker.io/v1/", "team/app"),
    ("https://index.docker.io/v1/", "docker.io/team/app"),
    ("https://index.docker.io/v1/", "index.docker.io/team/app"),
    ("index.docker.io", "nginx"),
    ("https://index.docker.io", "team/app"),
    ("https://index.docker.io/v2/", "team/app"),
    ("docker.io", "nginx"),
    ("docker.io", "docker.io/library/nginx"),
    ("docker.io/library", "nginx"),
    ("docker.io/team", "team/app"),
    ("https://docker.io/v1/", "nginx"),
    ("*.io", "nginx"),
]
NOT_COVERED = [
    ("registry.example.com", "other.example.com/app"),
    ("registry.example.com", "nginx"),
    ("registry.example.com", "registry.example.com.evil.org/app"),
    ("example.com", "registry.example.com/app"),
    ("registry.example.com", "example.com/app"),
    ("Registry.example.com", "registry.example.com/app"),
    ("", "nginx"),
    # ports
    ("registry.example.com", "registry.example.com:443/app"),
    ("registry.example.com:443", "registry.example.com/app"),
    ("registry.example.com:5000", "registry.example.com:5001/app"),
    ("*.example.com", "registry.example.com:5000/app"),
    ("registry.example.com:*", "registry.example.com:5000/app"),
    ("registry.example.com:x", "registry.example.com/app"),
    ("localhost", "localhost:5000/app"),
    ("[fd00::1]", "[fd00::1]/app"),
    # globs never span a dot
    ("*.example.com", "example.com/app"),
    ("*.example.com", "a.b.example.com/app"),
    ("*", "registry.example.com/app"),
    ("*.com", "registry.example.com/app"),
    ("*example.com", "registry.example.com/app"),
    ("reg[1-3].example.com", "reg4.example.com/app"),
    ("reg[^1-3].example.com", "reg4.example.com/app"),
    ("reg[3-1].example.com", "reg2.example.com/app"),
    ("reg[.example.com", "reg.example.com/app"),
    # paths
    ("registry.example.com/team", "registry.example.com/app"),
    ("registry.example.com/team/", "registry.example.com/team"),
    ("registry.example.com/team/app", "registry.example.com/team"),
    ("registry.example.com/app:1.0", "registry.example.com/app:1.0"),
    ("registry.example.com/*/app", "registry.example.com/team/app"),
    ("registry.example.com/v2", "registry.example.com/app"),
    ("https://registry.example.com/v1", "registry.example.com/app"),
    ("registry.example.com/v3/", "registry.example.com/app"),
    # schemes
    ("ftp://registry.example.com", "registry.example.com/app"),
    ("HTTPS://registry.example.com", "registry.example.com/app"),
    ("reg istry.example.com", "registry.example.com/app"),
    # Docker Hub
    ("hub.docker.com", "nginx"),
    ("registry-1.docker.io", "nginx"),
    ("https://index.docker.io/v1", "nginx"),
    ("index.docker.io/team", "team/app"),
    ("https://index.docker.io/v1/", "registry.example.com/app"),
    ("https://index.docker.io/v1/", "localhost/app"),
    ("docker.io/team", "nginx"),
    ("*.docker.io", "nginx"),
    ("docker.io:443", "nginx"),
]


@pytest.mark.parametrize(("server", "image"), COVERED)
def test_covered(server: str, image: str) -> None:
    assert covers(server, parse_image(image))


@pytest.mark.parametrize(("server", "image"), NOT_COVERED)
def test_not_covered(server: str, image: str) -> None:
    assert not covers(server, parse_image(image))


@pytest.mark.parametrize(("server", "image"), COVERED)
def test_what_covers_an_image_is_no_fault(server: str, image: str) -> None:
    odd = ("/v2", "?x=1", "registry.example.com/tea")
    if not server.endswith(odd):
        assert server_fault(server) is None, image


@pytest.mark.parametrize(
    "server",
    [
        "",
        "registry.example.com:x",
        "reg istry.example.com",
        "reg[.example.com",
        "[fd00::1]",
        "registry.example.com/v2",
        "registry.example.com/v1",
        "registry.example.com/app:1.0",
        "registry.example.com/App",
        "registry.example.com/*/app",
        "registry.example.com//app",
        "ftp://registry.example.com",
        "hub.docker.com",
        "registry-1.docker.io",
        "https://index.docker.io/v1",
        "index.docker.io/team",
        "docker.io:443",
    ],
)
def test_names_that_can_never_match(server: str) -> None:
    assert server_fault(server)


@pytest.mark.parametrize(
    "server",
    [
        "docker.io",
        "docker.io/",
        "index.docker.io",
        "https://index.docker.io/v1",
        "https://index.docker.io/v1/",
        "https://index.docker.io/v2/",
        "hub.docker.com",
        "https://hub.docker.com/",
        "registry-1.docker.io",
        "registry.hub.docker.com",
    ],
)
def test_docker_hub_has_one_name(server: str) -> None:
    assert canonical_server(server) == DOCKER_HUB


@pytest.mark.parametrize("server", ["ghcr.io", "docker.io/team", "docker.io.example.com"])
def test_other_names_stay(server: str) -> None:
    assert canonical_server(server) == server


def test_the_more_specific_entry_is_tried_first() -> None:
    servers = ["quay.io", "*.io", "quay.io/team", "ghcr.io"]
    image = parse_image("quay.io/team/app")
    assert used_servers(servers, image) == ["quay.io/team", "quay.io", "*.io"]


def test_the_index_is_only_for_images_that_nothing_else_matches() -> None:
    servers = ["https://index.docker.io/v1/", "docker.io/team"]
    assert used_servers(servers, parse_image("team/app")) == ["docker.io/team"]
    assert used_servers(servers, parse_image("nginx")) == ["https://index.docker.io/v1/"]
