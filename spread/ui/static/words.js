// How times, states and texts are put for a person.

import { h } from "./dom.js";

const DAY = 86_400_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const date = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const dateOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

export const count = (number, name) => `${number} ${name}${number === 1 ? "" : "s"}`;

// When it ended, as its machine says, but never after it came here.
export function when(line) {
  const ended = Date.parse(line.ended_at);
  const came = line.at * 1000;
  return Number.isFinite(ended) ? Math.min(ended, came) : came;
}

function midnight(time) {
  const day = new Date(time);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

export function dayOf(time, now = Date.now()) {
  const days = Math.round((midnight(now) - midnight(time)) / DAY);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return days < 300 ? date.format(time) : dateOfYear.format(time);
}

export const timeOf = (time) => clock.format(time);

export function moment(time) {
  return h("time", { datetime: new Date(time).toISOString(), title: new Date(time).toLocaleString() },
    `${dayOf(time)} ${timeOf(time)}`);
}

export function ago(time, now = Date.now()) {
  const seconds = Math.max(0, (now - time) / 1000);
  for (const [size, name] of [[86_400, "day"], [3_600, "hour"], [60, "minute"]]) {
    if (seconds >= size) return `${count(Math.floor(seconds / size), name)} ago`;
  }
  return "just now";
}

const TONES = {
  failing: "bad", blocked: "bad", damaged: "bad", "question open": "open", "needs verification": "open",
  validated: "good",
};

export const tone = (state) => TONES[state.split(",")[0]] ?? "plain";

export function badge(state) {
  return h("span", { class: `badge ${tone(state)}` }, state || "unknown");
}

// Marks such as L123 name the line of the transcript that a statement rests on.
export function mark(line) {
  return h("span", { class: "mark", title: `line ${line.slice(1)} of the session's transcript` }, line);
}

const PARTS = /(`[^`\n]{1,400}`|\bL\d{1,7}\b)/;

export function inline(text) {
  return text.split(PARTS).map((part, at) => {
    if (at % 2 === 0) return part;
    return part.startsWith("`") ? h("code", {}, part.slice(1, -1)) : mark(part);
  });
}

// `tail` goes to the end of the last paragraph.
export function prose(text, tail = []) {
  const lines = text.split("\n").filter((line) => line.trim());
  return lines.map((line, at) => h("p", {}, inline(line), at === lines.length - 1 ? tail : []));
}

// The last parts of a project's key name it well enough in a list.
export const short = (project) => project.split("/").slice(-2).join("/");

export function rest(lines, at) {
  const line = lines?.[at];
  return /^L\d+$/.test(line ?? "") ? [" ", mark(line)] : [];
}

export function failure(problem) {
  return [problem.message, problem.why && ` (${problem.why})`, problem.hint && `; ${problem.hint}`].filter(Boolean).join("");
}

export const routeName = (route) => (route === "lan" ? "LAN" : route);
