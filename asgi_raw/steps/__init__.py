"""ASGI in eight steps, each of them a file that runs by itself.

    step1.py    three arguments, two events, and a whole scope
    step2.py    the request's body, in pieces
    step3.py    method, path, header fields; who adds which header
    step4.py    a response in pieces, the client that leaves, no response
    step5.py    start-up, shut-down, and the state between them
    step6.py    messages both ways
    step7.py    an application around an application
    step8.py    all of it: where the application of this package does what

Start any of them with `uvicorn asgi_raw.steps.step1:application`. The first imports
nothing of this project, and most others only the names of types that it writes out.

Each docstring shows conversations. They were not written by hand: a driver played the
server, and a tool wrote down what crossed the interface. An arrow shows the way:

    ->    the application receives it
    <-    the application sends it

Where a sentence stands on the specification, the section is named beside it:

    ASGI         https://asgi.readthedocs.io/en/latest/specs/main.html
    www          https://asgi.readthedocs.io/en/latest/specs/www.html
    lifespan     https://asgi.readthedocs.io/en/latest/specs/lifespan.html
    RFC 9110     https://www.rfc-editor.org/rfc/rfc9110.html

The page `docs/steps.md` has all of this with pictures.
"""
