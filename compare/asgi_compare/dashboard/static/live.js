import { api, el, failure, milliseconds, socket, svg } from "./dom.js";

const KEPT = 120;

export function view(state) {
  const rows = new Map();
  const head = ["", "this request", "p50", "p99", "latency, last minute", "MiB", "cores", "connections", "requests", "hops a request"];
  const table = el("table", {}, el("thead", {}, el("tr", {}, head.map((each) => el("th", { scope: "col" }, each)))),
    el("tbody", {}, state.subjects.map((each) => {
      const cells = head.slice(1).map(() => el("td", { class: "number" }));
      rows.set(each.id, { cells, seen: [] });
      return el("tr", {}, el("th", { scope: "row" }, each.id), cells);
    })));
  const connection = socket("live");
  const ended = el("p", { class: "bad", role: "status" });
  connection.onmessage = (message) => JSON.parse(message.data).forEach(update);
  connection.onclose = () => ended.replaceChildren("Nothing comes any more: has asgi-compare serve ended? Start it, and open its new address.");

  function update(row) {
    const { cells, seen } = rows.get(row.id);
    if (row.ended) {
      cells.forEach((cell) => cell.replaceChildren());
      cells[0].replaceChildren(el("span", { class: "bad" }, row.ended));
      return;
    }
    seen.push(row.ms);
    if (seen.length > KEPT) seen.shift();
    const texts = [milliseconds(row.ms), milliseconds(row.p50), milliseconds(row.p99), curve(seen),
      row.mib.toFixed(0), row.cores.toFixed(2), row.connections, row.requests, row.hops ?? "—"];
    texts.forEach((text, n) => cells[n].replaceChildren(text));
    cells[0].className = row.ms == null ? "number bad" : "number";
  }

  const subject = el("select", { name: "subject" }, state.subjects.map((each) => el("option", {}, each.id)));
  const path = el("input", { name: "path", value: "/cpu?rounds=200000" });
  const connections = el("input", { name: "connections", type: "number", min: 1, max: 20, value: 4 });
  const seconds = el("input", { name: "seconds", type: "number", min: 1, max: 10, value: 5 });
  const said = el("p", { role: "status" });
  const load = async (event) => {
    event.preventDefault();
    said.replaceChildren(`Load on ${subject.value} for ${seconds.value} s; watch the latency of the small request above.`);
    try {
      const came = await api("load", { id: subject.value, target: path.value, connections: connections.value, seconds: seconds.value });
      said.replaceChildren(`${subject.value}: ${came.requests} requests in ${came.seconds.toFixed(1)} s, ${came.per_second.toFixed(0)} a second.`);
    } catch (error) {
      said.replaceChildren(failure(error));
    }
  };
  const made = el("div", {},
    el("p", { class: "quiet" }, "Every half second each server is asked for GET /, and its processes are looked at. Hops are calls in another thread, counted once for the same request in process."),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The servers" }, table),
    ended,
    el("h2", {}, "Put a load on one of them"),
    el("form", { onsubmit: load }, el("label", {}, "Server", subject), el("label", {}, "Path", path),
      el("label", {}, "Connections", connections), el("label", {}, "Seconds", seconds),
      el("div", { class: "wide" }, el("button", { class: "main" }, "Start"))),
    said);
  made.leave = () => {
    connection.onclose = null;
    connection.close();
  };
  return made;
}

function curve(values) {
  const width = 240, height = 32;
  const top = Math.max(1, ...values.map((value) => value ?? 0));
  const points = values.map((value, n) => [n * width / (KEPT - 1), value == null ? 1 : height - 2 - (height - 6) * value / top]);
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, role: "img", "aria-label": `up to ${milliseconds(top)}` },
    svg("polyline", { class: "curve", points: points.map((point) => point.map((n) => n.toFixed(1)).join(",")).join(" ") }),
    svg("text", { x: width - 2, y: 10, "text-anchor": "end" }, milliseconds(top)));
}
