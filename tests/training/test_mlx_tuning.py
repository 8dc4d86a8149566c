"""Tuning with MLX takes PyTorch's steps, goes on where it was cut off, and ends in the same weight file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")
gguf = pytest.importorskip("gguf", reason="the train extra is not installed")
mx = pytest.importorskip("mlx.core", reason="the train-mlx extra is not installed")
pytest.importorskip("mlx_lm", reason="the train-mlx extra is not installed")

from mlx_lm.models.llama import TransformerBlock  # noqa: E402

from tinyagent_cli.errors import UsageError  # noqa: E402
from tinyagent_cli.plan.signature import Signatures  # noqa: E402
from tinyagent_cli.planner.engines.llamacpp import LlamaCpp  # noqa: E402
from tinyagent_cli.training import mlx_tune, tune  # noqa: E402
from tinyagent_cli.training.base import load_base  # noqa: E402
from tinyagent_cli.training.device import Device  # noqa: E402
from tinyagent_cli.training.examples import Branch, Example, apart, example  # noqa: E402
from tinyagent_cli.training.export import export  # noqa: E402
from tinyagent_cli.training.loss import plan_loss  # noqa: E402
from tinyagent_cli.training.mlx_model import mirrored  # noqa: E402
from tinyagent_cli.training.mlx_model import plan_loss as mlx_loss  # noqa: E402
from tinyagent_cli.training.planner import train_planner  # noqa: E402
from tinyagent_cli.training.planner_options import PlannerOptions  # noqa: E402
from tinyagent_cli.training.tune import Progress, TuneOptions  # noqa: E402

if TYPE_CHECKING:
    from transformers import PreTrainedModel


LLAMA3 = {
    "rope_type": "llama3", "rope_theta": 10_000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}  # fmt: skip


def small(kind: str = "Llama", **settings: object) -> PreTrainedModel:
    config = getattr(transformers, f"{kind}Config")(
        vocab_size=500, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=128, **{"tie_word_embeddings": True, **settings},
    )  # fmt: skip
    torch.manual_seed(0)
    return getattr(transformers, f"{kind}ForCausalLM")(config)


def batch(seed: int) -> list[Example]:
    """Two requests that share a beginning, and one that does not."""
    rng = Random(seed)

    def ids(count: int) -> tuple[int, ...]:
        return tuple(rng.randrange(500) for _ in range(count))

    def branch(prompt: tuple[int, ...], count: int) -> Branch:
        return Branch(prompt, ids(count), tuple(rng.choices((1.0, 3.0), k=count)))

    tools = ids(9)
    return [example([branch(tools + ids(5), 6), branch(tools + ids(3), 4)]), example([branch(ids(4), 8)])]


def ten_steps(
    model: PreTrainedModel,
    folder: Path,
    module: ModuleType = mlx_tune,
    *,
    stop: int = 10,
    **how: object,
) -> list[float]:
    """Tune on two batches by turns, and give the loss after every step; after `stop` steps the run is cut off."""
    losses = []

    def report(progress: Progress) -> None:
        losses.append(progress.loss)
        if progress.step == stop + 1:
            raise KeyboardInterrupt

    def batches(step: int) -> Iterator[list[Example]]:
        while True:
            yield batch(step % 2)
            step += 1

    options = TuneOptions(tokens=500, learning_rate=1e-2, checkpoint_minutes=0)
    module.tune(model, batches, options, folder, report=report, **how)
    return losses


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"tie_word_embeddings": False},
        {"rope_theta": 50_000.0},
        {"rope_parameters": LLAMA3},
        {"kind": "Mistral", "sliding_window": 4096},
    ],
)
def test_the_loss_is_that_of_pytorch(settings: dict[str, object]) -> None:
    model = small(**settings)
    assert mlx_loss(mirrored(model), batch(1)).item() == pytest.approx(plan_loss(model, batch(1)).item(), rel=1e-5)


def test_requests_set_apart_count_as_they_did_together() -> None:
    model = small()
    singly = list(apart(batch(1)))
    assert [len(item.branches) for item in singly] == [1, 1, 1]
    assert plan_loss(model, singly).item() == pytest.approx(plan_loss(model, batch(1)).item(), rel=1e-5)


def test_the_steps_are_those_of_pytorch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tune, "best_dtype", lambda device: torch.float32)
    before, here, there = small(), small(), small()
    ours = ten_steps(here, tmp_path / "mlx")
    assert ours == pytest.approx(ten_steps(there, tmp_path / "torch", tune), rel=1e-3)
    for name, weight in here.state_dict().items():
        moved = (there.state_dict()[name] - before.state_dict()[name]).abs().mean()
        assert (weight - there.state_dict()[name]).abs().mean() <= 1e-3 * moved


def test_a_run_that_was_cut_off_ends_where_an_uncut_one_does(tmp_path: Path) -> None:
    uncut, cut = small(), small()
    losses = ten_steps(uncut, tmp_path / "uncut")
    with pytest.raises(KeyboardInterrupt):
        ten_steps(cut, tmp_path / "cut", stop=4)
    after = ten_steps(resumed := small(), tmp_path / "cut")
    assert after == pytest.approx(losses[4:], rel=1e-6)
    assert all(torch.allclose(weight, resumed.state_dict()[name]) for name, weight in uncut.state_dict().items())


@pytest.mark.parametrize("rank", [0, 4])
def test_words_stay_as_they_are(tmp_path: Path, rank: int) -> None:
    before, after = small(tie_word_embeddings=False), small(tie_word_embeddings=False)
    ten_steps(after, tmp_path, rank=rank)
    same = {name for name, weight in after.state_dict().items() if torch.equal(weight, before.state_dict()[name])}
    norms = {name for name in same if "norm" in name}
    assert same - norms == {"model.embed_tokens.weight", "lm_head.weight"}
    assert bool(norms) == bool(rank)


@pytest.mark.parametrize("rank", [0, 4])
def test_the_loss_falls(tmp_path: Path, rank: int) -> None:
    before, after = small(), small()
    ten_steps(after, tmp_path, rank=rank)
    assert plan_loss(after, batch(0)) < plan_loss(before, batch(0)) - 0.2


def test_low_rank_additions_end_in_the_matrices(tmp_path: Path) -> None:
    before, after = small(), small()
    ten_steps(after, tmp_path, rank=4)
    for name, weight in after.state_dict().items():
        change = weight - before.state_dict()[name]
        if "proj" in name:
            assert torch.linalg.matrix_rank(change, rtol=1e-3) == 4


@pytest.mark.parametrize("rank", [0, 4])
def test_activations_computed_again_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rank: int) -> None:
    monkeypatch.setattr(TransformerBlock, "__call__", TransformerBlock.__call__)  # undone after the test
    kept = ten_steps(small(), tmp_path / "kept", rank=rank)
    assert ten_steps(small(), tmp_path / "again", rank=rank, recomputes=True) == pytest.approx(kept, rel=1e-5)


def test_a_checkpoint_of_another_base_is_refused(tmp_path: Path) -> None:
    ten_steps(small(), tmp_path)
    with pytest.raises(UsageError, match="--work"):
        ten_steps(small("Llama", head_dim=32), tmp_path)


def test_a_plan_learned_here_is_written_by_llamacpp(tiny_base: Path, tmp_path: Path) -> None:
    """The tuned weights, exported at 16 bits, in another program."""
    model, tokenizer = load_base(tiny_base)
    prompt, plan = "Request: email Sid the notes\n", '1. get_email_address("Sid")\n2. join()'
    ids, answer = tokenizer([prompt, plan], add_special_tokens=False)["input_ids"]
    one = [Example((), (Branch(tuple(ids), (*answer, tokenizer.eos_token_id), (1.0,) * (len(answer) + 1)),))]

    def batches(step: int) -> Iterator[list[Example]]:
        while True:
            yield one

    options = TuneOptions(tokens=60 * len(one[0]), learning_rate=1e-2)
    mlx_tune.tune(model, batches, options, tmp_path / "work")
    target = tmp_path / "tuned.gguf"
    export(dict(model.state_dict()), model.config, tiny_base, target, bits=16)
    engine = LlamaCpp(target)
    assert "".join(engine.generate(prompt)) == plan
    engine.close()


def test_the_command_trains_on_mlx(tiny_base: Path, seeds: Path, tmp_path: Path, builtin: Signatures) -> None:
    losses: list[float] = []
    tuning = TuneOptions(tokens=4000, batch_tokens=300, learning_rate=1e-2)
    options = PlannerOptions(
        seeds, tmp_path / "tuned.gguf", tmp_path / "work", str(tiny_base), validate=0, device=Device.MLX, tuning=tuning
    )
    train_planner(options, builtin, lambda progress: losses.append(progress.loss))
    assert losses[-1] < losses[0]
    card = json.loads((tmp_path / "tuned.json").read_text())
    assert card["device"] == "mlx"
    assert card["bytes"] == options.target.stat().st_size


def test_workers_are_refused(tiny_base: Path, seeds: Path, tmp_path: Path, builtin: Signatures) -> None:
    options = PlannerOptions(seeds, tmp_path / "a.gguf", tmp_path, str(tiny_base), workers=2, device=Device.MLX)
    with pytest.raises(UsageError, match="workers"):
        train_planner(options, builtin)
