// The list of sessions across machines, by day. Rows whose content stays are kept as they are.

import { fill, h } from "./dom.js";
import { badge, count, dayOf, short, timeOf, when } from "./words.js";

export const place = (line) => line.key.split("/").map(encodeURIComponent).join("/");

function row(line, machine, snippet) {
  const ours = line.way === "out";
  const fresh = !ours && !line.seen;
  return h("a", { class: `row${fresh ? " new" : ""}`, to: place(line), data: { key: line.key } },
    h("span", { class: "when" }, timeOf(when(line))),
    h("span", { class: "what" },
      h("span", { class: "title" }, line.title || "untitled"),
      snippet ? h("span", { class: "snippet" }, snippet.map(([kind, text]) => (kind === "+" ? h("b", {}, text) : text))) : null,
      h("span", { class: "meta" },
        h("span", { class: "from" }, ours ? machine : line.peer),
        line.owed_to.length ? h("span", {}, `→ ${line.owed_to.join(", ")}`) : null,
        h("span", { class: "project", title: line.project }, [short(line.project), line.branch].filter(Boolean).join(" · ")))),
    h("span", { class: "marks" },
      line.accepted ? h("span", { class: "badge chosen" }, "accepted") : null,
      line.owed_to.length ? h("span", { class: "badge open" }, "owed") : null,
      fresh && !line.accepted ? h("span", { class: "badge fresh" }, "new") : null,
      badge(line.state)));
}

const AT_ONCE = 30; // more than a screen shows
const CHUNK = 200;

export class Timeline {
  constructor(node) {
    this.node = node;
    this.rows = new Map(); // key → what it was made of, and the row
    this.shown = [];
    this.current = "";
    this.run = 0;
  }

  // What is shown: all lines, or those of one peer, or those that a search found.
  show(lines, machine, { peer = "", found = null, words = "" } = {}) {
    const snippets = found && new Map(found.map((hit) => [hit.key, hit.pieces]));
    this.shown = lines.filter((line) => (!peer || line.peer === peer || line.owed_to.includes(peer)) && (!snippets || snippets.has(line.key)));
    const what = found ? `${count(this.shown.length, "hand-off")} with “${words}”` : peer ? `${count(this.shown.length, "hand-off")} with ${peer}` : "Time line";
    const focused = document.activeElement?.closest?.(".row")?.dataset.key;
    const before = this.rows;
    this.rows = new Map();
    this.run += 1;
    fill(this.node, h("h2", {}, what), this.shown.length ? null : this.empty(found, peer));
    this.add(0, before.size > AT_ONCE ? before.size : AT_ONCE, { before, machine, snippets, day: "", list: null, run: this.run });
    if (focused) this.rows.get(focused)?.node.focus({ preventScroll: true });
  }

  // Add some rows now, the others when those are painted.
  add(from, number, making) {
    if (making.run !== this.run) return; // another list is shown by now
    const to = Math.min(from + number, this.shown.length);
    for (const line of this.shown.slice(from, to)) {
      const name = dayOf(when(line));
      if (name !== making.day) {
        making.day = name;
        making.list = h("div", { class: "day" }, h("h3", {}, name));
        this.node.append(making.list);
      }
      const snippet = making.snippets?.get(line.key) ?? null;
      const made = JSON.stringify([line, making.machine, snippet]);
      const known = making.before.get(line.key);
      const one = known?.made === made ? known : { made, node: row(line, making.machine, snippet) };
      this.rows.set(line.key, one);
      making.list.append(one.node);
    }
    this.mark(this.current);
    if (to < this.shown.length) requestAnimationFrame(() => setTimeout(() => this.add(to, CHUNK, making)));
    else performance.mark("all");
  }

  empty(found, peer) {
    if (found) return h("p", { class: "small" }, "Nothing has all these words.");
    if (peer) return h("p", { class: "small" }, "Nothing has come from it or is owed to it.");
    return h("p", { class: "small" }, "No hand-off yet. One is made after every turn of a session, once two machines are paired.");
  }

  mark(key) {
    this.current = key;
    for (const [other, { node }] of this.rows) {
      if (other === key) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    }
  }

  // Step from the focused row, else from the open one.
  step(by) {
    const from = document.activeElement?.closest?.(".row")?.dataset.key ?? this.current;
    const at = this.shown.findIndex((line) => line.key === from);
    const next = this.shown[at < 0 ? 0 : Math.min(this.shown.length - 1, Math.max(0, at + by))];
    const node = next && this.rows.get(next.key)?.node;
    node?.focus();
    node?.scrollIntoView({ block: "nearest" });
  }
}
