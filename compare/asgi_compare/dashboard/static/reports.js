import { el } from "./dom.js";

export function view(state, query) {
  if (!state.reports.length) {
    return el("p", {}, "No report was named: asgi-compare layers --html layers.html, asgi-compare experiments run --all --html experiments.html, and then asgi-compare serve --report layers.html --report experiments.html.");
  }
  const frame = el("iframe", { class: "tall", title: "The report" });
  const report = el("select", { name: "report", onchange: show }, state.reports.map((name, n) =>
    el("option", { value: n, selected: query.get("report") === String(n) }, name)));

  function show() {
    state.remember("reports", { report: report.value });
    frame.src = `reports/${report.value}`;
  }
  show();
  return el("div", {}, el("form", { onsubmit: (event) => event.preventDefault() }, el("label", {}, "Report", report)), frame);
}
