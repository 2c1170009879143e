"""What the systems take: the figures in `docs/systems/`.

    table.py      what is measured, as a table of records
    lines.py      lines of code, counted from the sources
    messages.py   events, hops and microseconds a message
    stories.py    events, calls to a thread and milliseconds of a story, in each system
    memory.py     KiB a connection
    broadcast.py  one message to a thousand, and to ten thousand
    bare_room.py  the limit of that: nothing but `transport.write`
    layers.py     what carries messages between processes, and what it loses
    rooms.py      where those who are measured meet

But for the lines, each measurement yields observations, as an experiment does, and uses
the instruments of the experiments. `python -m tools.systems_page measure` keeps them.
"""
