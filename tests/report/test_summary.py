"""What a run is told in, in short: verdicts, differences, and the reports."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from asgi_compare.model.results import IN_PROCESS, Difference, Run, Verdict
from asgi_compare.report.run import html, summary, terminal, view
from tests.report.summaries import answer, made, text


def difference(
    scenario: str, what: str, layer: str = "", reason: str = ""
) -> Difference:
    cells = (f"raw-asgi@{IN_PROCESS}", f"raw-wsgi@{IN_PROCESS}")
    return Difference(scenario, cells, what, ("1", "2"), True, reason, layer)


def test_empty_run_says_nothing() -> None:
    assert summary.sentences(Run(), view.matrix(Run())) == []


def test_order_is_that_of_the_table(run: Run) -> None:
    """The sample has not measured how soon fifty were answered; the rest is said."""
    found = summary.sentences(run, view.matrix(run))
    asked = [answer(run, question) for question, _ in summary.QUESTIONS]
    assert found == [sentence for sentence in asked if sentence is not None]
    assert len(found) == 5


class TestAlike:
    def test_counts_the_same_and_those_with_other_header_fields(self) -> None:
        run = made("a/same", "a/header", "a/body", "a/failed")
        run.verdicts[-1] = replace(run.verdicts[-1], verdict="failed")
        run.differences += [
            difference("a/header", "header:order"),
            difference("a/header", "answer 1 header:allow"),
            difference("a/body", "body"),
            difference("a/body", "header:allow"),
            replace(  # on a server: this is about what they do in process
                difference("a/same", "body"),
                between=("raw-asgi@in-process", "raw-asgi@uvicorn"),
            ),
        ]
        assert answer(run, "are identical") == summary.Sentence(
            "All 3 implementations pass 3 of 4 scenarios in process. 1 of these is "
            "identical in all 3, and 1 differs in header fields alone.",
            (summary.Place("a/same"), summary.Place("a/header")),
        )

    def test_says_none_and_both(self) -> None:
        run = made("a/body", names=("raw-asgi", "raw-wsgi"))
        run.differences.append(difference("a/body", "body"))
        assert answer(run, "are identical") == summary.Sentence(
            "Both implementations pass 1 of 1 scenario in process. None of these is "
            "identical in both, and none differs in header fields alone.",
            (summary.Place("a/body"),),
        )

    def test_is_not_said_of_one_implementation(self) -> None:
        assert answer(made("a/b", names=("raw-asgi",)), "are identical") is None

    def test_is_not_said_where_nothing_passed_everywhere(self) -> None:
        run = made("a/b")
        run.verdicts.pop()  # this exchange was not asked for
        run.verdicts.append(Verdict("a/c", "raw-wsgi", IN_PROCESS, "passed"))
        assert answer(run, "are identical") is None


class TestBusiestLayer:
    def test_is_named_with_its_numbers_and_its_reason(self) -> None:
        run = made("a/b", "a/c")
        why = "It adds\n fields."
        run.differences += [
            difference("a/b", "header:one", "Security", why),
            difference("a/c", "header:one", "Security", why),
            difference("a/b", "body", "Json", "Blanks."),
            difference("a/b", "status"),
        ]
        assert answer(run, "Which layer") == summary.Sentence(
            "Security makes 2 of the 4 differences, more than any other layer, in 2 of "
            "2 scenarios: It adds fields.",
            (summary.DIFFERENCES,),
        )

    def test_without_a_reason_is_named_all_the_same(self) -> None:
        run = made("a/b")
        layers = ("Json", "Json", "Other")
        run.differences += [difference("a/b", f"{n}", x) for n, x in enumerate(layers)]
        assert text(run, "Which layer").endswith("in 1 of 1 scenario.")

    @pytest.mark.parametrize("layers", [(), ("",), ("one",), ("one", "other")])
    def test_is_not_said_where_none_makes_the_most(
        self, layers: tuple[str, ...]
    ) -> None:
        run = made("a/b")
        run.differences += [difference("a/b", "body", layer) for layer in layers]
        assert answer(run, "Which layer") is None


class TestUnsupported:
    def run(self, *reasons: str) -> Run:
        run = made("a/b", "a/c")
        for n, reason in enumerate(reasons):
            run.verdicts[n] = replace(
                run.verdicts[n], verdict="unsupported", reason=reason
            )
        return run

    def test_most_common_reason_comes_with_its_layer(self) -> None:
        run = self.run("No list.", "No list.", "No push.")
        run.differences.append(difference("a/b", "body", "QueryDict", "No list."))
        assert answer(run, "cannot be done") == summary.Sentence(
            "3 of 6 exchanges are unsupported. The most common reason, in the layer "
            "QueryDict (2 of them): No list.",
            (summary.UNSUPPORTED,),
        )

    def test_reason_without_a_layer_is_given_too(self) -> None:
        assert text(self.run("No list.", "No list.", "No push."), "cannot be done") == (
            "3 of 6 exchanges are unsupported. The most common reason (2 of them): No "
            "list."
        )

    def test_only_reason_is_given_as_that_and_cut(self) -> None:
        assert text(self.run("x" * 300), "cannot be done") == (
            f"1 of 6 exchanges is unsupported. The reason: {'x' * 200}… "
            "(300 characters)."
        )

    @pytest.mark.parametrize("reasons", [("No list.", "No push."), ("",)])
    def test_no_reason_is_given_where_none_is_the_most_common(
        self, reasons: tuple[str, ...]
    ) -> None:
        shown = text(self.run(*reasons), "cannot be done")
        verb = "is" if len(reasons) == 1 else "are"
        assert shown == f"{len(reasons)} of 6 exchanges {verb} unsupported."

    def test_is_not_said_where_all_is_supported(self) -> None:
        assert answer(self.run(), "cannot be done") is None


def test_terminal_gives_the_sentences_before_the_totals(run: Run) -> None:
    console = Console(file=io.StringIO(), width=400)
    terminal.render(run, console)
    assert isinstance(console.file, io.StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    at = lines.index("In short")
    found = summary.sentences(run, view.matrix(run))
    assert lines[at + 1] == f"{summary.NOTE} In brackets: what shows it."
    assert lines[at + 2] == f"* {found[0].text} [hello/get]"
    assert lines[at + 3] == f"* {found[1].text} [What differs, and why]"
    assert lines[at + 2 + len(found)] == ""
    assert lines[at + 3 + len(found)].startswith("12 scenarios, 5 implementations")


def test_page_leads_from_each_sentence_to_its_evidence(run: Run) -> None:
    page = html.render(run)
    section = page[page.index('<section id="short">') : page.index('id="matrix"')]
    for sentence in summary.sentences(run, view.matrix(run)):
        assert f"<li>{sentence.text} <a href=" in section
        for place in sentence.places:
            target = place.section or place.name
            assert f'<a href="#{target}">' in section
            assert f' id="{target}"' in page


def test_page_of_a_run_without_sentences_has_no_such_section() -> None:
    assert "In short" not in html.render(Run())
