"""Every mistake in a tools.toml is one line that names the file, the tool, the key and what is allowed."""

from pathlib import Path

import pytest

from tinyagent_cli.errors import ToolFileError
from tinyagent_cli.tools.toolfile import read_tool_file

GOOD = '[tools.greet]\ndescription = "Greets."\neffect = "read"\ncommand = ["echo", "{name}"]\n'
NAME = 'parameters.name = { type = "str" }\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[tools.greet\n", "is not valid TOML"),
        ("[tool.greet]\n", "unknown key tool (allowed: tools)"),
        ("tools = 3\n", "tools must be a table, not 3"),
        ("[tools]\ngreet = 3\n", "tool greet: must be a table (write [tools.greet])"),
        (GOOD.replace("greet", "'say hello'") + NAME, "tool say hello: 'say hello' cannot be a name"),
        (GOOD.replace("greet", "1st") + NAME, "'1st' cannot be a name"),
        (GOOD.replace("greet", "join") + NAME, "tool join: the name is taken (not allowed: join, read, write, send)"),
        (GOOD + NAME + GOOD + NAME, "is not valid TOML"),
        (
            GOOD + "retries = 3\n" + NAME,
            "tool greet: unknown key retries (allowed: description, effect, python, command",
        ),
        (GOOD.replace('"Greets."', '" "') + NAME, "tool greet: description is missing"),
        (GOOD.replace('"Greets."', "3") + NAME, "tool greet: description must be text, not 3"),
        (GOOD.replace('effect = "read"\n', "") + NAME, "tool greet: effect is missing (allowed: read, write, send)"),
        (GOOD.replace('"read"', '"delete"') + NAME, "effect must not be 'delete' (allowed: read, write, send)"),
        (GOOD.replace('"read"', '["read"]') + NAME, "effect must not be ['read'] (allowed: read, write, send)"),
        (GOOD + 'python = "a:b"\n' + NAME, "needs one of python and command, has both"),
        (GOOD.replace("command", "timeout = 1 #") + NAME, "needs one of python and command, has none"),
        (
            GOOD.replace('["echo", "{name}"]', '"echo {name}"') + NAME,
            "command must be a list of texts, not 'echo {name}'",
        ),
        (GOOD.replace('["echo", "{name}"]', "[]") + NAME, "command must be a list of texts, not []"),
        (
            GOOD.replace('["echo", "{name}"]', '["{name}"]') + NAME,
            "command: the program must be spelt out, not '{name}'",
        ),
        (GOOD.replace("{name}", "{nam}") + NAME, 'command: "{nam}" in "{nam}" is not a parameter; allowed: {name}'),
        (GOOD.replace("{name}", "{name!r}") + NAME, 'a parameter stands alone in its braces, as in "{name}"'),
        (GOOD.replace("{name}", "{name") + NAME, "command: expected '}' before end of string"),
        (GOOD + 'stdin = "{text}"\n' + NAME, 'command: "{text}" in "{text}" is not a parameter'),
        (GOOD + "stdin = true\n" + NAME, "stdin must be text, not True"),
        (
            GOOD.replace("command", "python").replace('["echo", "{name}"]', '"a:b"') + 'stdin = ""\n',
            "stdin belongs to a command",
        ),
        (
            GOOD.replace("command", "python").replace('["echo", "{name}"]', '"a.b"'),
            'python: must be written "module:function"',
        ),
        (GOOD + "timeout = 0\n" + NAME, "timeout must be seconds above 0, not 0"),
        (GOOD + "timeout = true\n" + NAME, "timeout must be seconds above 0, not True"),
        (GOOD + "timeout = nan\n" + NAME, "timeout must be seconds above 0, not nan"),
        (GOOD + 'parameters = ["name"]\n', "parameters must be a table, not ['name']"),
        (GOOD + 'parameters.name = "str"\n', "tool greet: parameter name: must be a table"),
        (GOOD + NAME + "parameters.class = {}\n", "parameter class: 'class' cannot be a name"),
        (
            GOOD + 'parameters.name = { type = "text" }\n',
            "type must not be 'text' (allowed: str, int, float, bool, list[str], date)",
        ),
        (
            GOOD + "parameters.name = { kind = 1 }\n",
            "parameter name: unknown key kind (allowed: type, description, required",
        ),
        (GOOD + 'parameters.name = { required = "no" }\n', "required must be true or false, not 'no'"),
        (GOOD + 'parameters.name = { source = "web" }\n', "source must not be 'web' (allowed: text, copy, result)"),
        (GOOD + "parameters.name = { choices = [1] }\n", "choices must be a list of texts, not [1]"),
        (GOOD + 'parameters.name = { choices = ["d", "w"], labels = ["drive"] }\n', "1 labels for 2 choices"),
        (GOOD + 'parameters.name = { type = "int", choices = ["1"] }\n', "choices are texts, the type is int"),
        (GOOD + "parameters.name = { minutes = -5 }\n", "minutes must not be -5"),
        (GOOD + "parameters.name = { minutes = true }\n", "minutes must be a whole number, not True"),
        (
            GOOD + 'parameters.name = { type = "date", start = "begin" }\n',
            "start counts one date from another (dates here: name)",
        ),
        (GOOD + 'parameters.name = { start = "name" }\n', "start counts one date from another (dates here: none)"),
    ],
)
def test_mistakes(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "tools.toml"
    path.write_text(text)
    with pytest.raises(ToolFileError) as raised:
        read_tool_file(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert problem in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_good_one_is_good(tmp_path: Path) -> None:
    path = tmp_path / "tools.toml"
    path.write_text(GOOD + NAME)
    assert list(read_tool_file(path)) == ["greet"]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ToolFileError, match="cannot be read: No such file"):
        read_tool_file(tmp_path / "tools.toml")
    with pytest.raises(ToolFileError, match="cannot be read: Is a directory"):
        read_tool_file(tmp_path)
    (tmp_path / "tools.toml").write_bytes(b"[tools.caf\xe9]\n")
    with pytest.raises(ToolFileError, match=r"is not UTF-8 \(byte 10\)"):
        read_tool_file(tmp_path / "tools.toml")
    (tmp_path / "tools.toml").write_bytes(b"\0")
    with pytest.raises(ToolFileError, match="is not valid TOML"):
        read_tool_file(tmp_path / "tools.toml")
