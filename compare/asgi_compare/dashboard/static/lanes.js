import { milliseconds, svg } from "./dom.js";

const WIDTH = 300, LEFT = 26, RIGHT = 10, LANE = 18;
const SHAPES = { receive: "M-4-4H4L0 4Z", send: "M-4 4H4L0-4Z", hop: "M0-5 5 0 0 5-5 0Z", query: "M-3-3H3V3H-3Z" };

// Draw which thread an exchange was in: a line for each thread, and time to the right.
export function lanes(drawn) {
  const last = Math.max(...drawn.map(([at]) => at), 0.001);
  const threads = Math.max(...drawn.map(([, , thread]) => thread));
  const x = (at) => LEFT + at / last * (WIDTH - LEFT - RIGHT);
  const y = (thread) => thread * LANE - 6;
  const path = drawn.map(([at, , thread], n) => `${n ? `H${x(at).toFixed(1)}V` : `M${LEFT} ${y(1)}H${x(at).toFixed(1)}V`}${y(thread)}`).join("");
  const height = threads * LANE + 16;
  return svg("svg", { class: "lanes", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": summary(drawn, threads, last) },
    ...Array.from({ length: threads }, (_, n) => svg("g", {},
      svg("text", { x: 0, y: y(n + 1) + 4 }, `#${n + 1}`),
      svg("line", { class: "thread", x1: LEFT, x2: WIDTH - RIGHT, y1: y(n + 1), y2: y(n + 1) }))),
    svg("path", { class: "course", d: path }),
    ...drawn.map(([at, direction, thread]) => svg("path",
      { class: `mark ${direction}`, d: SHAPES[direction] ?? SHAPES.query, transform: `translate(${x(at).toFixed(1)} ${y(thread)})` },
      svg("title", {}, `${direction}, ${milliseconds(at)}, thread #${thread}`))),
    svg("text", { x: LEFT, y: height - 2 }, "0"),
    svg("text", { x: WIDTH - RIGHT, y: height - 2, "text-anchor": "end" }, milliseconds(last)));
}

function summary(drawn, threads, last) {
  const hops = drawn.filter(([, direction]) => direction === "hop").length;
  const many = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return `Time line: ${many(drawn.length - hops, "event")} and ${many(hops, "hop")} on ${many(threads, "thread")} in ${milliseconds(last)}`;
}
