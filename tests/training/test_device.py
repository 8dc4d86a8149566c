"""The device that a planner is tuned on: the one asked for if it is there, otherwise the fastest."""

import sys

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from tinyagent_cli.errors import UsageError  # noqa: E402
from tinyagent_cli.training import device  # noqa: E402
from tinyagent_cli.training.device import Device, found  # noqa: E402


def machine(patch: pytest.MonkeyPatch, *, apple: bool = False, cuda: bool = False, mlx_lm: bool = False) -> None:
    patch.setattr(sys, "platform", "darwin" if apple else "linux")
    patch.setattr(device.platform, "machine", lambda: "arm64" if apple else "x86_64")
    patch.setattr(torch.cuda, "is_available", lambda: cuda)
    patch.setattr(device, "find_spec", lambda name: object() if mlx_lm else None)


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ({}, Device.CPU),
        ({"cuda": True, "mlx_lm": True}, Device.CUDA),
        ({"mlx_lm": True}, Device.CPU),
        ({"apple": True, "mlx_lm": True}, Device.MLX),
        ({"apple": True}, Device.CPU),
    ],
)
def test_auto_takes_the_fastest(monkeypatch: pytest.MonkeyPatch, there: dict[str, bool], expected: Device) -> None:
    machine(monkeypatch, **there)
    assert found(Device.AUTO) is expected


def test_what_is_asked_for_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, apple=True, mlx_lm=True)
    assert found(Device.CPU) is Device.CPU
    machine(monkeypatch, mlx_lm=True)
    assert found(Device.MLX) is Device.MLX


@pytest.mark.parametrize(("asked", "told"), [(Device.CUDA, "CUDA"), (Device.MLX, r"mlx-lm .*train-mlx")])
def test_what_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, asked: Device, told: str) -> None:
    machine(monkeypatch)
    with pytest.raises(UsageError, match=told):
        found(asked)
