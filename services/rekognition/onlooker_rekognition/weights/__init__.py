"""Where the models come from: fetched by a lock file, converted to ONNX once, verified whenever they are loaded.

Only `lock` is needed to run the server; the other modules build what it checks and need `onnx`.
"""
