"""Results in words and pictures, a folder for each kind of result.

    common/       files, pages, Markdown, values, timelines, sequence diagrams
    run/          a run: the matrix, the evidence, a few sentences
    check/        a check: terminal, HTML, Markdown, JSON, JUnit and SARIF
    ladder/       the layers of Django
    experiments/  answers with their tables and charts
    story/        several participants on one timeline

A report reads records of `model/` and `measure/`. It never sees a rule or a driver.
Everything that came from an application goes through `model/sanitize.py` on its way.
"""
