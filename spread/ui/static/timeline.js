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

export class Timeline {
  constructor(node) {
    this.node = node;
    this.rows = new Map(); // key → what it was made of, and the row
    this.shown = [];
    this.current = "";
  }

  // What is shown: all lines, or those of one peer, or those that a search found.
  show(lines, machine, { peer = "", found = null, words = "" } = {}) {
    const snippets = found && new Map(found.map((hit) => [hit.key, hit.pieces]));
    this.shown = lines.filter((line) => (!peer || line.peer === peer || line.owed_to.includes(peer)) && (!snippets || snippets.has(line.key)));
    const kept = new Map();
    const parts = [];
    let day = "";
    let list = null;
    for (const line of this.shown) {
      const name = dayOf(when(line));
      if (name !== day) {
        day = name;
        list = h("div", { class: "day" }, h("h3", {}, day));
        parts.push(list);
      }
      const snippet = snippets?.get(line.key) ?? null;
      const from = JSON.stringify([line, machine, snippet]);
      const before = this.rows.get(line.key);
      const one = before?.from === from ? before : { from, node: row(line, machine, snippet) };
      kept.set(line.key, one);
      list.append(one.node);
    }
    this.rows = kept;
    const what = found ? `${count(this.shown.length, "hand-off")} with “${words}”` : peer ? `${count(this.shown.length, "hand-off")} with ${peer}` : "Time line";
    const focused = document.activeElement?.closest?.(".row")?.dataset.key;
    fill(this.node, h("h2", {}, what), ...(parts.length ? parts : [this.empty(found, peer)]));
    this.mark(this.current);
    if (focused) this.rows.get(focused)?.node.focus({ preventScroll: true });
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
