"""The commands `templates …`, which eject, compare and update templates."""

# No annotations from __future__ here: Typer evaluates each of them several times.

from collections.abc import Iterable
from typing import Annotated

import typer

from kustz_tpl.cli import options
from kustz_tpl.cli.command import Command, Group, new_app
from kustz_tpl.cli.diagnostics import print_diagnostics
from kustz_tpl.cli.template_files import find, write_new, write_over
from kustz_tpl.cli.terminal import counted, print_line, print_note, print_text
from kustz_tpl.errors import Diagnostic, InputError, ProgramError, RefusedError
from kustz_tpl.template_admin.catalogue import Entry, find_lost_blocks, list_templates
from kustz_tpl.template_admin.comparison import (
    Status,
    Update,
    compare,
    diff_of_built_in,
    diff_of_user,
    update,
)
from kustz_tpl.template_admin.ejection import eject

app = new_app(cls=Group, no_args_is_help=True)

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME", help="Templates; by default, all ejected ones."),
]


@app.callback()
def templates() -> None:
    """Customise the built-in templates and keep them up to date.

    Your templates are in kustz-templates/, next to the kustz.yml, or in the folders of
    --templates.
    """


@app.command("list", cls=Command)
def list_(*, config: options.Config = None, folders: options.Templates = None) -> None:
    """List all templates with their blocks and the keys that they use."""
    found = find(config, folders)
    for entry in list_templates(found.users, found.built_ins.current):
        for line in _entry_lines(entry):
            print_line(line)


@app.command("show", cls=Command)
def show_(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="NAME, or kustz/NAME for the built-in one.")
    ],
    *,
    config: options.Config = None,
    folders: options.Templates = None,
) -> None:
    """Print a template: yours, or else the built-in one."""
    found = find(config, folders)
    print_text(found.text(name))


@app.command("eject", cls=Command)
def eject_(
    names: Annotated[list[str], typer.Argument(metavar="NAME", help="Built-in templates.")],
    *,
    full: Annotated[bool, typer.Option("--full", help="Copy the whole template.")] = False,
    config: options.Config = None,
    folders: options.Templates = None,
) -> None:
    """Copy a built-in template to change it.

    Writes a file that extends the built-in template into your folder. All its blocks are
    comments; uncomment those that you change. Never overwrites a file.
    """
    found = find(config, folders)
    chosen = {name: found.built_in(name) for name in dict.fromkeys(names)}
    texts = {name: eject(found.built_ins.chain(name), is_whole=full) for name in chosen.values()}
    for path in write_new(found.folder, texts):
        print_line(f"created  {path}")


@app.command("status", cls=Command)
def status(*, config: options.Config = None, folders: options.Templates = None) -> None:
    """Show which ejected templates and their built-in templates changed."""
    found = find(config, folders)
    statuses = [compare(file, text, found.built_ins) for file, text in found.ejected(None).items()]
    for each in statuses:
        if each:
            print_line(f"{_state(each):<10} {each.file}{_news(each)}")
    if not statuses:
        print_note("no template was ejected; to eject one, run: kustz-tpl templates eject NAME")


@app.command("diff", cls=Command)
def diff(
    names: Names = None,
    *,
    upstream: Annotated[
        bool, typer.Option("--upstream", help="Show what changed in the built-in template instead.")
    ] = False,
    config: options.Config = None,
    folders: options.Templates = None,
) -> None:
    """Show what you changed in ejected templates."""
    found = find(config, folders)
    diagnostics: list[Diagnostic] = []
    for file, text in found.ejected(names).items():
        try:
            print_text(
                diff_of_built_in(text, found.built_ins)
                if upstream
                else diff_of_user(file, text, found.built_ins)
            )
        except RefusedError as error:
            diagnostics.append(Diagnostic(file, 0, 0, "", str(error)))
    _fail(diagnostics)


