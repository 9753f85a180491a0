from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.mount import Mount, parse_mount, parse_mount_path
from kustz_tpl.notation.quantity import Quantity, parse_quantity

VOLUME = (
    "expected a volume such as configmap://NAME, secret://NAME/KEY, pvc://NAME?size=1Gi"
    " or emptydir://, got "
)
SUBDOMAIN = (
    "expected a name of lower-case letters, digits, '-' and '.'"
    " (at most 253, the first and the last of each part a letter or digit), got "
)
LABEL = (
    "expected a name of lower-case letters, digits and '-'"
    " (at most 63, the first and the last a letter or digit), got "
)
KEY = "expected a key of letters, digits, '-', '_' and '.' (at most 253, not '.', no '..' first), got "
INNER = "expected a path within the volume, without '..', got "
GIB = Quantity("1Gi", 2**30 * 10**9)


def mount(scheme: str, name: str, part: str | None = None, **options: Any) -> Mount:  # noqa: ANN401 - as Mount
    read_only = options.pop("readOnly", None)
    return Mount(scheme, name, part, read_only, tuple(sorted(options.items())))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("configmap://shop-settings", mount("configmap", "shop-settings")),
        ("ConfigMap://a.b/app.toml", mount("configmap", "a.b", "app.toml")),
        ("configmap://a/1", mount("configmap", "a", "1")),
        (
            "secret://shop-tls/tls.crt?mode=0440&optional=true",
            mount("secret", "shop-tls", "tls.crt", mode=0o440, optional=True),
        ),
        ("secret://a?mode=0o440", mount("secret", "a", mode=0o440)),
        ("secret://a?mode=400&readOnly=false", mount("secret", "a", mode=0o400, readOnly=False)),
        ("secret://a?optional=false", mount("secret", "a", optional=False)),
        ("pvc://data", mount("pvc", "data")),
        ("pvc://data/a b/c.d?readOnly=true", mount("pvc", "data", "a b/c.d", readOnly=True)),
        ("pvc://data/..a", mount("pvc", "data", "..a")),
        (
            "pvc://data?size=1Gi&class=fast&access=RWX",
            mount("pvc", "data", access=("ReadWriteMany",), size=GIB, **{"class": "fast"}),
        ),
        (
            "pvc://data?access=rwo,ReadOnlyMany&class=&size=1Gi",
            mount(
                "pvc",
                "data",
                access=("ReadWriteOnce", "ReadOnlyMany"),
                size=GIB,
                **{"class": ""},
            ),
        ),
        ("emptydir://", mount("emptydir", "")),
        ("emptydir://sockets", mount("emptydir", "sockets")),
        (
            "emptydir://a/b?medium=memory&sizeLimit=1Gi",
            mount("emptydir", "a", "b", medium="Memory", sizeLimit=GIB),
        ),
        ("emptydir://?medium=hugepages-2Mi", mount("emptydir", "", medium="HugePages-2Mi")),
        ("emptydir://?medium=HugePages", mount("emptydir", "", medium="HugePages")),
        ("emptydir://?sizeLimit=0", mount("emptydir", "", sizeLimit=Quantity("0", 0))),
        ("hostpath:///", mount("hostpath", "/")),
        (
            "hostpath:///var/log?type=directory&readOnly=true",
            mount("hostpath", "/var/log", type="Directory", readOnly=True),
        ),
        ("nfs://nas.example.com/export", mount("nfs", "nas.example.com", "/export")),
        ("nfs://10.9.8.7/", mount("nfs", "10.9.8.7", "/")),
        (
            "csi://secrets-store.csi.k8s.io?readOnly=true&secretProviderClass=a%26b",
            mount("csi", "secrets-store.csi.k8s.io", readOnly=True, secretProviderClass="a&b"),
        ),
        ("image://ghcr.io/team/models:1.0", mount("image", "ghcr.io/team/models:1.0")),
        (
            f"image://a@sha256:{'0' * 64}?pullPolicy=always",
            mount("image", f"a@sha256:{'0' * 64}", pullPolicy="Always"),
        ),
        (
            "token://token?audience=https%3A%2F%2Fvault&expirationSeconds=600",
            mount("token", "token", audience="https://vault", expirationSeconds=600),
        ),
        (
            "token://t?expirationSeconds=4294967296",
            mount("token", "t", expirationSeconds=2**32),
        ),
        ("volume://scratch/tmp", mount("volume", "scratch", "tmp")),
    ],
)
def test_parse_mount(text: str, expected: Mount) -> None:
    assert parse_mount(text) == expected._replace(text=text)


