"""What a check concludes from more than one exchange, or from the process.

The rule book judges one exchange by its events. What is here needs more: the answer to
another request, the same request ten times over, or a look at what the application left
behind in its process. A conclusion is a record, as a rule is, and its id stands in the
place of a rule's. Those of the level `advice` have no sentence: nothing forbids what
they are about, and it goes wrong in practice all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from asgi_compare.judge.rules.engine.rule import (
    LIFESPAN,
    MAIN,
    PEP,
    RFC9110,
    WWW,
)
from asgi_compare.model.results import Finding, Level

REQUEST = WWW + "request-receive-event"
SEND = WWW + "disconnected-client-send-exception"
DISCONNECT = WWW + "disconnect-receive-event"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """One thing that can be concluded, and what to do about it."""

    id: str
    level: Level
    statement: str
    quote: str
    """The sentence of the specification; empty if there is none."""
    link: str
    """The section that holds the sentence, or that is about the matter."""
    hint: str

    def finding(
        self, message: str, scenario: str, evidence: tuple[int, ...] = ()
    ) -> Finding:
        """Make a finding of it; the message has no full stop yet."""
        where = f"event {evidence[0]}" if evidence else "at the end"
        sentence = f"{message} ({where} of {scenario!r})."
        return Finding(self.id, "application", self.level, sentence, scenario, evidence)


HEAD_LENGTH = Conclusion(
    "http/head-length-differs",
    "must",
    "The Content-Length of an answer to HEAD is that of the answer to GET.",
    "a server MUST NOT send Content-Length in such a response unless its field value "
    "equals the decimal number of octets that would have been sent in the content of "
    "a response if the same request had used the GET method",
    RFC9110 + "8.6",
    "Leave the field away where the length is not known without making the content.",
)
HEAD_TYPE = Conclusion(
    "http/head-fields-differ",
    "should",
    "The answer to HEAD has the Content-Type of the answer to GET.",
    "The server SHOULD send the same header fields in response to a HEAD request as it "
    "would have sent if the request method had been GET",
    RFC9110 + "9.3.2",
    "Let the same code make both heads.",
)
CODING = Conclusion(
    "http/content-coding",
    "must",
    "Content that is called gzip is gzip.",
    "indicates what content codings have been applied to the representation",
    RFC9110 + "8.4",
    "Set Content-Encoding where the content is compressed, and nowhere else.",
)
VARY = Conclusion(
    "advice/vary-missing",
    "advice",
    "Where the coding depends on Accept-Encoding, Vary names it.",
    "",
    RFC9110 + "12.5.5",
    "Add Accept-Encoding to Vary, with and without the coding; or let Cache-Control "
    "say `private`.",
)
ETAG_OF_CODINGS = Conclusion(
    "http/etag-of-two-codings",
    "should",
    "With and without a content coding, the content has a strong ETag of its own.",
    "a strong entity tag for a content-encoded representation has to be distinct from "
    "the entity tag of an unencoded representation",
    RFC9110 + "8.8.3.3",
    "Put the coding into the ETag, or make it a weak one: `W/` before it.",
)
MORE_BODY = Conclusion(
    "asgi-http/more-body-ignored",
    "should",
    "An application that reads the body reads it to its end before it succeeds.",
    "the consuming application should wait until it gets a chunk with this set to "
    "False",
    REQUEST,
    "Receive until `more_body` is absent or False.",
)
HALF_BODY = Conclusion(
    "asgi-http/half-body-accepted",
    "should",
    "A body that broke off is not taken for a whole one.",
    "If False, the request is complete and should be processed",
    REQUEST,
    "Stop at `http.disconnect`: it has no `more_body`, and is not the end of the body.",
)
HALF_BODY_ANSWERED = Conclusion(
    "advice/half-body-answered",
    "advice",
    "A request of which the client sent one half is not answered with success.",
    "",
    DISCONNECT,
    "Stop at `http.disconnect`, unless the content of the body does not matter; over "
    "WSGI, compare what was read with CONTENT_LENGTH.",
)
STREAM_GOES_ON = Conclusion(
    "advice/stream-goes-on",
    "advice",
    "A stream ends when its client has left, on older servers, too.",
    "",
    SEND,
    "Before version 2.4 `send` does not raise: wait for `http.disconnect` beside the "
    "stream.",
)
ERROR_TO_NOBODY = Conclusion(
    "advice/error-after-client-left",
    "advice",
    "That a client leaves is no error of the server's.",
    "",
    DISCONNECT,
    "Catch the disconnect apart from other exceptions, and return.",
)
HEAD_CONTENT = Conclusion(
    "advice/head-with-content",
    "advice",
    "A request for the head is answered without content.",
    "",
    RFC9110 + "9.3.2",
    "Leave the content away where the method is HEAD; the server drops it.",
)
SCOPE_CHANGED = Conclusion(
    "advice/scope-changed",
    "advice",
    "The values of the scope that the caller gave are as they were.",
    "",
    MAIN + "middleware",
    "Change a copy of the scope: whoever called may still read the original.",
)
LOOP_BLOCKED = Conclusion(
    "advice/loop-blocked",
    "advice",
    "An application lets the event loop turn while it waits.",
    "",
    MAIN + "applications",
    "Await something that waits, or move the work to a thread (`asyncio.to_thread`).",
)
TASKS_LEFT = Conclusion(
    "advice/tasks-left",
    "advice",
    "No task is left behind by each request.",
    "",
    MAIN + "overview",
    "Cancel what was started for a request when the request ends.",
)
THREADS_LEFT = Conclusion(
    "advice/threads-left",
    "advice",
    "No thread is left behind by each request.",
    "",
    MAIN + "overview",
    "Use a pool of threads, or join the thread when the request ends.",
)
GENERATORS_LEFT = Conclusion(
    "advice/generators-left",
    "advice",
    "Each asynchronous generator is run to its end, or closed.",
    "",
    MAIN + "overview",
    "Use `contextlib.aclosing` around a loop that may be left early.",
)
FILES_LEFT = Conclusion(
    "advice/files-left",
    "advice",
    "No open file or socket is left behind by each request.",
    "",
    MAIN + "overview",
    "Open it in a `with` statement, or keep one for all requests.",
)
MEMORY_GROWS = Conclusion(
    "advice/memory-grows",
    "advice",
    "Equal requests do not make the process grow.",
    "",
    LIFESPAN + "scope",
    "Bound what is kept: by a length, a time, or the lifespan.",
)

PART_LENGTH = Conclusion(
    "http/206-length",
    "must",
    "The content of a part is as long as its Content-Range says.",
    'The "Content-Range" header field is sent in a single part 206 (Partial Content) '
    "response to indicate the partial range of the selected representation enclosed "
    "as the message content",
    RFC9110 + "14.4",
    "The second number of `bytes first-last/length` is that of the last byte.",
)
PART_UNASKED = Conclusion(
    "http/206-not-asked-for",
    "should",
    "A 206 is the answer to a request with Range.",
    "indicates that the server is successfully fulfilling a range request for the "
    "target resource",
    RFC9110 + "15.3.7",
    "Answer 200 with the whole where there is no Range.",
)
FRAMED = Conclusion(
    "asgi-http/framed-by-hand",
    "should",
    "The chunks of a transfer coding are the server's to make.",
    "Servers handle Transfer-Encoding themselves",
    WWW + "response-start-send-event",
    "Send the content as it is, and leave Transfer-Encoding away.",
)
GOES_ON = Conclusion(
    "asgi-http/goes-on-after-error",
    "should",
    "A stream ends when `send` raises because the client has left.",
    "If send() is called on a closed connection the server should raise a "
    "server-specific subclass of OSError",
    SEND,
    "Let the OSError out of the loop.",
)
ENDED_ONCE = Conclusion(
    "asgi/second-answer-empty",
    "should",
    "An equal request gets content again.",
    'The application is called once per "connection"',
    MAIN + "applications",
    "Make the generator or iterator of the content for each request.",
)
ENDED_ONCE_WSGI = Conclusion(
    "wsgi/second-answer-empty",
    "must",
    "An equal request gets content again.",
    "application objects must be able to be invoked more than once",
    PEP + "the-application-framework-side",
    "Make the generator or iterator of the content for each request.",
)
FIELDS_GROW = Conclusion(
    "http/fields-grow",
    "should",
    "Equal requests do not get more fields each time.",
    "each request message's semantics can be understood in isolation",
    RFC9110 + "3.3",
    "Make a new list of fields for each response.",
)
FIELDS_GONE = Conclusion(
    "http/fields-only-once",
    "should",
    "An equal request gets the fields of the content again.",
    "each request message's semantics can be understood in isolation",
    RFC9110 + "3.3",
    "Make the generator or iterator of the fields for each response, or a list.",
)
LIST_SHARED = Conclusion(
    "advice/headers-shared",
    "advice",
    "What a server adds to the `response_headers` is not in the next response.",
    "the server may change its contents in any way it desires",
    PEP + "the-start-response-callable",
    "Give `start_response` a new list each time.",
)
MIXED = Conclusion(
    "asgi/answers-mixed",
    "must",
    "Two requests at the same time get each its own answer.",
    'The application is called once per "connection"',
    MAIN + "applications",
    "Keep what belongs to one request in local variables, not on `self`.",
)
MIXED_WSGI = Conclusion(
    "wsgi/answers-mixed",
    "must",
    "Two requests at the same time get each its own answer.",
    "should evaluate true if the application object may be simultaneously invoked by "
    "another thread in the same process",
    PEP + "environ-variables",
    "Keep what belongs to one request in local variables, not on `self`.",
)
SENT_IN_VAIN = Conclusion(
    "advice/send-after-disconnect",
    "advice",
    "Once it was told that the client has left, an application sends no more.",
    "",
    WWW + "disconnect-receive-event-ws",
    "Return at the disconnect, or catch the OSError of `send`.",
)
MESSAGE_RAISES = Conclusion(
    "advice/message-raises",
    "advice",
    "A message that is not as expected is answered, or the socket is closed with a "
    "code that says why.",
    "",
    WWW + "receive-receive-event",
    "Look which of `text` and `bytes` is there; close with 1003 or 1007 else.",
)
STREAM_NOT_LEFT = Conclusion(
    "advice/stream-not-left",
    "advice",
    "A test client can leave a stream before its end, and the application hears of it.",
    "",
    DISCONNECT,
    "Give each piece to the caller as it is sent, and `http.disconnect` to the "
    "application when the caller closes the response.",
)
STREAM_HELD_BACK = Conclusion(
    "advice/stream-held-back",
    "advice",
    "The pieces of a stream are sent as they are made, and not all at its end.",
    "",
    WWW + "response-body-send-event",
    "Send each piece before the next one is made. Under ASGI, Django gathers what a "
    "synchronous iterator yields: give it an asynchronous one.",
)

CONCLUSIONS: dict[str, Conclusion] = {
    each.id: each
    for each in (
        HEAD_LENGTH,
        HEAD_TYPE,
        CODING,
        VARY,
        ETAG_OF_CODINGS,
        MORE_BODY,
        HALF_BODY,
        HALF_BODY_ANSWERED,
        STREAM_GOES_ON,
        ERROR_TO_NOBODY,
        HEAD_CONTENT,
        SCOPE_CHANGED,
        LOOP_BLOCKED,
        TASKS_LEFT,
        THREADS_LEFT,
        GENERATORS_LEFT,
        FILES_LEFT,
        MEMORY_GROWS,
        PART_LENGTH,
        PART_UNASKED,
        FRAMED,
        GOES_ON,
        ENDED_ONCE,
        ENDED_ONCE_WSGI,
        FIELDS_GROW,
        FIELDS_GONE,
        LIST_SHARED,
        MIXED,
        MIXED_WSGI,
        SENT_IN_VAIN,
        MESSAGE_RAISES,
        STREAM_NOT_LEFT,
        STREAM_HELD_BACK,
    )
}
"""All of them, by id."""
