"""The editor server, as a real client sees it: by standard input and output."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

TASKS = """\
import logging

from celery import shared_task

logger = logging.getLogger(__name__)


@shared_task(priority=4)
def update(pk):
    logger.info("updating %s", pk)


@shared_task
def update_all(pks):
    logger.info("all")
    "😀"; [update.delay(pk, 5) for pk in pks]
"""
VIEWS = "from .tasks import update_all\n\n\ndef view(request):\n    update_all.delay([1])\n    return request\n"
LINE = 15
"""That of the dispatch in TASKS, from 0."""


class Editor:
    """A client with a server of its own."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.told: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()
        self.messages: list[str] = []
        self.wishes: list[lsp.RegistrationParams] = []

    async def open(self, file: Path) -> list[lsp.Diagnostic]:
        text = file.read_text("utf-8")
        item = lsp.TextDocumentItem(file.as_uri(), "python", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return await self.diagnostics(file)

    async def write(self, file: Path, text: str) -> list[lsp.Diagnostic]:
        change: Any = [lsp.TextDocumentContentChangeWholeDocument(text)]
        version = lsp.VersionedTextDocumentIdentifier(version=2, uri=file.as_uri())
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(version, change))
        return await self.diagnostics(file)

    async def diagnostics(self, file: Path) -> list[lsp.Diagnostic]:
        """What is told next of a file."""
        while True:
            told = await asyncio.wait_for(self.told.get(), 20)
            if told.uri == file.as_uri():
                return list(told.diagnostics)

    def at(self, file: Path, line: int, column: int) -> dict[str, Any]:
        identifier = lsp.TextDocumentIdentifier(file.as_uri())
        return {"text_document": identifier, "position": lsp.Position(line, column)}

    async def actions(self, file: Path, line: int, only: list[Any] | None = None) -> list[lsp.CodeAction]:
        span = lsp.Range(lsp.Position(line, 0), lsp.Position(line, 0))
        context = lsp.CodeActionContext([], only=only)
        params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(file.as_uri()), span, context)
        found = await self.client.text_document_code_action_async(params)
        return [action for action in found or [] if isinstance(action, lsp.CodeAction)]


def session(
    root: Path, script: Callable[[Editor], Awaitable[None]], capabilities: lsp.ClientCapabilities | None = None
) -> None:
    """Run a script against a server."""

    async def run() -> None:
        client = LanguageClient("tests", "1")
        editor = Editor(client)

        def told(params: lsp.PublishDiagnosticsParams) -> None:
            editor.told.put_nowait(params)

        def wished(params: lsp.RegistrationParams) -> None:
            editor.wishes.append(params)

        def message(params: lsp.ShowMessageParams) -> None:
            editor.messages.append(params.message)

        client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(told)
        client.feature(lsp.WINDOW_SHOW_MESSAGE)(message)
        await client.start_io(sys.executable, "-m", "flake8_aa_celery", "server")
        client.feature(lsp.CLIENT_REGISTER_CAPABILITY)(wished)
        params = lsp.InitializeParams(capabilities=capabilities or lsp.ClientCapabilities(), root_uri=root.as_uri())
        await client.initialize_async(params)
        client.initialized(lsp.InitializedParams())
        try:
            await script(editor)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()  # type: ignore[no-untyped-call]

    asyncio.run(run())


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """A project with tasks and a view; the file of the tasks."""
    (tmp_path / "app").mkdir()
    for name, text in {"setup.py": "", "app/__init__.py": "", "app/tasks.py": TASKS, "app/views.py": VIEWS}.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path / "app" / "tasks.py"


def test_diagnostics_follow_the_text_that_is_not_saved(tasks: Path) -> None:
    async def script(editor: Editor) -> None:
        found = await editor.open(tasks)
        assert [(each.code, each.range.start) for each in found] == [
            ("AAC204", lsp.Position(LINE, 11)),  # in UTF-16, of which the character before it has two units
            ("AAC401", lsp.Position(LINE, 11)),
        ]
        assert found[1].severity is lsp.DiagnosticSeverity.Error
        assert found[1].code_description is not None
        assert "AAC401" in found[1].code_description.href
        assert await editor.write(tasks, TASKS.replace(", 5)", ")").replace("priority=4", "priority=7")) == []
        assert [each.code for each in await editor.write(tasks, TASKS + "def (:\n")] == ["AAC900"]
        assert tasks.read_text("utf-8") == TASKS

    session(tasks.parent.parent, script)