def test_an_option_is_what_a_parameter_says() -> None:
    parsed = parse_mount("pvc://data?size=1Gi")
    assert (parsed.option("size"), parsed.option("class")) == (GIB, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", VOLUME + "''"),
        ("shop-settings", VOLUME + "'shop-settings'"),
        ("configmap://a\n", VOLUME + r"'configmap://a\n'"),
        (
            "confgmap://a",
            (
                "expected configmap, secret, pvc, emptydir, hostpath, nfs, csi, image, token or volume"
                " before '://', got 'confgmap' in 'confgmap://a'; did you mean configmap?"
            ),
        ),
        ("configmap://", SUBDOMAIN + "'' in 'configmap://'"),
        ("configmap://Shop", SUBDOMAIN + "'Shop' in 'configmap://Shop'; did you mean shop?"),
        ("secret://a/b/c", KEY + "'b/c' in 'secret://a/b/c'"),
        ("secret://a/", KEY + "'' in 'secret://a/'"),
        ("pvc://data/", INNER + "'' in 'pvc://data/'"),
        ("pvc://data//a", INNER + "'/a' in 'pvc://data//a'"),
        ("pvc://data/a/../b", INNER + "'a/../b' in 'pvc://data/a/../b'"),
        ("emptydir:///tmp", "expected a name before the path, got '/tmp' in 'emptydir:///tmp'"),
        ("emptydir://a.b", LABEL + "'a.b' in 'emptydir://a.b'"),
        ("volume://", LABEL + "'' in 'volume://'"),
        (
            "hostpath://var/log",
            (
                "expected an absolute path after hostpath://, so three slashes, got 'var/log'"
                " in 'hostpath://var/log'"
            ),
        ),
        ("hostpath:///a/..", "expected a path without '..', got '/a/..' in 'hostpath:///a/..'"),
        (
            "nfs://nas",
            (
                "expected a server and a path such as nfs://nas.example.com/export, got 'nas'"
                " in 'nfs://nas'"
            ),
        ),
        (
            "nfs:///export",
            (
                "expected a server and a path such as nfs://nas.example.com/export, got '/export'"
                " in 'nfs:///export'"
            ),
        ),
        (
            "csi://a_b",
            "expected the name of a CSI driver (at most 63 characters), got 'a_b' in 'csi://a_b'",
        ),
        (
            "image://Team/a",
            (
                "expected an image path of lower-case letters and digits with '.', '_', '-' or '/'"
                " between them, got 'Team/a' in 'image://Team/a'; did you mean team/a?"
            ),
        ),
        ("token://a/b", "expected a file name such as token, got 'a/b' in 'token://a/b'"),
        ("token://..a", "expected a file name such as token, got '..a' in 'token://..a'"),
        (
            "secret://a?readonly=true",
            (
                "expected the parameters mode, optional and readOnly only, got 'readonly'"
                " in 'secret://a?readonly=true'; did you mean readOnly?"
            ),
        ),
        (
            "image://a?readOnly=true",
            "expected the parameter pullPolicy only, got 'readOnly' in 'image://a?readOnly=true'",
        ),
        ("secret://a?mode", "expected name=value, got 'mode' in 'secret://a?mode'"),
        ("csi://a?=b", "expected name=value, got '=b' in 'csi://a?=b'"),
        (
            "pvc://a?size=1Gi&size=2Gi",
            "expected unique parameters, got 'size' in 'pvc://a?size=1Gi&size=2Gi'",
        ),
        (
            "csi://a?b=%zz",
            (
                "expected two hexadecimal digits after the '%', got '%zz' in 'csi://a?b=%zz'"
                "; write %25 for a '%'"
            ),
        ),
        (
            "csi://a?b=%0A",
            "expected no control character in a parameter, got '%0A' in 'csi://a?b=%0A'",
        ),
        (
            "secret://a?readOnly=yes",
            "expected true or false, got 'yes' in 'secret://a?readOnly=yes'",
        ),
        ("secret://a?optional=", "expected true or false, got '' in 'secret://a?optional='"),
        (
            "secret://a?mode=440x",
            "expected an octal mode such as 0440, got '440x' in 'secret://a?mode=440x'",
        ),
        (
            "secret://a?mode=0o880",
            "expected an octal mode such as 0440, got '0o880' in 'secret://a?mode=0o880'",
        ),
        (
            "secret://a?mode=1777",
            "expected an octal mode such as 0440, got '1777' in 'secret://a?mode=1777'",
        ),
        (
            "pvc://a?size=10GB",
            (
                "expected a quantity such as 250m, 0.5 or 128Mi, got '10GB' in 'pvc://a?size=10GB'"
                "; did you mean 10Gi?"
            ),
        ),
        ("pvc://a?size=0", "expected a size above 0, got '0' in 'pvc://a?size=0'"),
        (
            "pvc://a?size=100m",
            "expected whole bytes, got '100m' in 'pvc://a?size=100m'; did you mean 100Mi?",
        ),
        (
            "pvc://a?class=fast",
            (
                "expected class only with size: without size, the claim must exist,"
                " got 'class=fast' in 'pvc://a?class=fast'"
            ),
        ),
        (
            "pvc://a?access=RWX",
            (
                "expected access only with size: without size, the claim must exist,"
                " got 'access=RWX' in 'pvc://a?access=RWX'"
            ),
        ),
        (
            "pvc://a?size=1Gi&class=A",
            SUBDOMAIN + "'A' in 'pvc://a?size=1Gi&class=A'; did you mean a?",
        ),
        (
            "pvc://a?size=1Gi&access=RWOX",
            (
                "expected RWO, ROX, RWX or RWOP, got 'RWOX' in 'pvc://a?size=1Gi&access=RWOX'"
                "; did you mean RWX?"
            ),
        ),
        (
            "pvc://a?size=1Gi&access=RWOP,RWO",
            "expected RWOP alone, got 'RWOP,RWO' in 'pvc://a?size=1Gi&access=RWOP,RWO'",
        ),
        (
            "pvc://a?size=1Gi&access=RWO,rwo",
            "expected unique access modes, got 'RWO,rwo' in 'pvc://a?size=1Gi&access=RWO,rwo'",
        ),
        (
            "emptydir://?medium=disk",
            "expected Memory or HugePages-SIZE, got 'disk' in 'emptydir://?medium=disk'",
        ),
        (
            "emptydir://?readOnly=true",
            (
                "expected the parameters medium and sizeLimit only, got 'readOnly'"
                " in 'emptydir://?readOnly=true'"
            ),
        ),
        (
            "hostpath:///a?type=Direktory",
            (
                "expected DirectoryOrCreate, Directory, FileOrCreate, File, Socket, CharDevice or"
                " BlockDevice, got 'Direktory' in 'hostpath:///a?type=Direktory'; did you mean Directory?"
            ),
        ),
        (
            "token://t?expirationSeconds=60",
            (
                "expected at least 600 seconds (at most 2^32), got '60'"
                " in 'token://t?expirationSeconds=60'"
            ),
        ),
        (
            "token://t?expirationSeconds=4294967297",
            (
                "expected at least 600 seconds (at most 2^32), got '4294967297'"
                " in 'token://t?expirationSeconds=4294967297'"
            ),
        ),
        (
            "token://t?audience=",
            "expected an audience such as vault, got '' in 'token://t?audience='",
        ),
        (
            "image://a?pullPolicy=newer",
            (
                "expected Always, Never or IfNotPresent, got 'newer' in 'image://a?pullPolicy=newer'"
                "; did you mean Never?"
            ),
        ),
    ],
)
def test_parse_mount_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_mount(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["/data", "/etc/shop/features.toml", "/a/", "/a b", "/..a"])
def test_parse_mount_path(text: str) -> None:
    assert parse_mount_path(text) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data", "expected an absolute path, got 'data'"),
        ("", "expected an absolute path, got ''"),
        ("/", "expected a path below /, got '/'"),
        ("//", "expected a path below /, got '//'"),
        ("/a/..", "expected a path without '..', ':' and control characters, got '/a/..'"),
        ("/a:b", "expected a path without '..', ':' and control characters, got '/a:b'"),
        ("/a\n", r"expected a path without '..', ':' and control characters, got '/a\n'"),
    ],
)
def test_parse_mount_path_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_mount_path(text)
    assert str(caught.value) == message


