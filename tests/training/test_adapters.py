"""LoRA: adapters learn beside a base that stays as it is, and are added to it in the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
pytest.importorskip("peft", reason="the train extra is not installed")
pytest.importorskip("sentencepiece", reason="the train extra is not installed")
gguf = pytest.importorskip("gguf", reason="the train extra is not installed")

from tinyagent_cli.errors import UsageError  # noqa: E402
from tinyagent_cli.plan.signature import Signatures  # noqa: E402
from tinyagent_cli.training.adapters import Merged, add_adapters  # noqa: E402
from tinyagent_cli.training.base import load_base  # noqa: E402
from tinyagent_cli.training.examples import Branch, Example  # noqa: E402
from tinyagent_cli.training.masters import best_dtype  # noqa: E402
from tinyagent_cli.training.planner import train_planner  # noqa: E402
from tinyagent_cli.training.planner_options import PlannerOptions  # noqa: E402
from tinyagent_cli.training.tune import Progress, TuneOptions, recompute_activations, tune  # noqa: E402

EXAMPLES = [Example((3, 4, 5, number), (Branch((), (number, 7, 2), (1.0,) * 3),)) for number in range(10, 18)]
OPTIONS = TuneOptions(tokens=2000, learning_rate=1e-2)


def tuned(base: Path, folder: Path, options: TuneOptions = OPTIONS, *, recomputes: bool = False) -> tuple:
    """A model with adapters after a run, and the losses on the way."""
    model, _ = load_base(base)
    torch.manual_seed(0)
    add_adapters(model, 4)
    if recomputes:
        recompute_activations(model)
    losses: list[float] = []

    def batches(step: int):
        while True:
            yield EXAMPLES

    tune(model, batches, options, folder, report=lambda progress: losses.append(progress.loss))
    return model, losses


def test_only_adapters_learn_and_the_merge_is_base_plus_adapters(llama_folder: Path, tmp_path: Path) -> None:
    base, _ = load_base(llama_folder)
    model, losses = tuned(llama_folder, tmp_path)
    assert losses[-1] < 0.95 * losses[0]
    merged = Merged(model, model.state_dict())
    assert merged.keys() == base.state_dict().keys()
    now = model.state_dict()
    for name, weight in base.state_dict().items():
        inner = name.replace("_proj.weight", "_proj.base_layer.weight")
        assert torch.equal(now[inner], weight)
        if inner != name:
            parts = (now[name.replace(".weight", f".lora_{part}.default.weight")] for part in "BA")
            first, second = parts
            assert torch.allclose(merged[name], weight + 2 * first @ second, atol=1e-6)
            assert not torch.equal(merged[name], weight)
        else:
            assert torch.equal(merged[name], weight)
    base.load_state_dict(dict(merged))
    ids = torch.tensor([[3, 4, 5, 11]])
    with torch.no_grad():
        assert torch.allclose(base(ids).logits, model.eval()(ids).logits, atol=1e-4)


def test_a_checkpoint_holds_the_adapters_alone_and_a_run_goes_on_from_it(llama_folder: Path, tmp_path: Path) -> None:
    model, first = tuned(llama_folder, tmp_path)
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert saved["model"]
    assert all(".lora_" in name for name in saved["model"])
    assert all(torch.equal(model.state_dict()[name], weight) for name, weight in saved["model"].items())
    of_checkpoint, of_model = Merged(model, saved["model"]), Merged(model, model.state_dict())
    assert all(torch.equal(weight, of_model[name]) for name, weight in of_checkpoint.items())
    _, later = tuned(llama_folder, tmp_path, TuneOptions(tokens=4000, learning_rate=1e-2))
    assert later[0] < 0.95 * first[0]


def test_a_checkpoint_of_another_method_is_refused(llama_folder: Path, tmp_path: Path) -> None:
    tuned(llama_folder, tmp_path)
    model, _ = load_base(llama_folder)
    with pytest.raises(UsageError, match="of another base or method"):
        tune(model, lambda step: iter([EXAMPLES]), OPTIONS, tmp_path)


def test_activations_that_are_computed_again_change_nothing(llama_folder: Path, tmp_path: Path) -> None:
    model, _ = tuned(llama_folder, tmp_path / "kept")
    again, _ = tuned(llama_folder, tmp_path / "again", recomputes=True)
    assert again.model.layers[0].gradient_checkpointing
    assert all(torch.allclose(weight, again.state_dict()[name]) for name, weight in model.state_dict().items())


def test_the_command_tunes_adapters_and_exports_the_merge(
    mistral_folder: Path, seeds: Path, builtin: Signatures, tmp_path: Path
) -> None:
    tuning = TuneOptions(tokens=8000, batch_tokens=600, learning_rate=1e-2)
    losses: list[float] = []
    options = PlannerOptions(
        seeds, tmp_path / "tuned.gguf", tmp_path / "work", str(mistral_folder), bits=16, threads=1,
        tuning=tuning, validate=0, method="lora", rank=4,
    )  # fmt: skip

    def report(progress: Progress) -> None:
        losses.append(progress.loss)

    assert train_planner(options, builtin, report) == options.target
    assert losses[-1] < losses[0]
    card = json.loads((tmp_path / "tuned.json").read_text())
    assert (card["base"], card["method"]) == ("mistral", "LoRA of rank 4")
    base, _ = load_base(mistral_folder, best_dtype("cpu"))
    written = {tensor.name: tensor.data for tensor in gguf.GGUFReader(options.target).tensors}
    assert written["output.weight"] == pytest.approx(base.lm_head.weight.detach().half().numpy())
    value = base.model.layers[0].self_attn.v_proj.weight.detach().float().numpy()
    assert written["blk.0.attn_v.weight"].shape == value.shape
    assert written["blk.0.attn_v.weight"] != pytest.approx(value, abs=1e-3)
