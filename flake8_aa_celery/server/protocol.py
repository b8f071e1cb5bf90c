"""The Language Server Protocol, by pygls: https://microsoft.github.io/language-server-protocol/."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from flake8_aa_celery import __version__
from flake8_aa_celery.report._changes import changes
from flake8_aa_celery.report._links import page_of
from flake8_aa_celery.rules import all_rules, severity_in
from flake8_aa_celery.server import navigation
from flake8_aa_celery.server.analysis import Analysis
from flake8_aa_celery.source import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flake8_aa_celery.server.navigation import Found, Place
    from flake8_aa_celery.violation import Violation

_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "convention": lsp.DiagnosticSeverity.Information,
}
_FIX_ALL = "source.fixAll.aaCelery"
#: Seconds after the last change before what is open is checked again: nobody reads while they type.
_PAUSE = 0.2
_SOURCE = "aa-celery"
#: What tells other files apart from those that are open: their text, and settings.
_WATCHED = ("**/*.py", "**/pyproject.toml")


class Server(LanguageServer):
    """One editor, its open files, and what is known of their projects."""

    def __init__(self) -> None:
        super().__init__("aa-celery", __version__)
        self.analysis = Analysis(self._complain)
        self._timer: asyncio.TimerHandle | None = None

    async def watch_files(self) -> None:
        """Ask the editor to tell of files that change on the disk, where it can."""
        workspace = self.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace is not None else None
        if watched is None or not watched.dynamic_registration:
            return
        options = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher(glob) for glob in _WATCHED])
        wish = lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        await self.client_register_capability_async(lsp.RegistrationParams([wish]))

    # -- diagnostics --------------------------------------------------------------------------------------------

    def put(self, uri: str) -> None:
        """Take over the text of a document as the editor has it now, and check what is open after a pause."""
        path = path_of(uri)
        if path:
            self.analysis.put(path, self.workspace.get_text_document(uri).source)
            self.check_later(path)

    def check_later(self, first: str = "") -> None:
        """Check all that is open when nothing has changed for a moment: a change in one file can show in another.

        :param first: the file to begin with: the one that somebody looks at.
        """
        others = [path for path in self.analysis.open_files if path != first]
        self._call(_PAUSE, [first, *others] if first else others)

    def _call(self, pause: float, paths: list[str]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(pause, self._check_next, paths)

    def _check_next(self, paths: list[str]) -> None:
        """Check the first of some files, and the others after whatever the editor asks meanwhile."""
        self._timer = None
        path, *others = paths or [""]
        if path in self.analysis.open_files:
            self._publish(path, [self._diagnostic(path, found) for found in self.analysis.violations(path)])
        if others:
            self._call(0, others)

    def clear(self, path: str) -> None:
        """Take back what was said of a file."""
        self._publish(path, [])

    def _publish(self, path: str, diagnostics: list[lsp.Diagnostic]) -> None:
        uri = from_fs_path(path)
        if uri:
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=diagnostics))

    def _diagnostic(self, path: str, found: Violation) -> lsp.Diagnostic:
        related = [
            lsp.DiagnosticRelatedInformation(
                location=lsp.Location(uri=from_fs_path(each.path) or "", range=_line_range(each.line)),
                message=each.what,
            )
            for each in found.trace
        ]
        return lsp.Diagnostic(
            range=self.range_of(path, found),
            message=found.message,
            severity=_SEVERITIES[severity_in(found)],
            code=found.code,
            code_description=lsp.CodeDescription(href=page_of(found.code)),
            source=_SOURCE,
            related_information=related or None,
        )

    def range_of(self, path: str, found: Violation) -> lsp.Range:
        """The range of a violation, in the units of the editor."""
        start = lsp.Position(found.line - 1, found.column)
        end = lsp.Position(max(found.end_line, found.line) - 1, found.end_column)
        return self._client_range(path, lsp.Range(start, end))

    # -- places -------------------------------------------------------------------------------------------------

    def location(self, place: Place) -> lsp.Location:
        """A place of the model, which counts bytes, in the units of the editor."""
        lines = lines_of(self.analysis.data(place.path))
        start = lsp.Position(place.line - 1, _characters(lines, place.line, place.column))
        end = lsp.Position(place.end_line - 1, _characters(lines, place.end_line, place.end_column))
        span = self._client_range(place.path, lsp.Range(start, end))
        return lsp.Location(uri=_uri(place.path), range=span)

    def found_at(self, params: Any) -> Found | None:
        """The task that a position of a request speaks of."""
        path = path_of(params.text_document.uri)
        module = self.analysis.module(path) if path else None
        if module is None:
            return None
        document = self.workspace.get_text_document(params.text_document.uri)
        position = document.position_codec.position_from_client_units(document.lines, params.position)
        lines = lines_of(self.analysis.data(path))
        text = lines[position.line] if position.line < len(lines) else ""
        column = len(text[: position.character].encode(errors="surrogatepass"))
        return navigation.task_at(module, position.line + 1, column)

    def _client_range(self, path: str, span: lsp.Range) -> lsp.Range:
        document = self.workspace.get_text_document(_uri(path))
        lines = lines_of(self.analysis.data(path))
        return document.position_codec.range_to_client_units(lines, span)

    def _complain(self, text: str) -> None:
        self.window_show_message(lsp.ShowMessageParams(type=lsp.MessageType.Error, message=f"aa-celery: {text}"))


def path_of(uri: str) -> str:
    """The path of a document on the disk; empty for one that has none yet."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return os.path.abspath(path) if path else ""


