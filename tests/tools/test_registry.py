"""The registry: the built-in tools and the user's own, less those that are disabled."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tinyagent_cli.config import Config, ToolsConfig
from tinyagent_cli.errors import ToolFileError, UsageError
from tinyagent_cli.tools.registry import Registry, builtin_tool_file
from tinyagent_cli.tools.spec import Effect

OWN = '[tools.{name}]\ndescription = "Mine."\neffect = "read"\ncommand = ["true"]\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TINYAGENT_HOME", str(tmp_path))
    (tmp_path / "config").mkdir()
    return tmp_path


def load(**tools) -> Registry:
    return Registry.load(replace(Config(), tools=ToolsConfig(**tools)))


def declare(path: Path, *names: str) -> Path:
    path.write_text("\n".join(OWN.format(name=name) for name in names))
    return path


def test_the_16_built_in_tools(home: Path) -> None:
    registry = load()
    assert len(registry.tools) == 16
    assert all(tool.builtin for tool in registry.tools.values())
    assert registry.tools["send_sms"].effect is Effect.SEND
    event = registry.tools["create_calendar_event"].signature
    assert [parameter.name for parameter in event.parameters] == [
        "title", "start_date", "end_date", "location", "invitees", "notes", "calendar",
    ]  # fmt: skip
    end = event.parameter("end_date")
    assert (end.type, end.start, end.minutes, end.required) == ("date", "start_date", 60, False)
    directions = registry.tools["maps_show_directions"].signature
    assert directions.parameter("transport").choices == ("d", "w", "r")


def test_the_user_s_tools_come_after_them(home: Path) -> None:
    declare(home / "config" / "tools.toml", "mine")
    other = declare(home / "other.toml", "other")
    registry = load(files=(other,))
    assert list(registry.tools)[-2:] == ["mine", "other"]
    assert not registry.tools["mine"].builtin
    assert registry.files["other"] == other
    assert registry.files["open_note"] == builtin_tool_file()


def test_disabled_tools_are_declared_but_not_offered(home: Path) -> None:
    registry = load(disabled=("send_sms", "no_such_tool"))
    assert "send_sms" in registry.declared
    assert "send_sms" not in registry.tools
    assert "send_sms" not in registry.signatures()
    with pytest.raises(UsageError, match=r"the tool send_sms is disabled .*tools enable send_sms"):
        registry.signatures(["send_sms"])


def test_signatures_come_in_the_order_asked_for(home: Path) -> None:
    assert list(load().signatures(["send_sms", "open_note"])) == ["send_sms", "open_note"]
    with pytest.raises(UsageError, match=r"there is no tool send_smss .*did you mean send_sms"):
        load().signatures(["send_smss"])


def test_a_name_declared_twice_names_both_files(home: Path) -> None:
    own = declare(home / "config" / "tools.toml", "open_note")
    with pytest.raises(ToolFileError) as raised:
        load()
    assert str(own) in str(raised.value)
    assert str(builtin_tool_file()) in str(raised.value)
    assert "tool open_note: already declared" in str(raised.value)


def test_a_file_that_the_configuration_names_must_be_there(home: Path) -> None:
    with pytest.raises(ToolFileError, match=r"gone\.toml: cannot be read"):
        load(files=(home / "gone.toml",))


def test_loading_imports_nothing_heavy(home: Path) -> None:
    program = (
        "import sys\n"
        "from tinyagent_cli.config import Config\n"
        "from tinyagent_cli.tools.registry import Registry\n"
        "Registry.load(Config())\n"
        "print({'pydantic', 'asyncio', 'subprocess', 'networkx', 'numpy'} & set(sys.modules),"
        " [name for name in sys.modules if name.startswith('tinyagent_cli.builtin.')])"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout == "set() []\n"
