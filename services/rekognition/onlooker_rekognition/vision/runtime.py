"""How onnxruntime computes: with which threads, on which device, and with how much memory kept at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import onnxruntime  # type: ignore[import-untyped]  # ships no types

from onlooker_rekognition.vision.errors import ModelError, ProviderError

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"


def share_memory() -> None:
    """Let all models that this process opens from now on take the memory of their tensors from one arena.

    For the composition root, as it is the whole process that shares. It takes less than malloc, which they use
    otherwise (with all models 545 MB in place of 677), and less time, as the kernel need not clear the same pages again
    and again.
    """
    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(memory, onnxruntime.OrtArenaCfg({}))


@dataclass(frozen=True, slots=True)
class Runtime:
    """Opens models. `providers` are onnxruntime's names of devices, the one to be preferred first."""

    threads: int = 1
    providers: tuple[str, ...] = (CPU,)

    @property
    def accelerated(self) -> bool:
        """Whether a device other than the processor comes first."""
        return self.providers[0] != CPU

    def prepare(self) -> None:
        """Loads what the devices need, before the first model is opened.

        NVIDIA's libraries, as Python packages, lie where the system's linker does not look for them. Raises
        ProviderError, which names the providers that there are, if this onnxruntime lacks one.
        """
        available = onnxruntime.get_available_providers()
        if missing := [name for name in self.providers if name not in available]:
            raise ProviderError(
                f"This installation of onnxruntime has no {', '.join(missing)}. "
                f"It has: {', '.join(available)}. Other devices come with other packages, such as onnxruntime-gpu."
            )
        if CUDA in self.providers:
            onnxruntime.preload_dlls()

    def open(self, path: Path) -> onnxruntime.InferenceSession:
        """A session for the model at `path`.

        Raises ModelError if it is not one, and ProviderError if the device that was asked for does not take it:
        onnxruntime by itself would go on without a word, on the processor.
        """
        try:
            session = onnxruntime.InferenceSession(str(path), self._options(), list(self.providers))
        except Exception as error:  # onnxruntime's errors have no base of their own
            raise ModelError(f"onnxruntime can not load the model {path}: {error}") from error
        if self.providers[0] not in session.get_providers():
            raise ProviderError(
                f"{self.providers[0]} does not work on this machine: onnxruntime fell back to "
                f"{session.get_providers()[0]}. Are the device's driver and libraries installed?"
            )
        return session

    def _options(self) -> onnxruntime.SessionOptions:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        # idle threads of one session would otherwise spin while another session's work: 169 ms an image, not 44
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # the process's, if it shares one; of its own, each model would keep the memory of its largest run for itself
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.use_env_allocators", "1")
        options.enable_mem_pattern = False  # it pays for equal shapes only, and batches here differ
        options.log_severity_level = 3  # errors; they are raised as well
        return options
