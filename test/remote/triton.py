"""Serves the ONNX files of a folder on a real Triton, each under its file's name: Triton's own HTTP and gRPC in front, ONNX Runtime behind. Prints "ready" when it answers."""

import sys
from pathlib import Path

import numpy as np
import onnxruntime
from pytriton.decorators import batch  # noqa: F401  (its import checks the installation)
from pytriton.model_config import ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

TYPES = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(uint8)": np.uint8, "tensor(bool)": np.bool_}


def tensors(ports):
    return [Tensor(name=port.name, dtype=TYPES[port.type], shape=tuple(size if isinstance(size, int) else -1 for size in port.shape)) for port in ports]


def runner(session):
    names = [output.name for output in session.get_outputs()]

    def run(requests):
        return [dict(zip(names, session.run(names, dict(request.data)))) for request in requests]

    return run


folder, http_port, grpc_port = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
config = TritonConfig(http_address="127.0.0.1", http_port=http_port, grpc_address="127.0.0.1", grpc_port=grpc_port, allow_metrics=False)
with Triton(config=config) as triton:
    for file in sorted(folder.glob("*.onnx")):
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        triton.bind(
            model_name=file.stem,
            infer_func=runner(session),
            inputs=tensors(session.get_inputs()),
            outputs=tensors(session.get_outputs()),
            config=ModelConfig(batching=False),
        )
    triton.run()
    print("ready", flush=True)
    sys.stdin.read()  # Until whoever started it has gone.
