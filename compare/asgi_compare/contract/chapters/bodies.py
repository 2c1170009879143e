"""Request bodies, forms and uploads.

A body reaches an ASGI application as events and a WSGI application as a file. What they
do about its length, its pieces and its end is what this chapter is about.
"""

from asgi_compare.contract.scenario import Client, Endpoint, Expected, Request, Scenario

FORM = (b"content-type", b"application/x-www-form-urlencoded")
MULTIPART = (b"content-type", b"multipart/form-data; boundary=frontier")
UPLOAD = (
    b"--frontier\r\n"
    b'Content-Disposition: form-data; name="title"\r\n\r\n'
    b"Gr\xc3\xbc\xc3\x9fe\r\n"
    b"--frontier\r\n"
    b'Content-Disposition: form-data; name="data"; filename="abc.bin"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n"
    b"abc\r\n"
    b"--frontier--\r\n"
)
UPLOADED = {
    "fields": [["title", "Grüße"]],
    "files": [
        {
            "name": "data",
            "filename": "abc.bin",
            "content_type": "application/octet-stream",
            "size": 3,
            "sha256": (
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            ),
        }
    ],
}
TOKEN = b"f4GrmM6LSCJ2wB1oQkJ4wEJtyVqhPKHz"
"""A well-formed CSRF secret: 32 letters and digits."""

ENDPOINTS = (
    Endpoint("echo", ("POST",), "/echo", "Answers with the body that it got."),
    Endpoint("form", ("POST",), "/form", "Answers with the fields of a form."),
    Endpoint(
        "csrf_form",
        ("POST",),
        "/csrf-form",
        "The same form, behind whatever guard against forged requests there is.",
    ),
    Endpoint(
        "upload",
        ("POST",),
        "/upload",
        "Answers with the fields of a multipart form, and the digests of its files.",
    ),
)

ECHO = (
    Scenario(
        "echo",
        "empty",
        "A POST without a body is one event with nothing in it.",
        Request("POST", b"/echo"),
        Expected(body=b""),
    ),
    Scenario(
        "echo",
        "small",
        "A small body, and the media type it came with.",
        Request(
            "POST",
            b"/echo",
            headers=((b"content-type", b"text/csv"),),
            body=(b"one,two\r\n",),
        ),
        Expected(headers=((b"content-type", b"text/csv"),), body=b"one,two\r\n"),
    ),
    Scenario(
        "echo",
        "ten_mebibytes",
        "10 MiB in 160 pieces come back whole.",
        Request("POST", b"/echo", body=(b"0123456789abcdef" * 4096,) * 160),
        Expected(body=b"0123456789abcdef" * 4096 * 160),
        deadline=20,
    ),
    Scenario(
        "echo",
        "no_content_length",
        "A body whose length nobody announced (the chunked coding on a socket).",
        Request("POST", b"/echo", body=(b"one", b"two", b"three"), chunked=True),
        Expected(body=b"onetwothree"),
    ),
    Scenario(
        "echo",
        "slow_body",
        "The pieces arrive one by one, and the application waits for all of them.",
        Request(
            "POST",
            b"/echo",
            body=(b"one", b"two", b"three"),
            client=Client(pause=0.02),
        ),
        Expected(body=b"onetwothree"),
    ),
    Scenario(
        "echo",
        "leaves_in_the_middle",
        "The client leaves with half of its body sent; nobody is there to answer to.",
        Request(
            "POST",
            b"/echo",
            body=(b"one", b"two", b"three", b"four"),
            client=Client(leaves_after_sending=2),
        ),
        Expected(status=None, stops=True),
    ),
)


def _form(case: str, shows: str, body: bytes, *pairs: list[str]) -> Scenario:
    request = Request("POST", b"/form", (FORM,), (body,) if body else ())
    return Scenario("form", case, shows, request, Expected(json={"form": [*pairs]}))


FORMS = (
    _form(
        "simple", "The pairs of a form, in order.", b"a=1&b=2", ["a", "1"], ["b", "2"]
    ),
    _form(
        "repeated",
        "A field that is there twice has two values.",
        b"a=1&a=2",
        ["a", "1"],
        ["a", "2"],
    ),
    _form(
        "interleaved",
        "Whether the order of fields with different names survives.",
        b"a=1&b=2&a=3",
        ["a", "1"],
        ["b", "2"],
        ["a", "3"],
    ),
    _form(
        "encoded",
        "Forms have a + for the blank, and percent-encoded UTF-8.",
        b"drink=caf%C3%A9+au+lait&sum=1%2B1",
        ["drink", "café au lait"],
        ["sum", "1+1"],
    ),
    _form(
        "blank_value", "A field without a value is there, and empty.", b"a=", ["a", ""]
    ),
    _form("empty", "A form without fields is a form.", b""),
    Scenario(
        "csrf_form",
        "without_token",
        "A form that no page of ours was the origin of: who refuses it?",
        Request("POST", b"/csrf-form", (FORM,), (b"a=1",)),
        Expected(json={"form": [["a", "1"]]}),
    ),
    Scenario(
        "csrf_form",
        "with_token",
        "The same form with the cookie and the token that Django asks for.",
        Request(
            "POST",
            b"/csrf-form",
            (FORM, (b"cookie", b"csrftoken=" + TOKEN), (b"x-csrftoken", TOKEN)),
            (b"a=1",),
        ),
        Expected(json={"form": [["a", "1"]]}),
    ),
)

UPLOADS = (
    Scenario(
        "upload",
        "field_and_file",
        "A multipart body divides into fields and files.",
        Request("POST", b"/upload", (MULTIPART,), (UPLOAD,)),
        Expected(json=UPLOADED),
    ),
    Scenario(
        "upload",
        "in_pieces",
        "The boundary may fall apart between two events.",
        Request(
            "POST", b"/upload", (MULTIPART,), (UPLOAD[:5], UPLOAD[5:90], UPLOAD[90:])
        ),
        Expected(json=UPLOADED),
    ),
    Scenario(
        "upload",
        "no_content_length",
        "An upload whose length nobody announced.",
        Request("POST", b"/upload", (MULTIPART,), (UPLOAD,), chunked=True),
        Expected(json=UPLOADED),
    ),
    Scenario(
        "upload",
        "no_boundary",
        "A multipart body without its boundary cannot be read.",
        Request(
            "POST", b"/upload", ((b"content-type", b"multipart/form-data"),), (UPLOAD,)
        ),
        Expected(status=400),
    ),
    Scenario(
        "upload",
        "truncated",
        "A multipart body without its closing boundary is not whole.",
        Request("POST", b"/upload", (MULTIPART,), (UPLOAD[:-16],)),
        Expected(status=400),
    ),
)

SCENARIOS = (*ECHO, *FORMS, *UPLOADS)
