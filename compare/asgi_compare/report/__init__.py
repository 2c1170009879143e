"""A `Run` in words and pictures.

    marks.py        what a cell can say, in one character and in words
    view.py         the matrix, and the words at the top
    groups.py       many cells that say the same, said once
    measures.py     measurements as tables
    short.py        a few sentences that say what the run has found
    values.py       one value of an event as one line
    timeline.py     one transcript as lines
    evidence.py     what lies behind the cells of one row
    terminal.py     ... set for a terminal, with rich
    trace.py        transcripts side by side, for a terminal
    markdown.py     ... as Markdown
    pages.py        how all pages escape, and what a browser may do with them
    html.py         ... as one page, with page.html and page.css
    schema.json     the JSON Schema of the file that holds a run
    files.py        writes a report whole, or not at all

The first eight arrange; the next four set what is arranged, and decide nothing about
it. Everything that came from an application goes through
`asgi_compare.model.sanitize.clean` on its way.

A report reads `asgi_compare.model.results` and `asgi_compare.model.transcript`.
"""
