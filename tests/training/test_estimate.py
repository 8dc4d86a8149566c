"""What a run will take is told before it begins, and what does not fit is refused."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")
psutil = pytest.importorskip("psutil", reason="the train extra is not installed")
pytest.importorskip("peft", reason="the train extra is not installed")

from tinyagent_cli.commands.train_estimate import expectation  # noqa: E402
from tinyagent_cli.errors import UsageError  # noqa: E402
from tinyagent_cli.training.adapters import freeze_words  # noqa: E402
from tinyagent_cli.training.attention import use_two_products  # noqa: E402
from tinyagent_cli.training.estimate import activation_bytes, count, estimate, memory_of  # noqa: E402
from tinyagent_cli.training.examples import Branch, Example  # noqa: E402
from tinyagent_cli.training.loss import plan_loss  # noqa: E402
from tinyagent_cli.training.tune import TuneOptions, recompute_activations  # noqa: E402

SMOLLM2 = transformers.LlamaConfig(
    vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
    num_key_value_heads=3, tie_word_embeddings=True,
)  # fmt: skip
WIZARDLM2 = transformers.MistralConfig(
    vocab_size=32000, hidden_size=4096, intermediate_size=14336, num_hidden_layers=32, num_attention_heads=32,
    num_key_value_heads=8, tie_word_embeddings=False,
)  # fmt: skip


def test_the_weights_of_smollm2_are_counted() -> None:
    counts = count(SMOLLM2, 0)
    assert counts.parameters == 134_515_008
    assert counts.tuned == counts.parameters - 49152 * 576
    assert counts.matrices == counts.tuned_matrices == counts.tuned - 61 * 576


def test_adapters_of_smollm2_are_counted() -> None:
    counts = count(SMOLLM2, 16)
    layer = 2 * (576 + 576) + 2 * (576 + 192) + 3 * (576 + 1536)
    assert counts.tuned == counts.tuned_matrices == 30 * 16 * layer
    assert counts.parameters == 134_515_008 + counts.tuned


def test_memory_of_smollm2() -> None:
    memory = memory_of(SMOLLM2, count(SMOLLM2, 0), 1500, 2, recomputes=False)
    assert memory.weights == 2 * 134_515_008
    assert memory.masters == 4 * 134_515_008
    assert (memory.gradients, memory.optimizer) == (4 * 106_203_456, 8 * 106_203_456)
    assert memory.needed == pytest.approx(3.7e9, rel=0.05)


def test_adapters_of_wizardlm2_fit_where_the_whole_does_not() -> None:
    whole = memory_of(WIZARDLM2, count(WIZARDLM2, 0), 1500, 2, recomputes=True)
    adapters = memory_of(WIZARDLM2, count(WIZARDLM2, 16), 1500, 2, recomputes=True)
    assert whole.needed > 120e9
    assert adapters.weights == pytest.approx(2 * 7.24e9, rel=0.01)
    assert adapters.needed < 18e9


@pytest.mark.parametrize("row", [0, 64])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_activations_are_as_many_as_a_step_keeps(dtype: torch.dtype, row: int) -> None:
    config = transformers.LlamaConfig(
        vocab_size=64, hidden_size=192, intermediate_size=512, num_hidden_layers=3, num_attention_heads=6,
        num_key_value_heads=3, tie_word_embeddings=True,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config).to(dtype).train()
    freeze_words(model)
    if row:
        use_two_products(model)
    kept = saved_bytes(model)
    assert activation_bytes(config, 256, dtype.itemsize, row=row) == pytest.approx(kept, rel=0.1)
    recompute_activations(model)
    assert saved_bytes(model) < activation_bytes(config, 256, dtype.itemsize, recomputes=True, row=row) < 0.6 * kept


def saved_bytes(model: torch.nn.Module) -> int:
    """What the forward pass of a batch of 256 tokens leaves for the backward pass, weights not counted."""
    rng = Random(1)
    batch = [
        Example(tuple(rng.choices(range(64), k=32)), (Branch((), tuple(rng.choices(range(64), k=32)), (1.0,) * 32),))
    ] * 4
    weights = {weight.untyped_storage().data_ptr() for weight in model.parameters()}
    kept: dict[int, torch.Tensor] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = plan_loss(model, batch)
    assert loss.requires_grad
    return sum(tensor.untyped_storage().nbytes() for address, tensor in kept.items() if address not in weights)


def with_memory(monkeypatch: pytest.MonkeyPatch, free: float) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=int(free)))


def test_activations_that_do_not_fit_are_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with_memory(monkeypatch, 20e9)
    assert not estimate(SMOLLM2, 0, 1500, "cpu").memory.recomputes
    short = memory_of(SMOLLM2, count(SMOLLM2, 0), 20_000, 4, recomputes=True).needed
    with_memory(monkeypatch, short * 1.01)
    expected = estimate(SMOLLM2, 0, 20_000, "cpu")
    assert expected.memory.recomputes
    assert expected.memory.needed <= expected.available
    assert any("computed again" in line for line in expectation(expected, TuneOptions(), 1))


def test_too_little_memory_is_refused_before_anything_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    with_memory(monkeypatch, 16e9)
    with pytest.raises(UsageError, match=r"needs 1\d\d\.\d GB of memory, and 16.0 GB are free on cpu") as caught:
        estimate(WIZARDLM2, 0, 1500, "cpu")
    assert "--method lora" in caught.value.hint


def test_processes_of_one_machine_share_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    with_memory(monkeypatch, 20e9)
    assert estimate(SMOLLM2, 0, 1500, "cpu", 2).available == int(10e9)
    with pytest.raises(UsageError, match="are free on cpu"):
        estimate(SMOLLM2, 0, 1500, "cpu", 20)


def test_the_estimate_is_shown_in_three_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    with_memory(monkeypatch, 20e9)
    expected = estimate(SMOLLM2, 0, 1500, "cpu")
    model, memory, speed = expectation(expected, TuneOptions(), 2)
    assert model.startswith("model   134.5 M parameters, 106.2 M of them tuned, on cpu in ")
    assert model.endswith("2 processes")
    assert " each of 20.0 GB free: weights " in memory
    assert "tokens/s: 3,000,000 tokens in " in speed
    *_, limited = expectation(expected, TuneOptions(minutes=1e-3), 2)
    assert limited.endswith(" tokens in 1 min")
    assert "3,000,000" not in limited


def test_rounding_needs_a_copy_of_the_weights_beside_what_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    with_memory(monkeypatch, 40e9)
    assert estimate(WIZARDLM2, 16, 1500, "cpu").memory.needed < 40e9
    with pytest.raises(UsageError, match=r"needs [4-6]\d\.\d GB of memory") as caught:
        estimate(WIZARDLM2, 16, 1500, "cpu", rounds=True)
    assert "--calibrate 0" in caught.value.hint
    small = estimate(SMOLLM2, 0, 1500, "cpu", rounds=True).memory
    assert small.rounding < small.activations


def test_rounding_is_done_beside_the_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    with_memory(monkeypatch, 16e9)
    with pytest.raises(UsageError, match=r"rounding needs 29\.1 GB of the machine's memory, and 16\.0 GB are free"):
        estimate(WIZARDLM2, 16, 1500, "cuda", rounds=True)
