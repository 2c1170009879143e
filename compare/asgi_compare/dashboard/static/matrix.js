import { api, el, explained, failure } from "./dom.js";

const STEP = 30;
const LABELS = { text: "Text", implementation: "Implementation", host: "Server", verdict: "Verdict", layer: "Layer of a difference" };
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
  let looked = 0, fitting = [], out = [], opened = query.get("cell");
  const count = el("p", { role: "status", class: "quiet" });
  const rows = [...byScenario].map(([scenario, cells]) => ({ scenario, cells, row: rowOf(scenario, cells, columns, show) }));
  const fields = Object.keys(LABELS);
  const values = (cell, name) => name === "layer" ? cell.differences.map((each) => each.layer) : [cell[name]];
  const inputs = Object.fromEntries(fields.map((name) => [name, name === "text"
    ? el("input", { name, type: "search", value: query.get(name) ?? "", oninput: filter })
    : el("select", { name, onchange: filter }, el("option", { value: "" }, "any"),
      [...new Set(run.cells.flatMap((cell) => values(cell, name)).filter(Boolean))].map((value) => el("option", { value, selected: query.get(name) === value }, value)))]));

  const wished = () => Object.fromEntries(fields.map((name) => [name, inputs[name].value]));
  const remember = () => state.remember("matrix", { ...wished(), cell: opened });

  function filter() {
    const wish = wished();
    remember();
    out = columns.map((name) => {
      const [first, last] = name.split("@");
      return Boolean((wish.implementation && first !== wish.implementation) || (wish.host && last !== wish.host));
    });
    heads.forEach((head, n) => { head.hidden = out[n]; });
    fitting = rows.filter(({ scenario, cells }) =>
      cells.some((cell) => fields.slice(1).every((name) => !wish[name] || values(cell, name).includes(wish[name])))
        && (!wish.text || scenario.includes(wish.text) || cells.some((cell) => cell.reason.includes(wish.text))));
    fill();
    count.textContent = `${fitting.length} of ${rows.length} scenarios`;
    const VISIBLE = "td:not([hidden]) .cell";
    if (!body.querySelector(`${VISIBLE}[tabindex="0"]`)) body.querySelector(VISIBLE)?.setAttribute("tabindex", 0);
  }

  // To lay out thousands of cells takes long, so rows come as one scrolls down to them.
  // A row that is there already stays, for what is moved is laid out again.
  function fill(count = STEP) {
    const wanted = fitting.slice(0, count).map(({ row }) => row), kept = new Set(wanted);
    for (const row of [...body.children]) if (!kept.has(row)) row.remove();
    wanted.forEach((row, n) => {
      out.forEach((is, column) => { if (row.children[column + 1].hidden !== is) row.children[column + 1].hidden = is; });
      if (body.children[n] !== row) body.insertBefore(row, body.children[n] ?? null);
    });
    if (wanted.length < fitting.length) requestAnimationFrame(scrolled);
  }

  function scrolled() {
    const end = region.scrollTop + region.clientHeight + 100 > region.scrollHeight;
    if (end && body.childElementCount < fitting.length) fill(body.childElementCount + STEP);
  }

  async function show(cell) {
    const look = ++looked;
    const name = `${cell.implementation}@${cell.host}`;
    opened = nameOf(cell);
    remember();
    evidence.replaceChildren(el("h2", {}, `${cell.scenario}, ${name}: ${cell.verdict}`),
      cell.reason && el("p", {}, cell.reason),
      explained(cell.differences) || "");
    evidence.scrollIntoView({ block: "nearest" });
    try {
      const { lines } = await api(`run?${new URLSearchParams({ scenario: cell.scenario, cell: name })}`);
      if (look === looked) evidence.append(el("pre", { tabindex: 0 }, lines.join("\n")));
    } catch (error) {
      if (look === looked) evidence.append(failure(error));
    }
  }

  const body = el("tbody");
  const region = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The matrix", onscroll: scrolled },
    el("table", { onkeydown: move, "aria-rowcount": rows.length + 1 },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "scenario"), heads)), body));
  filter();
  const before = run.cells.find((cell) => nameOf(cell) === opened);
  if (before) queueMicrotask(() => show(before));
  return [
    run.changed.length > 0 && el("details", { open: true }, el("summary", {}, `${run.changed.length} ${run.changed.length === 1 ? "cell" : "cells"} changed between the runs`),
      el("ul", {}, run.changed.map((each) => el("li", {}, `${each.cell}: ${each.before} → ${each.after}`)))),
    el("form", { class: "filters", onsubmit: (event) => event.preventDefault() }, fields.map((name) => el("label", {}, LABELS[name], inputs[name]))),
    count,
    el("p", { class: "quiet" }, Object.entries(MARKS).map(([name, mark]) => `${mark} ${name}`).join("  "), "  ≠ differs. Arrow keys move between cells, Enter opens one."),
    region,
    evidence,
  ].filter(Boolean);
}

function rowOf(scenario, cells, columns, show) {
  const found = new Map(cells.map((cell) => [`${cell.implementation}@${cell.host}`, cell]));
  return el("tr", {}, el("th", { scope: "row" }, scenario), columns.map((name) => {
    const cell = found.get(name);
    if (!cell) return el("td");
    const mark = MARKS[cell.verdict] + (cell.differences.length ? " ≠" : "");
    return el("td", {}, el("button", { class: `cell ${cell.verdict}`, "aria-label": `${scenario}, ${name}: ${cell.verdict}${cell.differences.length ? ", differs" : ""}`, tabindex: -1, onclick: () => show(cell) }, mark));
  }));
}

function nameOf({ scenario, implementation, host }) {
  return `${scenario} ${implementation}@${host}`;
}

// One cell is in the order of Tab; from there the arrow keys lead to the others.
function move(event) {
  const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] ?? [0, 0];
  const from = event.target.closest(".cell");
  if (!from || (!down && !right)) return;
  event.preventDefault();
  const at = from.parentElement.cellIndex;
  const step = (element, by) => (by > 0 ? element.nextElementSibling : element.previousElementSibling);
  let row = from.closest("tr"), place = from.parentElement;
  let found = null;
  while (!found?.checkVisibility() && place) {
    if (down) place = (row = step(row, down))?.children[at];
    else place = step(place, right);
    found = place?.querySelector(".cell");
  }
  if (!found) return;
  from.tabIndex = -1;
  found.tabIndex = 0;
  found.focus();
}

function grouped(cells) {
  const found = new Map();
  for (const cell of cells) found.set(cell.scenario, [...(found.get(cell.scenario) ?? []), cell]);
  return found;
}
