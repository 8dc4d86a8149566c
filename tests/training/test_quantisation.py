"""Four-bit weights are read by others as they were meant, with less error than by the largest weight alone."""

import pytest

np = pytest.importorskip("numpy")
gguf = pytest.importorskip("gguf", reason="the train extra is not installed")

from tinyagent_cli.training.quantisation import q4_0  # noqa: E402

Q4_0 = gguf.GGMLQuantizationType.Q4_0


def read(packed: "np.ndarray") -> "np.ndarray":
    return gguf.quants.dequantize(packed, Q4_0)


def error(weight: "np.ndarray", packed: "np.ndarray") -> float:
    return float(((weight - read(packed)) ** 2).mean())


@pytest.mark.parametrize("spread", [1e-3, 1.0])
def test_the_error_is_smaller_than_that_of_the_reference(spread: float) -> None:
    weight = np.random.default_rng(1).normal(0, spread, (64, 576)).astype(np.float32)
    assert error(weight, q4_0(weight)) < 0.9 * error(weight, gguf.quants.quantize(weight, Q4_0))


def test_weights_on_the_grid_come_back_as_they_were() -> None:
    weight = 0.25 * np.random.default_rng(2).integers(-8, 8, (16, 64)).astype(np.float32)
    weight[:, ::32] = -2.0
    assert np.array_equal(read(q4_0(weight)), weight)


def test_zeros_stay_zeros_and_the_form_is_the_references() -> None:
    weight = np.zeros((3, 96), dtype=np.float32)
    packed = q4_0(weight)
    assert packed.shape == gguf.quants.quantize(weight, Q4_0).shape
    assert packed.dtype == np.uint8
    assert np.array_equal(read(packed), weight)
