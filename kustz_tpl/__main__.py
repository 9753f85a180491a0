"""The console script's entry point."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from kustz_tpl.cli import app  # noqa: PLC0415 - start-up time

    app()


if __name__ == "__main__":
    main()