def test_an_edit_shows_in_other_open_files(tasks: Path) -> None:
    views = tasks.with_name("views.py")

    async def script(editor: Editor) -> None:
        assert await editor.open(views) == []
        await editor.open(tasks)
        assert await editor.diagnostics(views) == []  # which is checked once more, as another file was opened
        change: Any = [lsp.TextDocumentContentChangeWholeDocument(TASKS.replace("update_all(pks)", "update_all()"))]
        version = lsp.VersionedTextDocumentIdentifier(version=2, uri=tasks.as_uri())
        editor.client.text_document_did_change(lsp.DidChangeTextDocumentParams(version, change))
        assert [each.code for each in await editor.diagnostics(views)] == ["AAC401"]

    session(tasks.parent.parent, script)


def test_quick_fixes_are_marked_and_comments_silence(tasks: Path) -> None:
    tasks.write_text(TASKS + "    update.delay(1, priority=3)\n", "utf-8")

    async def script(editor: Editor) -> None:
        await editor.open(tasks)
        unsafe = {action.title: action for action in await editor.actions(tasks, LINE)}
        assert "AAC204: Use priority 7 (unsafe: read its page)" in unsafe
        assert not unsafe["AAC204: Use priority 7 (unsafe: read its page)"].is_preferred
        silence = unsafe["AAC401: silence this line"]
        assert silence.edit is not None
        assert silence.edit.changes is not None
        (edit,) = silence.edit.changes[tasks.as_uri()]
        assert edit.new_text.rstrip().endswith("# noqa: AAC401")
        safe = [action for action in await editor.actions(tasks, LINE + 1) if action.is_preferred]
        assert [action.kind for action in safe] == [lsp.CodeActionKind.QuickFix]
        (fix_all,) = await editor.actions(tasks, 0, ["source.fixAll"])
        assert fix_all.edit is not None
        assert fix_all.edit.changes is not None
        assert "apply_async(args=[1], priority=3)" in fix_all.edit.changes[tasks.as_uri()][0].new_text

    session(tasks.parent.parent, script)


def test_a_dispatch_leads_to_its_task_and_back(tasks: Path) -> None:
    async def script(editor: Editor) -> None:
        await editor.open(tasks)
        at_dispatch, at_task = editor.at(tasks, LINE, 14), editor.at(tasks, 13, 6)
        where = await editor.client.text_document_definition_async(lsp.DefinitionParams(**at_dispatch))
        assert isinstance(where, lsp.Location)
        assert (where.uri, where.range.start) == (tasks.as_uri(), lsp.Position(8, 4))
        hover = await editor.client.text_document_hover_async(lsp.HoverParams(**at_dispatch))
        assert hover is not None
        assert isinstance(hover.contents, lsp.MarkupContent)
        assert "**task** `app.tasks.update`" in hover.contents.value
        assert "runs at priority 4, said by the task" in hover.contents.value
        assert "used in 1 place: dispatch app/tasks.py:16" in hover.contents.value
        references = lsp.ReferenceParams(lsp.ReferenceContext(True), **at_task)
        found = await editor.client.text_document_references_async(references)
        assert [each.uri for each in found or []] == [tasks.with_name("views.py").as_uri()]
        symbols = lsp.DocumentSymbolParams(lsp.TextDocumentIdentifier(tasks.as_uri()))
        listed = await editor.client.text_document_document_symbol_async(symbols)
        assert [each.name for each in listed or []] == ["update", "update_all"]
        nothing = await editor.client.text_document_hover_async(lsp.HoverParams(**editor.at(tasks, 4, 2)))
        assert nothing is None

    session(tasks.parent.parent, script)


def test_a_name_in_a_schedule_leads_to_its_task(tasks: Path) -> None:
    local = tasks.with_name("local.py")
    local.write_text('CELERYBEAT_SCHEDULE = {\n    "app_all": {"task": "app.tasks.update_all", "schedule": 60},\n}\n')

    async def script(editor: Editor) -> None:
        await editor.open(local)
        where = await editor.client.text_document_definition_async(lsp.DefinitionParams(**editor.at(local, 1, 30)))
        assert isinstance(where, lsp.Location)
        assert where.range.start == lsp.Position(13, 4)

    session(tasks.parent.parent, script)


