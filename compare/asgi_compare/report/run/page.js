"use strict";
// Unpacks the evidence, shows it where a reader asks for it, and filters the matrix.

const byId = (id) => document.getElementById(id);
const places = [...document.querySelectorAll("details.evidence")];

async function unpacked() {
  const bytes = Uint8Array.from(atob(byId("packed").textContent), (c) => c.charCodeAt(0));
  const unpack = new DecompressionStream("deflate");
  return new Response(new Blob([bytes]).stream().pipeThrough(unpack)).json();
}

function fill(place, evidence) {
  if (place.dataset.filled) return;
  place.dataset.filled = "yes";
  // Escaped when the page was made; and the policy lets nothing in it run.
  place.querySelector(".body").innerHTML = evidence[place.id];
}

// `scenario`, `scenario:implementation:host` or `scenario:letter`, as in the links.
function follow(evidence) {
  const name = location.hash.slice(1);
  const place = byId(name.split(":")[0]);
  if (!place || !place.matches("details.evidence")) return;
  fill(place, evidence);
  const target = byId(name) || place;
  for (let at = target; at; at = at.parentElement) {
    if (at.tagName === "DETAILS") at.open = true;
    at.hidden = false;
  }
  document.querySelectorAll(".picked").forEach((old) => old.classList.remove("picked"));
  target.classList.add("picked");
  target.scrollIntoView();
}

function filter() {
  const name = byId("filter-name").value.trim().toLowerCase();
  const mark = byId("filter-mark").value;
  const shown = new Set();
  for (const row of document.querySelectorAll("#matrix tr[data-name]")) {
    const fits = row.dataset.name.toLowerCase().includes(name)
      && (!mark || row.querySelector(`a.${mark}`));
    row.hidden = !fits;
    if (fits) shown.add(row.dataset.name);
  }
  for (const part of document.querySelectorAll("#matrix tbody")) {
    part.hidden = !part.querySelector("tr[data-name]:not([hidden])");
  }
  for (const place of places) place.hidden = !shown.has(place.dataset.name);
  byId("filter-count").textContent = `${shown.size} of ${places.length} scenarios`;
}

byId("filter").hidden = false;
byId("filter").addEventListener("input", filter);
filter();
unpacked().then((evidence) => {
  for (const place of places) {
    place.addEventListener("toggle", () => place.open && fill(place, evidence));
    if (place.open) fill(place, evidence);
  }
  window.addEventListener("hashchange", () => follow(evidence));
  follow(evidence);
});
