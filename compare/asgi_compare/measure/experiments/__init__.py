"""Experiments: questions that people ask and claims that they publish, each answered by
a program that anyone can run again.

An experiment is one file in `questions/` with one record, `EXPERIMENT`. Nothing else
has to know of it. It runs in two steps. `run` measures and yields observations, each as
soon as it is made, so that an interrupted run keeps what it has. `read` is a pure
function from observations to the answer, so that stored observations can be read anew.

    experiment.py   nouns: Experiment, Source, Effort, Observation(s)
    answer.py       nouns: Answer, Table, and the charts
    bench.py        what experiments use: servers, the load client, many at once
    wire.py         what counts need: single connections, signals, many servers
    child.py        a function in a fresh process of its own
    questions/      the experiments, one a file
    discovery.py    finds them
    runner.py       runs them, and says when an answer must not be trusted
    store.py        a notebook as JSON, both ways

The pages that are made to be measured here are in `asgi_compare.laboratory.waits`, and
functions that say what happens within one process in `asgi_compare.laboratory.within`.
"""
