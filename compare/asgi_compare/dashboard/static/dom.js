// Make elements; whatever is no element becomes text, so nothing of a target is markup.
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child != null && child !== false));
  return made;
}

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export async function api(name, form) {
  const answer = await fetch(`api/${name}`, form && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(form),
  }).catch(() => { throw new Error("asgi-compare serve does not answer: has it ended? Start it, and open its new address."); });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.error ?? `asgi-compare serve has answered ${answer.status}; its terminal says why.`);
  return found;
}

export function socket(name) {
  return new WebSocket(new URL(name, location.href.replace(/^http/, "ws").replace(/#.*/, "")));
}

export function milliseconds(value) {
  return value == null ? "—" : value < 10 ? `${value.toFixed(2)} ms` : `${value.toFixed(0)} ms`;
}

// Checkboxes for the subjects; `chosen()` gives the ids of those that are ticked.
export function chooser(subjects, ticked = []) {
  const boxes = subjects.map((each) =>
    el("label", { class: "inline" }, el("input", { type: "checkbox", value: each.id, checked: !ticked.length || ticked.includes(each.id) }), each.id));
  const set = el("fieldset", { class: "wide" }, el("legend", {}, "Send to"), boxes);
  return { set, chosen: () => [...set.querySelectorAll("input:checked")].map((box) => box.value) };
}

// Differences, each above what it is explained by; nothing is marked without that.
export function explained(differences) {
  const sentence = (each) => (each.known ? `explained by ${each.layer}: ${each.reason}` : "not explained");
  return differences.length > 0 && el("ul", { class: "fields", "aria-label": "Differences" }, [...new Set(differences.map(sentence))].map((reason) => el("li", {},
    differences.filter((each) => sentence(each) === reason).map((each) => el("div", { class: "differs" }, `${each.what}: ${each.values.join(" → ")}`)),
    el("div", { class: reason === "not explained" ? "reason bad" : "reason quiet" }, reason))));
}

export function failure(error) {
  return el("p", { class: "bad", role: "alert" }, error.message ?? String(error));
}
