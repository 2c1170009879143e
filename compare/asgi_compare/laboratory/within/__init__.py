"""Functions that say what happens within one process, for `measure/experiments/`.

Each is called in a process of its own (`in_child`), and returns numbers. The pages that
servers serve for experiments are in `waits/`.
"""
