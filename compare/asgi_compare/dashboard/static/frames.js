import { el } from "./dom.js";

const SYSTEMS = ["chat", "dashboard", "editor", "notices", "gateway"];

export function view(state, query) {
  const frames = el("div", { class: "frames" });
  const choice = (n) => el("select", { name: `side${n}`, onchange: show }, state.subjects.map((each, at) =>
    el("option", { value: each.id, selected: query.get(`side${n}`) ? query.get(`side${n}`) === each.id : at === n }, each.id)));
  const sides = [choice(0), choice(1)];
  const system = el("select", { name: "system", onchange: show }, SYSTEMS.map((name) => el("option", { selected: query.get("system") === name }, name)));

  function show() {
    state.remember("systems", { system: system.value, side0: sides[0].value, side1: sides[1].value });
    frames.replaceChildren(...sides.map((side) => {
      const subject = state.subjects.find((each) => each.id === side.value);
      return el("figure", { class: "card" }, el("figcaption", {}, subject.id),
        el("iframe", { src: `${subject.address}/systems/${system.value}/`, title: `${system.value} on ${subject.id}` }));
    }));
  }
  show();
  return el("div", {}, el("p", { class: "quiet" }, "Two implementations of one system, each with its own page. Where they share a broker, they share a room."),
    el("form", { onsubmit: (event) => event.preventDefault() }, el("label", {}, "System", system),
      el("div", { class: "row" }, el("label", {}, "Left", sides[0]), el("label", {}, "Right", sides[1]))), frames);
}
