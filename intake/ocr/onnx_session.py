"""The door to onnxruntime for models of our own: one thread, nothing fetched, a broken file named.

What: a session of a model file that runs on the CPU in one thread.
Why: readers run one to a process and several processes to a machine; threads inside cost more than they save.
Refuses: a file that is missing or is no model: `EngineFailed` says which and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as raised

from intake.ocr.engine import EngineFailed

REFUSALS = (
    raised.Fail, raised.InvalidArgument, raised.InvalidGraph, raised.InvalidProtobuf, raised.NoModel, raised.NoSuchFile,
    raised.NotImplemented, raised.RuntimeException, RuntimeError, ValueError, OSError,
)  # fmt: skip
"""What onnxruntime raises: its own errors are of no class but Exception."""


class OnnxModel:
    """A model file, loaded once, with one input."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # warnings about shapes would go to the service's log
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except REFUSALS as error:
            raise EngineFailed(
                f"the model {path} cannot be loaded: {error}. Install remsfax again: the file comes with it."
            ) from error
        self.described: Mapping[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)
        self._input = self._session.get_inputs()[0].name

    def run(self, given: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The model's first output for an input. Raises EngineFailed if the runtime refuses."""
        return self.outputs(given)[0]

    def outputs(self, given: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], ...]:
        """All outputs for an input, in the model's order. Raises EngineFailed if the runtime refuses."""
        try:
            return tuple(np.asarray(one, np.float32) for one in self._session.run(None, {self._input: given}))
        except REFUSALS as error:
            raise EngineFailed(f"the model failed on an input of shape {given.shape}: {error}") from error