@app.command("update", cls=Command)
def update_(
    names: Names = None, *, config: options.Config = None, folders: options.Templates = None
) -> None:
    """Merge changes of the built-in templates into yours.

    Conflicting changes get git conflict markers, and the exit code is 1. Requires git.
    """
    found = find(config, folders)
    diagnostics: list[Diagnostic] = []
    for file, text in found.ejected(names).items():
        try:
            done = update(file, text, found.built_ins)
            print_line(_put_in_place(done, text))
        except (RefusedError, ProgramError) as error:
            diagnostics.append(Diagnostic(file, 0, 0, "", str(error)))
        except InputError as error:
            diagnostics += error.diagnostics
        else:
            if done.has_conflict:
                message = "has conflict markers; resolve the conflicts"
                diagnostics.append(Diagnostic(done.new_file, 0, 0, "", message))
    _fail(diagnostics)


@app.command("test", cls=Command)
def try_(
    *,
    config: options.Config = None,
    folders: options.Templates = None,
    allow_python_filters: options.PythonFilters = False,
) -> None:
    """Render all templates with example configs and your values."""
    from kustz_tpl.pipeline import Generator  # noqa: PLC0415 - only here
    from kustz_tpl.template_admin.trial import example_names, try_templates  # noqa: PLC0415

    found = find(config, folders)
    generator = Generator(found.folders, allow_python_filters=allow_python_filters)
    lost = list(find_lost_blocks(found.users, found.built_ins.current))
    tried = try_templates(generator, found.values())
    # A warning of generate is an error here.
    known = {(each.file, each.line, each.message) for each in lost}
    print_diagnostics(
        each
        for each in tried
        if each.severity == "warning" and (each.file, each.line, each.message) not in known
    )
    _fail([*lost, *(each for each in tried if each.severity == "error")])
    number = sum(len(texts) for texts in found.users.values())
    examples = counted(len(example_names()), "example")
    print_line(
        f"{counted(number, 'template')} of yours and the built-in templates render with {examples}"
    )


def _entry_lines(entry: Entry) -> Iterable[str]:
    parent = entry.outline.parent if entry.outline else None
    notes = [f"extends {parent}"] if parent else []
    notes += [f"overrides {entry.hides}"] if entry.hides not in {None, parent} else []
    notes += [f"overridden by {entry.hidden_by}"] if entry.hidden_by else []
    notes += ["partial"] if entry.name.startswith("_") else []
    notes += [] if entry.outline else ["not a valid template"]
    remarks = f"  ({', '.join(notes)})" if notes else ""
    yield entry.shown + remarks
    if entry.outline and entry.outline.blocks:
        yield f"  blocks   {', '.join(entry.outline.blocks)}"
    if entry.outline and entry.outline.names:
        yield f"  context  {', '.join(entry.outline.names)}"


def _state(status: Status) -> str:
    if status.has_conflict:
        return "conflict"
    if status.upstream == "unknown":
        return "unknown"
    return "edited" if status.is_edited else "unchanged"


def _news(status: Status) -> str:
    news = {
        "same": "",
        "moved": f"kustz/{status.origin.name} has changed",
        "renamed": f"kustz/{status.origin.name} is now kustz/{status.name_now}",
        "gone": f"kustz/{status.origin.name} is no longer built in",
        "unknown": f"this version of kustz/{status.origin.name} is in no known release",
    }[status.upstream]
    lost = f"kustz/{status.name_now} has no block {', '.join(status.lost_blocks)}"
    words = "; ".join(each for each in (news, lost if status.lost_blocks else "") if each)
    return f": {words}" if words else ""


def _put_in_place(done: Update, text: str) -> str:
    if done.file != done.new_file:
        write_over(done.new_file, done.text, old=done.file)
        return f"renamed   {done.file} to {done.new_file}"
    if done.text == text:
        return f"unchanged {done.file}"
    write_over(done.file, done.text)
    return f"{'conflict ' if done.has_conflict else 'updated  '} {done.file}"


def _fail(diagnostics: list[Diagnostic]) -> None:
    if diagnostics:
        raise InputError(*diagnostics)
