"""Where the arithmetic runs."""

import pytest
import torch
from threadpoolctl import threadpool_limits

from ssvae_core.errors import UserError
from ssvae_core.training.device import (
    autocast,
    bf16_helps,
    choose_device,
    device_title,
    is_out_of_memory,
    use_threads,
)

CPU = torch.device("cpu")


@pytest.fixture
def no_gpu(monkeypatch):
    """A machine with a CPU only."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_the_cpu_is_always_there():
    assert choose_device("cpu") == CPU


@pytest.mark.usefixtures("no_gpu")
def test_auto_takes_the_cpu_where_there_is_nothing_else():
    assert choose_device("auto") == choose_device() == CPU


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_auto_takes_a_gpu_before_the_cpu(kind, no_gpu, monkeypatch):
    place = torch.cuda if kind == "cuda" else torch.backends.mps
    monkeypatch.setattr(place, "is_available", lambda: True)
    assert choose_device("auto").type == kind
    assert choose_device(f"{kind}:0") == torch.device(kind, 0)


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps"])
@pytest.mark.usefixtures("no_gpu")
def test_a_device_that_is_not_there_is_refused_with_those_that_are(name):
    with pytest.raises(UserError, match=f"'{name}' is not on this machine; cpu is"):
        choose_device(name)


def test_an_unknown_device_is_refused_with_those_there_could_be():
    with pytest.raises(UserError, match=r"Unknown device 'tpu'. Choose one of: auto, cuda, mps"):
        choose_device("tpu")


def test_the_title_of_the_cpu_counts_its_threads(monkeypatch):
    assert device_title(CPU) == "CPU, 1 thread"
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    assert device_title(CPU) == "CPU, 8 threads"


def test_threads_are_those_asked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    monkeypatch.setattr("os.cpu_count", lambda: 6)
    monkeypatch.delenv("SSVAE_THREADS", raising=False)
    with threadpool_limits(1):  # as many are left to the tests after this one as before
        use_threads()
        use_threads(2)
        monkeypatch.setenv("SSVAE_THREADS", "3")
        use_threads()
    assert asked == [6, 2, 3]


def test_products_are_in_bfloat16_just_where_that_helps():
    a = torch.randn(4, 4)
    with autocast(CPU):
        assert (a @ a).dtype == (torch.bfloat16 if bf16_helps(CPU) else torch.float32)
    assert (a @ a).dtype == torch.float32


def test_a_device_without_bfloat16_products_does_without_them():
    assert not bf16_helps(torch.device("meta"))


def test_torch_itself_is_recognised_when_it_has_no_memory():
    with pytest.raises(RuntimeError) as refused:
        torch.empty(1 << 60)
    assert is_out_of_memory(refused.value)
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert is_out_of_memory(MemoryError())


def test_another_error_is_not_a_lack_of_memory():
    with pytest.raises(RuntimeError) as wrong:
        torch.zeros(2, 3) @ torch.zeros(2, 3)
    assert not is_out_of_memory(wrong.value)
    assert not is_out_of_memory(ValueError("can't allocate memory"))
