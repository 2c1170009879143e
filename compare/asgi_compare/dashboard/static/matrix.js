import { api, el, failure } from "./dom.js";

const MARKS = { passed: "●", failed: "✗", error: "!", unsupported: "○" };

export function view(state, query) {
  const made = el("div", {}, el("p", {}, "Loading …"));
  api("run").then((run) => made.replaceChildren(...matrix(run, state, query)), (error) => made.replaceChildren(failure(error)));
  return made;
}

function matrix(run, state, query) {
  const columns = [...new Set(run.cells.map((cell) => `${cell.implementation}@${cell.host}`))];
  const byScenario = Map.groupBy ? Map.groupBy(run.cells, (cell) => cell.scenario) : grouped(run.cells);
  const evidence = el("div", { "aria-live": "polite" });
  const heads = columns.map((name) => el("th", { scope: "col" }, ...name.split("@").flatMap((part, n) => n ? [el("br"), part] : [part])));
  let looked = 0, hidden = "";
  const count = el("p", { role: "status", class: "quiet" });
  const rows = [...byScenario].map(([scenario, cells]) => ({ scenario, cells, row: rowOf(scenario, cells, columns, show) }));
  const fields = ["text", "implementation", "host", "verdict", "layer"];
  const values = (cell, name) => name === "layer" ? cell.differences.map((each) => each.layer) : [cell[name]];
  const inputs = Object.fromEntries(fields.map((name) => [name, name === "text"
    ? el("input", { name, type: "search", value: query.get(name) ?? "", oninput: filter })
    : el("select", { name, onchange: filter }, el("option", { value: "" }, "any"),
      [...new Set(run.cells.flatMap((cell) => values(cell, name)).filter(Boolean))].map((value) => el("option", { value, selected: query.get(name) === value }, value)))]));

  function filter() {
    const wish = Object.fromEntries(fields.map((name) => [name, inputs[name].value]));
    state.remember("matrix", wish);
    let shown = 0;
    hide(wish);
    for (const { scenario, cells, row } of rows) {
      const fits = cells.some((cell) => fields.slice(1).every((name) => !wish[name] || values(cell, name).includes(wish[name])))
        && (!wish.text || scenario.includes(wish.text) || cells.some((cell) => cell.reason.includes(wish.text)));
      if (row.hidden === fits) row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${rows.length} scenarios`;
  }

  function hide({ implementation, host }) {
    const out = columns.map((name) => {
      const [first, last] = name.split("@");
      return Boolean((implementation && first !== implementation) || (host && last !== host));
    });
    if (hidden === String(out)) return;
    hidden = String(out);
    out.forEach((is, n) => { for (const row of [...rows.map((each) => each.row.children), [null, ...heads]]) row[n + 1].hidden = is; });
  }

  async function show(cell) {
    const look = ++looked;
    const name = `${cell.implementation}@${cell.host}`;
    evidence.replaceChildren(el("h2", {}, `${cell.scenario}, ${name}: ${cell.verdict}`),
      cell.reason && el("p", {}, cell.reason),
      el("ul", {}, cell.differences.map((each) => el("li", {}, el("span", { class: "differs" }, `${each.what}: ${each.values.join(" → ")}`),
        el("div", { class: "quiet" }, each.reason || "No known reason.")))));
    evidence.scrollIntoView({ block: "nearest" });
    try {
      const { lines } = await api(`run?${new URLSearchParams({ scenario: cell.scenario, cell: name })}`);
      if (look === looked) evidence.append(el("pre", { tabindex: 0 }, lines.join("\n")));
    } catch (error) {
      if (look === looked) evidence.append(failure(error));
    }
  }

  filter();
  return [
    run.changed.length > 0 && el("details", { open: true }, el("summary", {}, `${run.changed.length} ${run.changed.length === 1 ? "cell" : "cells"} changed between the runs`),
      el("ul", {}, run.changed.map((each) => el("li", {}, `${each.cell}: ${each.before} → ${each.after}`)))),
    el("form", { onsubmit: (event) => event.preventDefault() }, fields.map((name) => el("label", {}, name[0].toUpperCase() + name.slice(1), inputs[name]))),
    count,
    el("p", { class: "quiet" }, Object.entries(MARKS).map(([name, mark]) => `${mark} ${name}`).join("  "), "  ≠ differs"),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The matrix" }, el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "scenario"), heads)),
      el("tbody", {}, rows.map(({ row }) => row)))),
    evidence,
  ].filter(Boolean);
}

function rowOf(scenario, cells, columns, show) {
  const found = new Map(cells.map((cell) => [`${cell.implementation}@${cell.host}`, cell]));
  return el("tr", {}, el("th", { scope: "row" }, scenario), columns.map((name) => {
    const cell = found.get(name);
    if (!cell) return el("td");
    const mark = MARKS[cell.verdict] + (cell.differences.length ? " ≠" : "");
    return el("td", {}, el("button", { class: `cell ${cell.verdict}`, "aria-label": `${scenario}, ${name}: ${cell.verdict}${cell.differences.length ? ", differs" : ""}`, onclick: () => show(cell) }, mark));
  }));
}

function grouped(cells) {
  const found = new Map();
  for (const cell of cells) found.set(cell.scenario, [...(found.get(cell.scenario) ?? []), cell]);
  return found;
}