NAMES = st.from_regex(r"[a-z]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True)
PARTS = st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,8}(\.[a-z]{1,3})?", fullmatch=True)
SIZES = st.builds(
    lambda n, unit: f"{n}{unit}", st.integers(1, 9999), st.sampled_from(["", "k", "Mi", "Gi"])
)
VALUES = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=8)


def encoded(value: str) -> str:
    return "".join(f"%{byte:02X}" for byte in value.encode())


@given(
    scheme=st.sampled_from(["configmap", "SECRET"]),
    name=NAMES,
    part=PARTS,
    mode=st.integers(0, 0o777) | st.none(),
    optional=st.booleans() | st.none(),
)
def test_a_written_key_reads_back(
    scheme: str, name: str, part: str | None, mode: int | None, *, optional: bool | None
) -> None:
    parameters = [f"mode={mode:04o}"] if mode is not None else []
    parameters += [f"optional={str(optional).lower()}"] if optional is not None else []
    text = f"{scheme}://{name}" + (f"/{part}" if part else "")
    parsed = parse_mount("?".join([text, "&".join(parameters)]) if parameters else text)
    assert (parsed.scheme, parsed.name, parsed.part) == (scheme.lower(), name, part)
    assert (parsed.option("mode"), parsed.option("optional")) == (mode, optional)


@given(
    name=NAMES,
    part=PARTS,
    size=SIZES,
    storage_class=NAMES | st.just(""),
    read_only=st.booleans(),
)
def test_a_written_claim_reads_back(
    name: str, part: str | None, size: str, storage_class: str, *, read_only: bool
) -> None:
    text = f"pvc://{name}" + (f"/{part}" if part else "")
    parsed = parse_mount(
        f"{text}?class={storage_class}&readOnly={str(read_only).lower()}&size={size}"
    )
    assert (parsed.name, parsed.part, parsed.read_only) == (name, part, read_only)
    assert parsed.options == (("class", storage_class), ("size", parse_quantity(size)))


@given(NAMES, st.dictionaries(NAMES, VALUES, max_size=4))
def test_the_attributes_of_a_driver_read_back(driver: str, attributes: dict[str, str]) -> None:
    query = "&".join(f"{name}={encoded(value)}" for name, value in attributes.items())
    parsed = parse_mount(f"csi://{driver}" + (f"?{query}" if query else ""))
    assert parsed == mount("csi", driver, **attributes)._replace(text=parsed.text)
