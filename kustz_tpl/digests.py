"""Digests of files; files that differ only in their line ends have the same digest."""

from __future__ import annotations

from hashlib import blake2b, sha256


def digest(content: bytes) -> str:
    """Return the first 16 digits of the SHA-256 of a file."""
    return sha256(content.replace(b"\r\n", b"\n")).hexdigest()[:16]


def salted_digest(content: bytes, salt: str) -> str:
    """Return a digest that reveals nothing about a file to anyone without the salt."""
    key = bytes.fromhex(salt)
    return blake2b(content.replace(b"\r\n", b"\n"), digest_size=12, key=key).hexdigest()