def _uri(path: str) -> str:
    return from_fs_path(path) or ""


def _characters(lines: Sequence[str], line: int, column: int) -> int:
    if not 0 < line <= len(lines):
        return column
    return len(lines[line - 1].encode(errors="surrogatepass")[:column].decode(errors="ignore"))


def _line_range(line: int) -> lsp.Range:
    return lsp.Range(lsp.Position(line - 1, 0), lsp.Position(line, 0))


def _edits(before: bytes, after: bytes) -> list[lsp.TextEdit]:
    """What makes one text of another, in whole lines."""
    return [
        lsp.TextEdit(
            range=lsp.Range(lsp.Position(edit.line - 1, 0), lsp.Position(edit.end_line - 1, 0)), new_text=edit.text
        )
        for edit in changes(before, after)
    ]


# -- code actions -----------------------------------------------------------------------------------------------


def code_actions(server: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """What can be done in a range: the fixes of what is found there, all safe ones, and comments that silence.

    An editor that can ask for the edits later gets them when somebody has chosen; of another one's actions those that
    change nothing are left out.
    """
    path, uri = path_of(params.text_document.uri), params.text_document.uri
    if not path:
        return []
    wanted = params.context.only
    found = server.analysis.violations(path)
    here = [each for each in found if _overlap(server.range_of(path, each), params.range)]
    actions: list[lsp.CodeAction] = []
    if wanted is None or any(_FIX_ALL.startswith(kind) for kind in wanted):
        actions += _fix_all(uri, found)
    if wanted is None or any("quickfix".startswith(kind) for kind in wanted):
        actions += [action for each in here for action in _quick_fixes(server, path, uri, each)]
    if _resolves_later(server):
        return actions
    return [action for each in actions if (action := resolved(server, each)).edit is not None]


def resolved(server: Server, action: lsp.CodeAction) -> lsp.CodeAction:
    """An action with its edit, as the file is now; without one where the fix is refused, or nothing is found there."""
    chosen: dict[str, Any] = action.data or {}
    uri = str(chosen.get("uri", ""))
    path = path_of(uri)
    if not path:
        return action
    before = server.analysis.data(path)
    after = _after(server, path, chosen)
    if after != before:
        action.edit = lsp.WorkspaceEdit(changes={uri: _edits(before, after)})
    return action


def _after(server: Server, path: str, chosen: dict[str, Any]) -> bytes:
    """What a file holds once an action is carried out."""
    if chosen["what"] == "all":
        return server.analysis.all_fixed(path)
    place = chosen["code"], chosen["line"], chosen["column"]
    found = (each for each in server.analysis.violations(path) if (each.code, each.line, each.column) == place)
    violation = next(found, None)
    if violation is None:
        return server.analysis.data(path)
    make = server.analysis.fixed if chosen["what"] == "fix" else server.analysis.silenced
    return make(path, violation)


def _resolves_later(server: Server) -> bool:
    """Whether an editor asks for the edit of an action when somebody has chosen it."""
    document = server.client_capabilities.text_document
    actions = document.code_action if document is not None else None
    resolving = actions.resolve_support if actions is not None and actions.data_support else None
    return resolving is not None and "edit" in resolving.properties


def _quick_fixes(server: Server, path: str, uri: str, found: Violation) -> Iterator[lsp.CodeAction]:
    diagnostics = [server._diagnostic(path, found)]
    data = {"uri": uri, "code": found.code, "line": found.line, "column": found.column}
    make = partial(lsp.CodeAction, kind=lsp.CodeActionKind.QuickFix, diagnostics=diagnostics)
    if found.fix is not None:
        unsafe = " (unsafe: read its page)" if found.fix.safety == "unsafe" else ""
        title = f"{found.code}: {found.fix.title}{unsafe}"
        yield make(title, data={**data, "what": "fix"}, is_preferred=not unsafe or None)
    yield make(f"{found.code}: silence this line", data={**data, "what": "silence"})


def _fix_all(uri: str, found: Sequence[Violation]) -> Iterator[lsp.CodeAction]:
    if any(each.fix is not None and each.fix.safety == "safe" for each in found):
        yield lsp.CodeAction("Fix all that is safe (aa-celery)", kind=_FIX_ALL, data={"uri": uri, "what": "all"})


def _overlap(one: lsp.Range, other: lsp.Range) -> bool:
    return one.start.line <= other.end.line and other.start.line <= one.end.line


# -- hover ------------------------------------------------------------------------------------------------------


def hover(server: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    """A rule's page over its code, and what is known of a task over whatever speaks of it."""
    document = server.workspace.get_text_document(params.text_document.uri)
    word = document.word_at_position(params.position)
    rule = all_rules().get(word)
    if rule is not None:
        text = f"# {rule.code} {rule.name}\n\n{rule.documentation}"
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text))
    found = server.found_at(params)
    if found is None:
        return None
    content = lsp.MarkupContent(lsp.MarkupKind.Markdown, navigation.described(found))
    return lsp.Hover(content, server.location(found.place).range)


