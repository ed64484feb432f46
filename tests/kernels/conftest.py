"""Whether kernels are used."""

from kernels.switches import fresh, kernels_off, kernels_on

__all__ = ["fresh", "kernels_off", "kernels_on"]
