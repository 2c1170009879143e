"""The reports of a check for machines: JSON, JUnit XML, SARIF."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema

import asgi_compare.report
from asgi_compare.model.checked import Changed, Checked
from asgi_compare.model.serialization.codec import transcript_from_json
from asgi_compare.report.check import json as findings_json
from asgi_compare.report.check import junit, sarif
from tests.report.checks import (
    KEY,
    QUOTE,
    hostile,
    problem,
    sample,
)

SCHEMA = Path(asgi_compare.report.__file__).parent / "check/schema.json"


def test_json_keeps_its_schema_and_its_transcripts_can_be_read() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for checked in (sample(), hostile(), Checked("a:b", "wsgi")):
        content = json.loads(findings_json.render(checked))
        jsonschema.Draft202012Validator(schema).validate(content)
        for finding in content["findings"]:
            found = content["transcripts"][finding["scenario"]]
            transcript_from_json(found)


def test_json_has_the_findings() -> None:
    content = findings_json.to_json(sample())

    assert content["version"] == 1
    assert content["exit_code"] == 1
    first = content["findings"][0]
    assert first["rule"] == "asgi-headers/not-lowercase"
    assert (first["side"], first["level"]) == ("application", "must")
    assert (first["scenario"], first["evidence"]) == ("probe-http/plain GET /", [1])
    assert content["expected"] == {
        "accepted": ["a GET /"],
        "new": [KEY],
        "gone": ["c GET /"],
    }


def test_junit_has_a_case_for_each_trial() -> None:
    root = ElementTree.fromstring(junit.render(sample()))

    suite = root[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == (
        "4",
        "2",
        "1",
    )
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == [
        "GET / probe-http/plain",
        "GET / probe-http/head",
        "probe-lifespan/whole",
        "expected c GET /",
    ]
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("message") == problem().message
    assert QUOTE in (failure.text or "")
    # What is unclear in the text fails nobody.
    assert "asgi-http/late" not in (failure.text or "")
    error = cases[1].find("error")
    assert error is not None
    assert error.get("message") == "It left."
    gone = cases[3].find("failure")
    assert gone is not None
    assert gone.get("message") == (
        "Expected 'c GET /' as accepted before, but it has gone."
    )


def test_junit_without_expected_findings_fails_for_all_of_them() -> None:
    checked = sample()
    checked.changed = None
    root = ElementTree.fromstring(junit.render(checked))

    assert root.get("failures") == root[0].get("failures") == "1"


def test_accepted_finding_is_no_failure_for_machines() -> None:
    """As the exit code says."""
    checked = sample()
    checked.verdicts = checked.verdicts[:1]
    checked.changed = Changed(accepted=(KEY,))
    late, known = problem("asgi-http/late"), problem()
    checked.problems = [known]
    root = ElementTree.fromstring(junit.render(checked))

    assert checked.code == 0
    assert (root.get("tests"), root.get("failures")) == ("1", "0")
    (result,) = sarif.to_json(checked)["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external"}]

    checked.problems = [known, late]
    results = sarif.to_json(checked)["runs"][0]["results"]
    assert [each["suppressions"] for each in results] == [[{"kind": "external"}], []]


def test_application_that_does_not_start_is_an_error_for_machines() -> None:
    checked = Checked("a:b", "asgi", unstartable="It did not start.")
    root = ElementTree.fromstring(junit.render(checked))
    (invocation,) = sarif.to_json(checked)["runs"][0]["invocations"]

    assert root.get("errors") == "1"
    error = root[0].find("testcase/error")
    assert error is not None
    assert error.get("message") == "It did not start."
    assert invocation["executionSuccessful"] is False
    (said,) = invocation["toolExecutionNotifications"]
    assert said["message"]["text"] == "It did not start."


def test_sarif_has_what_its_schema_requires() -> None:
    content = json.loads(sarif.render(sample()))

    assert content["version"] == "2.1.0"
    assert content["$schema"].endswith("sarif-2.1.0.json")
    (run,) = content["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "asgi-compare"
    assert [result["level"] for result in run["results"]] == ["error", "note"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        location = result["locations"][0]["physicalLocation"]
        assert location["artifactLocation"] == {"uri": "shop/asgi.py"}
    assert (
        len({r["partialFingerprints"]["asgiCompare/v1"] for r in run["results"]}) == 2
    )
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    said = [n["message"]["text"] for n in invocation["toolExecutionNotifications"]]
    assert said[1:] == ["Expected 'c GET /', but it has gone."]


def test_sarif_names_the_version_of_the_tool() -> None:
    checked = Checked("a:b", "asgi", {"versions": {"asgi-compare": "1.2"}})
    assert sarif.to_json(checked)["runs"][0]["tool"]["driver"]["version"] == "1.2"


def test_sarif_names_the_file_that_was_found() -> None:
    checked = sample()
    checked.file = "src/a shop/asgi.py"

    (run,) = sarif.to_json(checked)["runs"]
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "src/a%20shop/asgi.py"}
