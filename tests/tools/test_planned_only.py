"""A tool that came with a request is planned with, never run."""

from typing import cast

import pytest

from tinyagent_cli.errors import ToolError
from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.tools.context import ToolContext
from tinyagent_cli.tools.spec import Effect, planned_only


def test_it_is_drawn_as_a_lookup_and_says_where_tools_that_run_belong() -> None:
    tool = planned_only(Signature("feed_cat", ()))
    assert tool.effect is Effect.READ
    with pytest.raises(ToolError, match=r"not run \(put it into tools\.toml\)"):
        tool.runner(cast(ToolContext, None))
