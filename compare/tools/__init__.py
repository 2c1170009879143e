"""Make the documentation and the benchmarks; not installed."""
