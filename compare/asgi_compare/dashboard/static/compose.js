import { api, chooser, el, explained, failure, milliseconds } from "./dom.js";
import { lanes } from "./lanes.js";

export function view(state, query) {
  const result = el("div", { "aria-live": "polite" });
  const { set, chosen } = chooser(state.subjects, query.getAll("to"));
  const field = (name, attributes = {}) => el("input", { name, autocomplete: "off", ...attributes });
  const paths = [...new Set(state.scenarios.map((each) => each.target))];
  const method = field("method", { list: "methods", value: query.get("method") ?? "GET", required: true });
  const target = field("target", { list: "paths", value: query.get("target") ?? "/", required: true });
  const headers = el("textarea", { name: "headers", rows: 2, placeholder: "name: value, one a line" }, query.get("headers") ?? "");
  const body = el("textarea", { name: "body", rows: 2 }, query.get("body") ?? "");
  // A text area makes LF of CR LF; a body that nobody has changed is sent as it was given.
  let given = query.get("body") ?? "";
  const bodyToSend = () => (body.value === given.replaceAll("\r\n", "\n") ? given : body.value);
  const leaves = field("leaves_after", { type: "number", min: 1, value: query.get("leaves_after"), "aria-describedby": "leaving" });
  const slowly = field("slowly", { type: "checkbox", checked: query.has("slowly") });
  const scenario = el("select", { name: "scenario", onchange: () => {
    const found = state.scenarios.find((each) => each.name === scenario.value);
    if (!found) return;
    given = found.body;
    leaves.value = "";
    slowly.checked = false;
    [method.value, target.value, headers.value, body.value] = [found.method, found.target, found.headers, found.body];
    form.requestSubmit();
  } }, el("option", { value: "" }, "a scenario of the contract …"), state.scenarios.map((each) =>
    el("option", { value: each.name, title: each.shows }, each.name)));
  const form = el("form", { onsubmit: send },
    el("label", {}, "Method", method), el("label", {}, "Path and query", target),
    el("label", { class: "wide" }, "Start from", scenario),
    el("details", { class: "wide", open: Boolean(headers.value || body.value || leaves.value || slowly.checked) },
      el("summary", {}, "Header fields, body, and how the client behaves"),
      el("label", {}, "Header fields", headers),
      el("label", {}, "Body", body),
      el("div", { class: "row" },
        el("label", {}, "Leave after n bytes of the answer", leaves),
        el("label", { class: "inline" }, slowly, "Read slowly (0.2 s a piece)")),
      el("p", { id: "leaving", class: "quiet" }, "A client that leaves hangs up as soon as so many bytes of the body are there; the piece with the last of them comes whole. Its server sees a reset connection. Of what is copied, only the scenario says how the client behaves.")),
    set,
    el("div", { class: "wide" }, el("button", { class: "main" }, "Send to all that are ticked")),
    el("datalist", { id: "methods" }, ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"].map((value) => el("option", { value }))),
    el("datalist", { id: "paths" }, paths.map((value) => el("option", { value }))));

  async function send(event) {
    event?.preventDefault();
    const wish = { method: method.value, target: target.value, headers: headers.value, body: bodyToSend(),
      leaves_after: leaves.value, slowly: slowly.checked, ids: chosen() };
    state.remember("compose", { method: wish.method, target: wish.target, headers: wish.headers, body: wish.body,
      leaves_after: wish.leaves_after, slowly: wish.slowly, to: wish.ids.length < state.subjects.length ? wish.ids : [] });
    if (!wish.ids.length) return result.replaceChildren(failure(new Error("Tick at least one of them.")));
    const answers = el("div"), records = el("p", { class: "quiet" }, "Recording …");
    result.replaceChildren(answers, records);
    try {
      answers.replaceChildren(...answered(await api("ask", wish)));
      records.replaceWith(...recorded(await api("record", wish)));
    } catch (error) {
      records.replaceWith(failure(error));
    }
  }
  // A link or a reload may ask again for what changes nothing, and for no more.
  if (["GET", "HEAD", "OPTIONS"].includes(method.value)) queueMicrotask(send);
  return el("div", {}, form, result);
}

function answered(answers) {
  return [
    el("h2", {}, "What the client got, from each server"),
    el("p", { class: "quiet" }, `≠ marks what is not as in the first column, ${answers[0].id}; what only follows from that is not marked.`),
    el("div", { class: "columns" }, answers.map(answerCard)),
  ];
}

function recorded({ scenario, records }) {
  return [
    el("h2", {}, "What crossed the interface, in process"),
    el("p", { class: "quiet" }, `Compared with ${records[0].id}, as ${scenario}. → ▼ is what the application receives, ← ▲ what it sends, ⤳ ◆ a call in another thread, ? ■ a query. Each thread is a line, and time runs to the right.`),
    el("div", { class: "columns" }, records.map(eventCard)),
  ];
}

function answerCard({ id, answer, differences, copies }) {
  const whats = differences.map((each) => each.what);
  const mark = (...names) => (whats.some((what) => names.includes(what)) ? "differs" : null);
  const absent = whats.filter((what) => what.startsWith("header:") && what !== "header:order").map((what) => what.slice(7))
    .filter((name) => !answer.headers.some(([other]) => other === name));
  const behaved = [milliseconds(answer.ms), answer.left && "the client left", !answer.complete && "broke off before its end"];
  return el("section", { class: "card" },
    el("h3", {}, id),
    answer.status == null ? el("p", { class: "bad" }, answer.ending || "no answer")
      : el("p", { class: mark("status", "answer", "ending") }, `${answer.status} ${answer.reason}`),
    answer.status != null && answer.ending && el("p", { class: "bad" }, answer.ending),
    el("p", { class: mark("complete") ?? "quiet" }, behaved.filter(Boolean).join(" · ")),
    el("ul", { class: "fields", "aria-label": "Header fields" },
      answer.headers.map(([name, value]) => el("li", { class: ["date", "server"].includes(name) ? "quiet" : mark(`header:${name}`) }, `${name}: ${value}`)),
      absent.map((name) => el("li", { class: "differs" }, `no ${name}`))),
    el("pre", { class: whats.some((what) => /^(body|json)/.test(what)) ? "differs" : null, tabindex: 0 }, answer.body || "(no body)"),
    answer.cut && el("p", { class: "bad" }, answer.cut),
    answer.pieces > 1 && el("p", { class: mark("pieces") ?? "quiet" }, `in ${answer.pieces} pieces`),
    explained(differences),
    copying(copies));
}

function copying(copies) {
  const shown = el("textarea", { readonly: true, hidden: true, rows: 4, "aria-label": "To copy" });
  const copy = async (text) => {
    shown.value = text;
    shown.hidden = false;
    shown.select();
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = "Copied.";
    } catch {
      said.textContent = "Copy it from here:";
    }
  };
  const said = el("span", { role: "status", class: "quiet" });
  return el("div", { class: "row copy", role: "group", "aria-label": "Copy as" }, "Copy as", Object.entries(copies).map(([name, text]) =>
    el("button", { type: "button", "aria-label": `Copy as ${name}`, onclick: () => copy(text) }, name)), said, shown);
}

function eventCard({ id, events, differences }) {
  const arrows = { receive: "→", send: "←", hop: "⤳", query: "?" };
  return el("section", { class: "card" },
    el("h3", {}, id),
    events.drawn.length > 0 && lanes(events.drawn),
    el("ol", { class: "events" }, events.lines.map((line) => el("li", { class: line.direction === "hop" ? "hop" : null },
      el("span", {}, line.at), el("span", {}, line.thread),
      el("span", {}, `${arrows[line.direction] ?? ""} ${line.kind}${line.count > 1 ? ` ×${line.count}` : ""}`),
      line.details.map((detail) => el("div", { class: "detail" }, detail))))),
    events.ending && el("p", { class: "bad" }, events.ending),
    events.notes.map((note) => el("p", { class: "quiet" }, note)),
    explained(differences));
}
