"""Scores with ebm2onnx and onnxruntime on one thread, in the environment that has them: a turn for every line it reads.

`python -m benchmarks.onnx_worker ROWS`: tells that it is ready, and then of every turn how many seconds it took.
"""

from __future__ import annotations

import sys
import time
from importlib.metadata import version

import ebm2onnx
import numpy as np
import onnxruntime

from benchmarks.rivals import interpret_model, package_in_use, rows_of


def main(rows: int) -> None:
    """Convert the packaged model, check it, and score the same rows at every line of stdin."""
    package = package_in_use()
    kinds = dict.fromkeys(package.feature_names, "double")
    converted = ebm2onnx.to_onnx(interpret_model(package), kinds, predict_proba=True, explain=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(converted.SerializeToString(), options)
    columns = rows_of(package, rows)
    _, probabilities, _ = session.run(None, columns)
    assert np.abs(probabilities[:, 1] - package.evaluate(columns, rows).score).max() < 1e-6, "single precision"
    print(f"ebm2onnx {version('ebm2onnx')}, onnxruntime {version('onnxruntime')}", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        session.run(None, columns)
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
