"""Pages that do nothing but wait, for the experiments of `measure/experiments/`."""
