"""The console script's entry point."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from kustz_tpl.cli.edge import edge  # noqa: PLC0415 - start-up time

    with edge():
        # Even Ctrl-C in the middle of an import ends at the edge.
        from kustz_tpl.cli import app  # noqa: PLC0415 - as above

        app(prog_name="kustz-tpl")


if __name__ == "__main__":
    main()
