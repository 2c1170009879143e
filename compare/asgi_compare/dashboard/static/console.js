import { chooser, el, socket } from "./dom.js";

const SHOWN = 1000;

export function view(state, query) {
  const kind = el("select", { name: "kind" }, el("option", { value: "ws" }, "WebSocket"), el("option", { value: "sse" }, "server-sent events"));
  kind.value = query.get("kind") ?? "ws";
  const path = el("input", { name: "path", value: query.get("path") ?? "/ws/echo", required: true });
  const text = el("input", { name: "text", value: "hello", autocomplete: "off" });
  const { set, chosen } = chooser(state.subjects);
  const logs = el("div", { class: "columns" });
  const lists = new Map();
  let connection = null;

  function opened(event) {
    event.preventDefault();
    close();
    state.remember("console", { kind: kind.value, path: path.value });
    lists.clear();
    if (!chosen().length) return logs.replaceChildren(el("p", { class: "bad" }, "Tick at least one of them."));
    for (const id of chosen()) lists.set(id, el("ol", { class: "events log", tabindex: 0 }));
    logs.replaceChildren(...[...lists].map(([id, list]) => el("section", { class: "card" }, el("h3", {}, id), list)));
    connection = socket("console");
    connection.onopen = () => connection.send(JSON.stringify({ open: { kind: kind.value, path: path.value, ids: chosen() } }));
    connection.onmessage = (message) => told(JSON.parse(message.data));
    connection.onclose = () => told({ at: "", what: "closed", text: "" });
  }

  function told({ id, at, what, text: said }) {
    const targets = id ? [lists.get(id)] : [...lists.values()];
    for (const list of targets) {
      const bad = ["error", "failed", "refused"].includes(what);
      list?.append(el("li", {}, el("span", {}, `${at} ms`), el("span", {}, { said: "→", heard: "←" }[what] ?? ""),
        el("span", { class: bad ? "bad" : null }, ["said", "heard"].includes(what) ? said : `${what} ${said}`)));
      while (list && list.childElementCount > SHOWN) list.firstChild.remove();
      if (list) list.scrollTop = list.scrollHeight;
    }
  }

  function close() {
    if (connection) connection.onclose = null;
    connection?.close();
    connection = null;
  }

  const say = (event) => {
    event.preventDefault();
    if (connection?.readyState === 1) connection.send(JSON.stringify({ say: text.value }));
  };
  const made = el("div", {},
    el("form", { onsubmit: opened },
      el("label", {}, "Kind", kind), el("label", {}, "Path", path), set,
      el("div", { class: "wide row" }, el("button", { class: "main" }, "Open on all that are ticked"),
        el("button", { type: "button", onclick: close }, "Close"))),
    el("form", { onsubmit: say }, el("label", {}, "Message", text), el("div", { class: "row" }, el("button", {}, "Say it to all"))),
    logs);
  made.leave = close;
  return made;
}
