"""Bases are taken by name, by path and from the hub, and what cannot be one is refused with the reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")
pytest.importorskip("sentencepiece", reason="the train extra is not installed")

from tinyagent_cli.errors import ModelError  # noqa: E402
from tinyagent_cli.plan.signature import Signatures  # noqa: E402
from tinyagent_cli.planner.prompt import plan_prompt  # noqa: E402
from tinyagent_cli.training.base import base_config, base_file, load_base, load_tokenizer  # noqa: E402
from tinyagent_cli.training.decisions import DECISIVE  # noqa: E402
from tinyagent_cli.training.examples import Encoder, plan_text  # noqa: E402
from tinyagent_cli.training.seeds import Seed  # noqa: E402


@pytest.mark.parametrize("folder", ["llama_folder", "mistral_folder"])
def test_a_folder_of_transformers_is_a_base(folder: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(folder)
    model, tokenizer = load_base(base_file(str(path)))
    assert model.config.model_type == path.name
    assert tokenizer.decode(tokenizer("email Sid the notes")["input_ids"], skip_special_tokens=True).strip()
    assert next(model.parameters()).dtype == torch.float32
    assert next(load_base(path, torch.bfloat16)[0].parameters()).dtype == torch.bfloat16


def changed(folder: Path, target: Path, **settings: object) -> Path:
    """A copy of a base with other settings."""
    shutil.copytree(folder, target)
    config = json.loads((target / "config.json").read_text())
    (target / "config.json").write_text(json.dumps({**config, **settings}))
    return target


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"model_type": "gpt_neox"}, "it has the architecture gpt_neox"),
        ({"model_type": "unheard_of"}, "no model that transformers knows"),
        ({"attention_bias": True}, "it has biases"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, "it has quantised weights"),
        ({"rope_parameters": {"rope_type": "yarn", "factor": 2.0, "rope_theta": 1e4}}, "the rotary embedding yarn"),
    ],
)
def test_what_cannot_be_tuned_or_exported_is_no_base(
    settings: dict[str, object], reason: str, llama_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=reason):
        base_config(changed(llama_folder, tmp_path / "base", **settings))


def test_a_folder_without_a_model_is_no_base(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model that transformers knows"):
        base_config(tmp_path)


def test_a_folder_without_weights_is_no_base(llama_folder: Path, tmp_path: Path) -> None:
    folder = changed(llama_folder, tmp_path / "base")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="the weights in"):
        load_base(folder)


@pytest.mark.parametrize("name", ["tinyllama-1.1b", "wizardlm-2-7b", "some-org/some-model"])
def test_a_base_that_cannot_be_fetched(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="could not be fetched from the hub") as caught:
        base_file(name)
    assert "give its folder" in caught.value.hint


@pytest.mark.parametrize("name", ["nothing", "none/here.gguf", "a/b/c"])
def test_a_base_of_no_name(name: str) -> None:
    with pytest.raises(ModelError, match=f"no base model at {name}"):
        base_file(name)


@pytest.mark.parametrize("folder", ["llama_folder", "mistral_folder"])
def test_prompt_and_plan_are_encoded_as_one_text(
    folder: str, builtin: Signatures, request: pytest.FixtureRequest
) -> None:
    tokenizer = load_tokenizer(request.getfixturevalue(folder))
    seed = Seed(query="email Sid 12 notes", plan=('get_email_address("Sid")',))
    (example,) = Encoder(builtin, tokenizer, None, Random(1)).encode([seed], 500)
    (branch,) = example.branches
    text = tokenizer.decode(example.shared, skip_special_tokens=True)
    assert plan_prompt(seed.query, [], known=()).splitlines()[-2:] == text.splitlines()[-2:]
    assert [*example.shared, *branch.plan] == [
        *tokenizer(text + plan_text(seed.plan))["input_ids"],
        tokenizer.eos_token_id,
    ]


@pytest.mark.parametrize("folder", ["llama_folder", "mistral_folder"])
def test_the_tokens_of_names_count_more(folder: str, builtin: Signatures, request: pytest.FixtureRequest) -> None:
    tokenizer = load_tokenizer(request.getfixturevalue(folder))
    parameters = [{"name": "to", "type": "list[str]"}, {"name": "text", "type": "str", "source": "text"}]
    tool = {"name": "crm.mail-all", "description": "", "parameters": parameters}
    plan = ('crm.mail-all(["Zoë"], "été, été")', 'crm.mail-all(["$1"], "été")')
    seed = Seed(query="mail Zoë", plan=plan, tools=(tool,))
    (example,) = Encoder(builtin, tokenizer, None, Random(1)).encode([seed], 500)
    (branch,) = example.branches
    weighed = list(zip(branch.plan, branch.weights, strict=True))
    heavy = tokenizer.decode([token for token, weight in weighed if weight == DECISIVE])
    light = tokenizer.decode([token for token, weight in weighed if weight == 1.0], skip_special_tokens=True)
    assert [heavy.count(name) for name in ("crm.mail-all(", "join(", "$1")] == [2, 1, 1]
    assert light.count("t\u00e9") == 3
    assert not any(part in light for part in ("mail", "join", "$"))
