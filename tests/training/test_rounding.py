"""Rounding that lets the next columns make good what one has lost."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")
gguf = pytest.importorskip("gguf", reason="the train extra is not installed")

from tinyagent_cli.training.export import export  # noqa: E402
from tinyagent_cli.training.rounding import round_matrix, round_model  # noqa: E402


def test_outputs_are_nearer_than_with_every_weight_rounded_by_itself() -> None:
    torch.manual_seed(0)
    weights = torch.randn(48, 96)
    inputs = torch.randn(400, 12) @ torch.randn(12, 96) + 0.1 * torch.randn(400, 96)
    rounded = torch.from_numpy(round_matrix(weights, inputs.T @ inputs).values())

    def error(other: "torch.Tensor") -> float:
        return float(((inputs @ (other - weights).T) ** 2).mean())

    assert error(rounded) < 0.1 * error(plainly(weights))


def test_the_column_with_the_largest_inputs_is_rounded_before_it_makes_good_for_others() -> None:
    torch.manual_seed(0)
    weights = torch.randn(64, 96)
    inputs = torch.randn(600, 24) @ torch.randn(24, 96) * torch.linspace(0.1, 2, 96)
    rounded = round_matrix(weights, inputs.T @ inputs)
    values, steps = torch.from_numpy(rounded.values()), torch.from_numpy(rounded.scales).abs().repeat_interleave(32, 1)
    away = ((values - weights).abs() > 0.51 * steps) & (values.abs() < 7 * steps)
    largest = int((inputs**2).sum(0).argmax())
    assert not away[:, largest].any()
    assert away.any(dim=0).sum() > 48


def plainly(weights: "torch.Tensor") -> "torch.Tensor":
    """What is left when every weight is rounded by itself."""
    packed = gguf.quants.quantize(weights.numpy(), gguf.GGMLQuantizationType.Q4_0)
    return torch.from_numpy(gguf.quants.dequantize(packed, gguf.GGMLQuantizationType.Q4_0))


def test_the_bytes_are_those_of_the_format() -> None:
    torch.manual_seed(1)
    rounded = round_matrix(torch.randn(8, 64), torch.eye(64))
    read = gguf.quants.dequantize(rounded.packed(), gguf.GGMLQuantizationType.Q4_0)
    assert read.shape == (8, 64)
    assert (read == rounded.values()).all()


def test_a_column_of_zeros_stays() -> None:
    weights = torch.randn(8, 64)
    weights[:, 32:] = 0
    rounded = round_matrix(weights, torch.zeros(64, 64))
    assert (rounded.values()[:, 32:] == 0).all()


def test_a_model_is_written_as_it_was_rounded(tiny_base: Path, tmp_path: Path) -> None:
    source = {"pretrained_model_name_or_path": str(tiny_base.parent), "gguf_file": tiny_base.name}
    model = transformers.AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
    exact = {name: weight.clone() for name, weight in model.state_dict().items()}
    rounded = round_model(model, [[5, 6, 7, 8, 9], [200, 100, 50]])
    assert len(rounded) == 2 * 5
    assert not torch.equal(model.state_dict()["model.layers.1.mlp.up_proj.weight"], exact["lm_head.weight"][:96])
    target = tmp_path / "rounded.gguf"
    export(exact, model.config, tiny_base, target, rounded=rounded)
    read = transformers.AutoModelForCausalLM.from_pretrained(str(tmp_path), gguf_file=target.name, dtype=torch.float32)
    for name in rounded:
        assert torch.allclose(read.state_dict()[name], model.state_dict()[name], atol=1e-6)
