// What stands beside the list while nothing is open: a picture of the last days, what is owed and why.

import { h, svg } from "./dom.js";
import { badge, count, dayOf, moment, timeOf, tone, when } from "./words.js";
import { place } from "./timeline.js";

const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric" });
const DAY = 86_400_000;
const LANE = 34;
const TOP = 26;
const MOST_LANES = 8;
const MOST_STROKES = 300;

// One lane a machine, one stroke a session, as long as it took.
function picture(lines, machine) {
  const end = Date.now();
  const oldest = Math.min(...lines.map(when), end - DAY);
  const days = Math.min(7, Math.max(1, Math.ceil((end - oldest) / DAY)));
  const start = end - days * DAY;
  const x = (time) => `${(100 * (Math.min(Math.max(time, start), end) - start)) / (end - start)}%`;
  const recent = lines.filter((line) => when(line) >= start).slice(0, MOST_STROKES);
  const names = [...new Set(recent.map((line) => (line.way === "out" ? machine : line.peer)))].sort().slice(0, MOST_LANES);
  if (!names.length) return h("p", { class: "small" }, "Nothing in the last seven days.");
  const high = TOP + names.length * LANE;
  const lanes = names.map((_, at) => svg("line", { class: "lane", x1: "0", x2: "100%", y1: TOP + at * LANE + LANE / 2, y2: TOP + at * LANE + LANE / 2 }));
  const grid = [];
  const narrow = matchMedia("(max-width: 68rem)").matches;
  const first = new Date(start);
  first.setHours(24, 0, 0, 0);
  for (let time = first.getTime(); time < end; time += DAY) {
    grid.push(svg("line", { class: "grid", x1: x(time), x2: x(time), y1: TOP - 8, y2: high }));
    const left = (end - time) / DAY;
    if (left > 0.4 && (!narrow || days < 4 || Math.floor(left) % 2 === 0)) grid.push(svg("text", { x: x(time), y: 12 }, weekday.format(time)));
  }
  const strokes = recent.map((line) => {
    const lane = names.indexOf(line.way === "out" ? machine : line.peer);
    if (lane < 0) return null;
    const y = TOP + lane * LANE + LANE / 2;
    const began = Date.parse(line.started_at);
    const to = when(line);
    const from = Number.isFinite(began) ? Math.min(began, to) : to;
    return svg("a", { to: place(line), tabindex: "-1" },
      svg("title", {}, `${line.title} (${line.state}), ${dayOf(to)} ${timeOf(to)}`),
      svg("line", { class: `stroke ${tone(line.state)}`, x1: x(from), x2: x(to), y1: y, y2: y }));
  });
  return h("div", { class: "lanes" },
    h("div", { class: "names" }, names.map((name) => h("span", {}, name))),
    svg("svg", { width: "100%", height: high, role: "img", "aria-label": "sessions of the last days by machine" }, grid, lanes, strokes));
}

function debts(overview) {
  if (!overview.debts_in_all) return h("p", { class: "small" }, "Nothing is owed to anybody.");
  const why = new Map(overview.peers.map((peer) => [peer.name, reason(peer, overview)]));
  const rows = overview.debts.map((line) => h("tr", {},
    h("td", {}, h("a", { to: place(line) }, line.title || "untitled")),
    h("td", {}, line.owed_to.join(", ")),
    h("td", {}, moment(line.at * 1000)),
    h("td", {}, [...new Set(line.owed_to.map((name) => why.get(name)).filter(Boolean))].join("; "))));
  return h("table", {}, h("thead", {}, h("tr", {}, ["What", "To", "Since", "Why it has not gone"].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, rows));
}

function reason(peer, overview) {
  if (overview.paused) return "everything is paused";
  if (peer.paused) return `${peer.name} is paused`;
  if (peer.why) return peer.why;
  if (overview.engine !== "running") return "no engine runs; one starts with the next session";
  if (!peer.routes.length) return Object.values(peer.no_route).join("; ") || "no route now";
  if (peer.at_relay) return "kept by the relay until it is fetched";
  return peer.held ? "held back by a pause or a limit" : "on its way";
}

export function overview(state, lines) {
  const waiting = lines.filter((line) => line.way === "in" && !line.seen);
  return [
    h("h1", {}, "Overview"),
    h("div", { class: "figures" },
      figure(state.peers.length, "machine", "paired"), figure(waiting.length, "hand-off", "new"),
      figure(state.debts_in_all, "hand-off", "owed"), figure(lines.length, "session", "in all")),
    h("h2", {}, "Sessions, by machine"), picture(lines, state.machine),
    h("h2", {}, "New, shown to no session yet"),
    waiting.length ? h("ul", { class: "plain" }, waiting.slice(0, 6).map((line) => h("li", {},
      h("a", { to: place(line) }, line.title || "untitled"), " ", badge(line.state), h("span", { class: "small" }, ` from ${line.peer}, ${line.project || "no project"}`))),
      waiting.length > 6 ? h("li", { class: "small" }, `and ${waiting.length - 6} more`) : null) : h("p", { class: "small" }, "All that came was shown to a session."),
    h("h2", {}, "Owed"), debts(state),
  ];
}

function figure(number, name, what) {
  return h("p", {}, h("strong", {}, String(number)), h("span", {}, `${count(number, name).replace(/^\d+ /, "")} ${what}`));
}
