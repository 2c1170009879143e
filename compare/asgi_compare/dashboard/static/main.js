import { api, el, failure } from "./dom.js";

const VIEWS = { compose: "Compose", console: "Console", live: "Live", matrix: "Matrix", code: "Code", systems: "Systems", reports: "Reports" };
const FILES = { systems: "frames" };
const main = document.getElementById("view");
const state = await api("subjects").catch((error) => {
  main.replaceChildren(failure(error));
  throw error;
});
let current = null;

// A view's choices stand in the address, so that it can be sent to somebody.
state.remember = (name, choices) => {
  const query = new URLSearchParams(Object.entries(choices).flatMap(([key, value]) =>
    [value].flat().filter(Boolean).map((each) => [key, each])));
  history.replaceState(null, "", `#${name}?${query}`);
};

async function show() {
  const [, name, query] = location.hash.match(/^#([^?]*)\??(.*)$/) ?? [];
  const known = VIEWS[name] ? name : "compose";
  document.getElementById("views").replaceChildren(...Object.entries(VIEWS).map(([each, title]) =>
    el("a", { href: `#${each}`, "aria-current": each === known ? "page" : null }, title)));
  document.getElementById("hint").hidden ||= known !== "compose";
  current?.leave?.();
  try {
    const { view } = await import(`./${FILES[known] ?? known}.js`);
    current = view(state, new URLSearchParams(query));
    main.replaceChildren(current);
  } catch (error) {
    main.replaceChildren(failure(error));
  }
}

// The hint is for the first visit. Where the browser keeps nothing, each is the first.
try {
  document.getElementById("hint").hidden = localStorage.getItem("visited") !== null;
  localStorage.setItem("visited", "yes");
} catch {}

addEventListener("hashchange", show);
show();