# -- the server -------------------------------------------------------------------------------------------------


def make_server() -> Server:
    """A server with all that it can do; nothing runs yet."""
    server = Server()

    @server.feature(lsp.INITIALIZED)
    async def _initialized(params: lsp.InitializedParams) -> None:
        await server.watch_files()

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def _opened(params: lsp.DidOpenTextDocumentParams) -> None:
        server.put(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def _changed(params: lsp.DidChangeTextDocumentParams) -> None:
        server.put(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def _saved(params: lsp.DidSaveTextDocumentParams) -> None:
        server.analysis.forget()
        server.check_later()

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def _closed(params: lsp.DidCloseTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path:
            server.analysis.close(path)
            server.clear(path)
            server.check_later()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _watched(params: lsp.DidChangeWatchedFilesParams) -> None:
        server.analysis.forget()
        server.check_later()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def _configured(params: lsp.DidChangeConfigurationParams) -> None:
        server.analysis.forget()
        server.check_later()

    kinds = [lsp.CodeActionKind.QuickFix, _FIX_ALL]

    options = lsp.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, options)
    def _actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return code_actions(server, params)

    @server.feature(lsp.CODE_ACTION_RESOLVE)
    def _chosen(action: lsp.CodeAction) -> lsp.CodeAction:
        return resolved(server, action)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def _hover(params: lsp.HoverParams) -> lsp.Hover | None:
        return hover(server, params)

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def _definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        found = server.found_at(params)
        return server.location(navigation.definition_of(found.task)) if found is not None else None

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def _references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        found = server.found_at(params)
        return [server.location(place) for place in navigation.references_to(found.task)] if found is not None else []

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def _symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        path = path_of(params.text_document.uri)
        module = server.analysis.module(path) if path else None
        return [_symbol(server, each) for each in navigation.symbols_of(module)] if module is not None else []

    return server


def _symbol(server: Server, symbol: navigation.Symbol) -> lsp.DocumentSymbol:
    span = server.location(symbol.place).range
    kind = lsp.SymbolKind.Function if symbol.kind == "task" else lsp.SymbolKind.Event
    return lsp.DocumentSymbol(name=symbol.name, kind=kind, range=span, selection_range=span, detail=symbol.kind)


def serve() -> None:
    """Serve an editor by standard input and output until it says goodbye."""
    make_server().start_io()
