import { api, el, failure } from "./dom.js";

const TOKENS = /(#[^\n]*)|("""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\b(async|await|class|def|return|yield|for|while|if|elif|else|try|except|finally|raise|with|from|import|as|in|not|and|or|None|True|False|lambda)\b/g;

export function view(state, query) {
  const columns = el("div", { class: "columns" });
  const endpoint = el("select", { name: "endpoint", onchange: show }, state.endpoints.map((each) =>
    el("option", { value: each.name, selected: query.get("endpoint") === each.name }, each.name)));
  const about = el("p");

  async function show() {
    state.remember("code", { endpoint: endpoint.value });
    const found = state.endpoints.find((each) => each.name === endpoint.value);
    about.textContent = `${found.methods.join(", ") || "any method"} ${found.path}: ${found.does}`;
    try {
      const { sources } = await api(`source?${new URLSearchParams({ endpoint: endpoint.value })}`);
      columns.replaceChildren(...sources.map((each) => el("section", { class: "card" },
        el("h3", {}, `${each.path}:${each.line}`), el("pre", { class: "code", tabindex: 0 }, highlighted(each.text)))));
    } catch (error) {
      columns.replaceChildren(failure(error));
    }
  }
  show();
  return el("div", {}, el("form", { onsubmit: (event) => event.preventDefault() }, el("label", {}, "Endpoint", endpoint)), about, columns);
}

export function highlighted(text) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(TOKENS)) {
    parts.push(text.slice(at, match.index));
    parts.push(el("span", { class: match[1] ? "comment" : match[2] ? "text" : "word" }, match[0]));
    at = match.index + match[0].length;
  }
  return [...parts, text.slice(at)];
}
