"""The experiments, one a file, in folders by what they are about. Each module defines
EXPERIMENT, and imports no other.

A new experiment is a new file in one of the folders, and nothing else:

    def run(effort: Effort) -> Iterator[Observation]:
        for server in installed(("uvicorn", "hypercorn")):
            with serve("raw-asgi", server) as serving:
                for number in range(effort.rounds):
                    seconds, _ = at_once(serving, "/mock-api?latency=0.1", 8)
                    yield Observation(WALL, seconds, "s", {"server": server}, number)

    def read(found: Observations) -> Answer:
        rows = [(name, found.interval(WALL, server=name))
                for name in found.cases("server")]
        if not rows:
            return not_answered("No server was asked.")
        return Answer("yes", "A sentence with the number that decides.",
                      (Table.of(("server", "seconds"), rows),))

    EXPERIMENT = Experiment(name="in-words", topic="Waiting", question="...?", ...)

`run` is a generator: what it has yielded is kept when it is interrupted, and its `with`
blocks stop the servers. With `effort.is_quick` it must be over within half a minute.
`read` is pure, and makes do with part of the observations. Where load is put on
servers, measure one thing `first` and `again` in each round (`in_round`): if the two
differ, the runner withholds the answer. Pages that have to be written for it go to
`asgi_compare.laboratory.waits`, functions that need a fresh process go to
`asgi_compare.laboratory.within`, and are called by `in_child`.

Where only what happens counts, and nothing is timed that takes less than a second, let
`wire.on_each` look at several servers together: such answers hold on a busy machine.
"""
