"""Every message stands where the catalogue is filled from."""

import ast
from collections.abc import Iterator

import pytest

from arweb.settings import BASE_DIR

MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "npgettext", "pgettext"}


def hidden(app: str) -> Iterator[str]:
    """The messages inside f-strings, which are text to what fills the catalogue: nobody would translate them."""
    for path in sorted((BASE_DIR / app).rglob("*.py")):
        for text in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(text, ast.JoinedStr):
                continue
            calls = [node for node in ast.walk(text) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
            marked = [call for call in calls if call.func.id in MARKS]  # type: ignore[attr-defined]
            yield from (f"{path.name}: {ast.unparse(one)}" for one in marked if isinstance(one.args[0], ast.Constant))


@pytest.mark.parametrize("app", ["arweb", "rules", "annotation", "inference"])
def test_no_message_is_hidden_in_an_f_string(app: str) -> None:
    assert list(hidden(app)) == []