def test_settings_and_files_may_change_and_be_wrong(tasks: Path) -> None:
    pyproject = tasks.parent.parent / "pyproject.toml"

    async def script(editor: Editor) -> None:
        await editor.open(tasks)
        changed = lsp.DidChangeWatchedFilesParams([lsp.FileEvent(pyproject.as_uri(), lsp.FileChangeType.Changed)])
        pyproject.write_text('[tool.flake8-aa-celery]\nignore = ["AAC204"]\n')
        editor.client.workspace_did_change_watched_files(changed)
        assert [each.code for each in await editor.diagnostics(tasks)] == ["AAC401"]
        pyproject.write_text("[tool.flake8-aa-celery]\nnonsense = 1\n")
        editor.client.workspace_did_change_watched_files(changed)
        assert await editor.diagnostics(tasks) == []
        assert ["there is no setting 'nonsense'" in message for message in editor.messages] == [True]
        pyproject.write_text('[tool.flake8-aa-celery]\nexclude = ["app"]\n')
        editor.client.workspace_did_change_watched_files(changed)
        assert await editor.diagnostics(tasks) == []
        pyproject.unlink()
        editor.client.workspace_did_change_watched_files(changed)
        assert len(await editor.diagnostics(tasks)) == 2
        editor.client.text_document_did_close(
            lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(tasks.as_uri()))
        )
        assert await editor.diagnostics(tasks) == []

    session(tasks.parent.parent, script)


def test_files_that_are_nowhere_or_gone_do_no_harm(tasks: Path, tmp_path: Path) -> None:
    async def script(editor: Editor) -> None:
        unsaved = lsp.TextDocumentItem("untitled:one", "python", 1, TASKS)
        editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(unsaved))
        hover = lsp.HoverParams(lsp.TextDocumentIdentifier("untitled:one"), lsp.Position(LINE, 14))
        assert await editor.client.text_document_hover_async(hover) is None
        await editor.open(tasks)
        tasks.unlink()
        assert [each.code for each in await editor.write(tasks, TASKS + "\n")] == ["AAC204", "AAC401"]
        other = tmp_path / "other"
        other.mkdir()
        (other / "loose.py").write_text(TASKS, "utf-8")
        assert "AAC401" in [each.code for each in await editor.open(other / "loose.py")]

    session(tasks.parent.parent, script)


def test_edits_are_made_when_an_action_is_chosen(tasks: Path) -> None:
    """By an editor that asks for them then; a fix that does nothing any more has none."""
    later = lsp.ClientCodeActionResolveOptions(["edit"])
    actions = lsp.CodeActionClientCapabilities(data_support=True, resolve_support=later)
    capabilities = lsp.ClientCapabilities(text_document=lsp.TextDocumentClientCapabilities(code_action=actions))

    async def script(editor: Editor) -> None:
        await editor.open(tasks)
        offered = await editor.actions(tasks, LINE)
        assert [action.edit for action in offered] == [None] * len(offered)
        silence = next(action for action in offered if action.title == "AAC401: silence this line")
        chosen = await editor.client.code_action_resolve_async(silence)
        assert chosen.edit is not None
        assert chosen.edit.changes is not None
        ((edit,),) = chosen.edit.changes.values()
        assert "# noqa: AAC401" in edit.new_text
        await editor.write(tasks, "x = 1\n")
        silence.edit = None
        gone = await editor.client.code_action_resolve_async(silence)
        assert gone.edit is None

    session(tasks.parent.parent, script, capabilities)


def test_the_editor_is_asked_to_tell_of_files_on_the_disk(tasks: Path) -> None:
    watching = lsp.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
    capabilities = lsp.ClientCapabilities(workspace=lsp.WorkspaceClientCapabilities(did_change_watched_files=watching))

    async def script(editor: Editor) -> None:
        await editor.open(tasks)
        wishes = [wish.method for params in editor.wishes for wish in params.registrations]
        assert wishes == ["workspace/didChangeWatchedFiles"]

    session(tasks.parent.parent, script, capabilities)


def test_the_file_that_is_edited_is_checked_first(tasks: Path) -> None:
    views = tasks.with_name("views.py")

    async def script(editor: Editor) -> None:
        await editor.open(tasks)
        await editor.open(views)
        await editor.diagnostics(tasks)  # which is checked once more, as another file was opened
        change: Any = [lsp.TextDocumentContentChangeWholeDocument(VIEWS + "\n")]
        version = lsp.VersionedTextDocumentIdentifier(version=2, uri=views.as_uri())
        editor.client.text_document_did_change(lsp.DidChangeTextDocumentParams(version, change))
        told = [await asyncio.wait_for(editor.told.get(), 20) for _ in range(2)]
        assert [each.uri for each in told] == [views.as_uri(), tasks.as_uri()]

    session(tasks.parent.parent, script)


def test_without_pygls_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from flake8_aa_celery.cli import main, server

    monkeypatch.setattr(server, "find_spec", lambda name: None)
    assert main(["server"]) == 2
    assert capsys.readouterr().err == "aa-celery: the server needs pygls: pip install 'flake8-aa-celery[server]'\n"
