"""Masters collect steps that are too small for the weights the model computes with."""

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")

from tinyagent_cli.training.masters import Masters, best_dtype  # noqa: E402
from tinyagent_cli.training.rounding import Rounded, round_model  # noqa: E402


def tiny() -> "torch.nn.Module":
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=64, hidden_size=64, intermediate_size=96, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, tie_word_embeddings=True,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config)
    model.get_input_embeddings().requires_grad_(False)
    return model


def test_steps_too_small_for_16_bits_add_up() -> None:
    model = tiny()
    masters = Masters(model, torch.bfloat16)
    shown = model.model.norm.weight
    for _ in range(100):
        for master in masters.weights:
            master.add_(1e-3)
        masters.show()
    assert shown.dtype == torch.bfloat16
    assert shown[0].item() == pytest.approx(1.1, abs=0.01)


def rounded(model: "torch.nn.Module") -> dict[str, Rounded]:
    return round_model(model, [[5, 6, 7, 8, 9], [20, 10, 50]])


def test_of_a_rounded_model_only_the_scales_are_tuned() -> None:
    model = tiny()
    matrices = rounded(model)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    masters = Masters(model, torch.float32, matrices)
    assert masters.state().keys() == matrices.keys()
    for value in masters.weights:
        value.mul_(1.25)
    masters.restore()
    for name, weight in model.state_dict().items():
        assert torch.allclose(weight, before[name] * (1.25 if name in matrices else 1), atol=1e-6)
    for name, matrix in masters.rounded().items():
        assert (matrix.codes == matrices[name].codes).all()
        assert matrix.scales == pytest.approx(matrices[name].scales * 1.25, rel=1e-3)


def test_the_gradient_of_a_scale_is_that_of_the_loss() -> None:
    model = tiny()
    masters = Masters(model, torch.float32, rounded(model))

    def loss() -> "torch.Tensor":
        masters.show()
        return model(input_ids=torch.arange(8)[None], labels=torch.arange(8)[None]).loss

    loss().backward()
    masters.take_gradients()
    value = masters.weights[0]
    place = divmod(int(value.grad.abs().argmax()), value.shape[1])
    changes = []
    for nudge in (0.2, -0.4):
        value[place] += nudge
        changes.append(loss().item())
    assert (changes[0] - changes[1]) / 0.4 == pytest.approx(value.grad[place].item(), rel=0.05)


def test_gradients_reach_the_masters() -> None:
    model = tiny()
    masters = Masters(model, torch.float32)
    model(input_ids=torch.arange(8)[None], labels=torch.arange(8)[None]).loss.backward()
    masters.take_gradients()
    assert all(master.grad is not None and master.grad.abs().sum() > 0 for master in masters.weights)
    assert all(weight.grad is None for weight in model.parameters())


def test_a_processor_without_mkldnn_computes_in_32_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    monkeypatch.setattr(torch.ops, "mkldnn", None)
    assert best_dtype("cpu") is torch.float32
