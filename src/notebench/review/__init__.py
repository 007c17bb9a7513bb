"""Human review: what it costs (a model, and its calibration), what it catches, how to train it."""
