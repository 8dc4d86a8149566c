"""What the head of a weight file tells of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from gguf import GGUFWriter, LlamaFileType

from tinyagent_cli.errors import ModelError
from tinyagent_cli.planner.engines.gguf import file_type


def weights(path: Path, kind: LlamaFileType | None) -> Path:
    writer = GGUFWriter(path, "llama")
    writer.add_name("any")
    if kind is not None:
        writer.add_file_type(kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("kind", [LlamaFileType.MOSTLY_Q4_0, LlamaFileType.MOSTLY_F16, LlamaFileType.ALL_F32, None])
def test_how_weights_are_stored(tmp_path: Path, kind: LlamaFileType | None) -> None:
    assert file_type(weights(tmp_path / "model.gguf", kind)) == kind


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_text("no")
    with pytest.raises(ModelError, match="is not a GGUF model"):
        file_type(tmp_path / "model.gguf")
