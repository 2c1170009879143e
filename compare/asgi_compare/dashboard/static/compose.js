import { api, chooser, el, failure, milliseconds } from "./dom.js";

export function view(state, query) {
  const result = el("div", { "aria-live": "polite" });
  const { set, chosen } = chooser(state.subjects);
  const field = (name, attributes = {}) => el("input", { name, autocomplete: "off", ...attributes });
  const paths = [...new Set(state.scenarios.map((each) => each.target))];
  const method = field("method", { list: "methods", value: query.get("method") ?? "GET", required: true });
  const target = field("target", { list: "paths", value: query.get("target") ?? "/", required: true });
  const headers = el("textarea", { name: "headers", rows: 2, placeholder: "name: value, one a line" }, query.get("headers") ?? "");
  const body = el("textarea", { name: "body", rows: 2 }, query.get("body") ?? "");
  const leaves = field("leaves_after", { type: "number", min: 0 });
  const slowly = field("slowly", { type: "checkbox" });
  const scenario = el("select", { name: "scenario", onchange: () => {
    const found = state.scenarios.find((each) => each.name === scenario.value);
    if (!found) return;
    [method.value, target.value, headers.value, body.value] = [found.method, found.target, found.headers, found.body];
    form.requestSubmit();
  } }, el("option", { value: "" }, "a scenario of the contract …"), state.scenarios.map((each) =>
    el("option", { value: each.name, title: each.shows }, each.name)));
  const form = el("form", { onsubmit: send },
    el("label", {}, "Method", method), el("label", {}, "Path and query", target),
    el("label", { class: "wide" }, "Start from", scenario),
    el("details", { class: "wide", open: Boolean(headers.value || body.value) },
      el("summary", {}, "Header fields, body, and how the client behaves"),
      el("label", {}, "Header fields", headers),
      el("label", {}, "Body", body),
      el("div", { class: "row" },
        el("label", {}, "Leave after n pieces of the answer", leaves),
        el("label", { class: "inline" }, slowly, "Read slowly (0.2 s a piece)"))),
    set,
    el("div", { class: "wide" }, el("button", { class: "main" }, "Send to all that are ticked")),
    el("datalist", { id: "methods" }, ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"].map((value) => el("option", { value }))),
    el("datalist", { id: "paths" }, paths.map((value) => el("option", { value }))));

  async function send(event) {
    event?.preventDefault();
    const wish = { method: method.value, target: target.value, headers: headers.value, body: body.value,
      leaves_after: leaves.value, slowly: slowly.checked, ids: chosen() };
    state.remember("compose", { method: wish.method, target: wish.target, headers: wish.headers, body: wish.body });
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
    el("p", { class: "quiet" }, "≠ marks what is not as in the first column."),
    el("div", { class: "columns" }, answers.map((each) => answerCard(each, answers[0]))),
  ];
}

function recorded({ scenario, records }) {
  return [
    el("h2", {}, "What crossed the interface, in process"),
    el("p", { class: "quiet" }, `Compared with ${records[0].id}, as ${scenario}. → is what the application receives, ← what it sends, ⤳ a call in another thread, ? a query.`),
    el("div", { class: "columns" }, records.map(eventCard)),
  ];
}

function answerCard({ id, answer, copies }, first) {
  const same = (value, other) => JSON.stringify(value) === JSON.stringify(other);
  const base = first.answer;
  const known = new Map(base.headers);
  const mark = (differs) => (id !== first.id && differs ? "differs" : null);
  const own = ["date", "server"];
  return el("section", { class: "card" },
    el("h3", {}, id),
    answer.status == null ? el("p", { class: "bad" }, answer.ending || "no answer")
      : el("p", { class: mark(answer.status !== base.status) }, `${answer.status} ${answer.reason}`),
    el("p", { class: "quiet" }, milliseconds(answer.ms), answer.complete ? "" : " · broke off before its end"),
    el("ul", { class: "fields" },
      answer.headers.map(([name, value]) => el("li", { class: own.includes(name) ? "quiet" : mark(known.get(name) !== value) }, `${name}: ${value}`)),
      base.headers.filter(([name]) => !answer.headers.some(([other]) => other === name) && !own.includes(name))
        .map(([name]) => el("li", { class: "differs" }, `no ${name}`))),
    el("pre", { class: mark(!same(answer.body, base.body)), tabindex: 0 }, answer.body || "(no body)"),
    answer.pieces.length > 1 && el("p", { class: "quiet" }, `in ${answer.pieces.length} pieces`),
    el("p", { class: "row" }, Object.entries(copies).map(([name, text]) =>
      el("button", { type: "button", title: text, onclick: async (event) => {
        const button = event.target;
        try {
          await navigator.clipboard.writeText(text);
          button.textContent = "Copied";
        } catch {
          button.textContent = "The browser forbids it";
        }
      } }, `Copy as ${name}`))));
}

function eventCard({ id, events, differences }) {
  const arrows = { receive: "→", send: "←", hop: "⤳", query: "?" };
  return el("section", { class: "card" },
    el("h3", {}, id),
    el("ol", { class: "events" }, events.lines.map((line) => el("li", { class: line.direction === "hop" ? "hop" : null },
      el("span", {}, line.at), el("span", {}, line.thread),
      el("span", {}, `${arrows[line.direction] ?? ""} ${line.kind}${line.count > 1 ? ` ×${line.count}` : ""}`),
      line.details.map((detail) => el("div", { class: "detail" }, detail))))),
    events.ending && el("p", { class: "bad" }, events.ending),
    events.notes.map((note) => el("p", { class: "quiet" }, note)),
    differences.length > 0 && el("h3", {}, "Differs"),
    el("ul", { class: "fields" }, differences.map((each) => el("li", {},
      el("span", { class: "differs" }, `${each.what}: ${each.here}`),
      el("div", { class: "quiet" }, each.known ? each.reason : "No known reason.")))));
}
