"""A composed request as something to paste."""

from __future__ import annotations

import ast

from asgi_compare.contract import scenario
from asgi_compare.contract.scenario import Client, Expected, Request, Scenario
from asgi_compare.dashboard.copying import scenario_row
from asgi_compare.dashboard.forms import request_from
from asgi_compare.model.transcript import Response
from tests.tables import each_row

FORMS = {
    "nothing": {},
    "all": {
        "method": "BREW",
        "target": "/a%20b?c='d'",
        "headers": 'x-a: it\'s "b"\nx-a: \\',
        "body": "\0 \"'\n\\u00e9 é",
        "leaves_after": "1500",
        "slowly": True,
    },
    "quote in the method": {"method": "P'T"},
}


@each_row("form", list(FORMS.values()))
def test_row_is_python_and_makes_the_same_request(form: dict[str, object]) -> None:
    request = request_from(form)
    row = scenario_row(request, "hello", Response(404))
    ast.parse(row)
    [made] = eval(row, vars(scenario))  # as within a chapter, where it is pasted
    assert isinstance(made, Scenario)
    assert made.name == "hello/composed"
    assert made.exchange == request
    assert made.expected == Expected(status=404)


def test_row_reads_as_the_contract_is_written() -> None:
    request = Request(
        "POST", b"/x", ((b"a", b"b"),), (b"c",), client=Client(leaves_after_bytes=4)
    )
    assert scenario_row(request, "hello", Response(200, complete=False)) == (
        "Scenario(\n"
        '    "hello",\n'
        '    "composed",\n'
        '    "Say in one sentence what a reader learns from this exchange.",\n'
        '    Request(method="POST", target=b"/x", headers=((b"a", b"b"),), '
        'body=(b"c",), client=Client(leaves_after_bytes=4)),\n'
        "    Expected(complete=False),\n"
        "),\n"
    )


def test_row_of_a_request_without_an_answer_expects_no_status() -> None:
    assert "Expected(status=None)" in scenario_row(Request(), "hello", None)
