"""A whole plan on real files: looked up, drafted after consent, journalled and undone."""

import asyncio
import email
import email.policy
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from tinyagent_cli import samples
from tinyagent_cli.config import Config, FilesConfig, MailConfig
from tinyagent_cli.execution.executor import Executor
from tinyagent_cli.execution.journal import Journal, make_record
from tinyagent_cli.execution.policy import Policy
from tinyagent_cli.execution.undo import undo
from tinyagent_cli.plan.call import Call, Reference
from tinyagent_cli.platforms import load_platform
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.registry import Registry

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=timezone.utc)

PLAN = (
    Call(1, "get_email_address", ("Sid",)),
    Call(2, "open_note", ("Notes", "")),
    Call(3, "compose_new_email", ((Reference(1),), (), "Notes", Reference(2), ())),
)


async def test_email_sid_the_notes(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TINYAGENT_HOME", str(tmp_path / "home"))
    data = tmp_path / "data"
    config = replace(
        Config(), data_dir=data, mail=MailConfig(maildir=data / "mail"), files=FilesConfig(roots=(data / "files",))
    )
    samples.install(data)
    before = files(data)
    registry = Registry.load(config)
    executor = Executor(registry.tools, ToolContext(load_platform(config), config, NOW), policy=Policy(config.policy))
    await asyncio.wait_for(executor.stream(iter(PLAN)), 30)
    await asyncio.wait_for(executor.settled(), 30)
    address, note = executor.values[1].data, executor.values[2].data
    assert executor.asking == (3,)
    assert files(data) == before
    executor.approve()
    results = await asyncio.wait_for(executor.wait(), 30)

    outcome = results[3].outcome
    assert outcome is not None
    draft = email.message_from_bytes(outcome.changes[0].path.read_bytes(), policy=email.policy.default)
    assert address in draft["To"]
    assert note.strip() in "\n".join(draft.get_content().splitlines())

    journal = Journal(tmp_path)
    effects = {name: tool.effect for name, tool in registry.tools.items()}
    journal.append(make_record("email Sid the notes", PLAN, results, effects, NOW))
    record = journal.last()
    assert record is not None
    assert undo(record) == [f"removed {change.path}" for change in reversed(outcome.changes)]
    assert files(data) == before


def files(folder: Path) -> dict[Path, bytes]:
    """The content of every file that holds something of the user's; locks and copies for undo are hidden folders."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    return {path: path.read_bytes() for path in found if not path.relative_to(folder).parts[0].startswith(".")}
