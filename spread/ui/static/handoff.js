// A hand-off, with the transcript lines it rests on, and what changed since an earlier revision.

import { h } from "./dom.js";
import { badge, inline, mark, moment, prose, rest, routeName, when } from "./words.js";

const AT_FIRST = 60; // items of a list

function section(name, ...content) {
  const some = content.flat(Infinity).filter(Boolean);
  return some.length ? h("section", { class: "part" }, h("h2", {}, name), some) : null;
}

function many(items, render, kind = "ul", name = "") {
  if (!items.length) return null;
  const list = h(kind, { class: name }, items.slice(0, AT_FIRST).map(render));
  if (items.length > AT_FIRST) {
    const more = h("button", { type: "button", class: "link", on: { click: () => {
      list.append(...items.slice(AT_FIRST).map((item, at) => render(item, at + AT_FIRST)));
      more.remove();
    } } }, `${items.length - AT_FIRST} more`);
    return [list, more];
  }
  return list;
}

function items(it, name, newestFirst = false) {
  const lines = it.evidence[name] ?? [];
  const all = it[name].map((text, at) => [text, at]);
  return many(newestFirst ? all.reverse() : all, ([text, at]) => h("li", {}, inline(text), rest(lines, at)));
}

const said = (text) => text && text !== "none observed" && text !== "unknown";

function quote(it, name, note = null) {
  return h("blockquote", {}, prose(it[name], rest(it.evidence[name], 0)), note);
}

function validation(check, lines) {
  if (!check.command) return h("p", { class: "check" }, "No validation was observed.");
  const good = check.outcome === "passed" && check.after_last_edit !== false;
  const kind = check.outcome === "failed" ? "bad" : good ? "good" : "open";
  return h("div", { class: `check ${kind}` },
    h("p", {}, h("code", {}, check.command), " ", h("strong", {}, check.outcome),
      Number.isInteger(check.exit_code) ? `, exit code ${check.exit_code}` : "",
      check.after_last_edit === false ? ", but files changed after it" : "",
      /^L\d+$/.test(check.at) ? [" ", mark(check.at)] : rest(lines, 0)),
    check.outcome !== "passed" && check.failure ? h("pre", {}, check.failure) : null);
}

function files(it) {
  const kinds = [["created", "+"], ["modified", "~"], ["deleted", "−"], ["renamed", "→"]];
  const all = kinds.flatMap(([kind, sign]) => it.files[kind].map((path, at) => ({
    kind, sign, path: kind === "renamed" ? `${path.old} → ${path.new}` : path, line: rest(it.evidence[`files.${kind}`], at),
  })));
  return many(all, (file) => h("li", { class: file.kind },
    h("span", { class: "sign", title: file.kind }, file.sign), h("code", {}, file.path), file.line), "ul", "files");
}

function todos(it) {
  const order = { in_progress: 0, pending: 1 };
  const all = it.todos.map((todo, at) => ({ ...todo, at })).sort((a, b) => (order[a.status] ?? 2) - (order[b.status] ?? 2));
  return many(all, (todo) => h("li", { class: todo.status === "completed" ? "done" : "" },
    h("span", { class: "tag" }, todo.status.replace("_", " ")), " ", inline(todo.text), rest(it.evidence.todos, todo.at)), "ul", "plain");
}

function context(text) {
  return many(text.split("\n").filter((line) => line.trim()), (line) => h("li", {}, inline(line)), "ul", "said");
}

function head(answer, act) {
  const { line, handoff: it } = answer;
  const project = it.project;
  const facts = [
    h("span", { class: "from" }, line.way === "out" ? `${it.machine || "this machine"} (this machine)` : line.peer),
    project.id || project.remote ? h("span", {}, project.id || project.remote) : null,
    project.branch ? h("span", {}, project.branch, project.head ? [" at ", h("code", {}, project.head.slice(0, 12))] : "") : null,
    project.dirty === undefined ? null : h("span", {}, project.dirty ? "uncommitted changes" : "clean"),
    h("span", {}, moment(when({ ...line, ended_at: it.ended_at }))),
    h("span", {}, `revision ${it.revision}`),
  ];
  return h("header", { class: "handoff" },
    h("div", { class: "badges" }, badge(it.state), line.accepted ? h("span", { class: "badge chosen" }, "accepted") : null,
      line.way === "in" && !line.seen && !line.accepted ? h("span", { class: "badge fresh" }, "new") : null,
      line.owed_to.length ? h("span", { class: "badge open" }, `owed to ${line.owed_to.join(", ")}`) : null),
    h("h1", {}, it.goal.split("\n")[0].length > 180 ? `${it.goal.split("\n")[0].slice(0, 179)}…` : it.goal.split("\n")[0]),
    h("p", { class: "facts" }, facts),
    h("div", { class: "buttons" },
      line.way === "in" ? h("button", { type: "button", id: "accept", class: "main", disabled: line.accepted,
        title: "the next Claude session in this project is given this hand-off", on: { click: () => act.accept(line) } }, line.accepted ? "Next session has it" : "Accept") : null,
      answer.earlier.length ? h("button", { type: "button", id: "changes", "aria-pressed": "false", on: { click: () => act.changes(line, answer.earlier) } }, "What changed") : null,
      project.id ? h("button", { type: "button", id: "pause-project", on: { click: () => act.pause({ on: !answer.paused_project, project: project.id }) } },
        answer.paused_project ? "Resume project" : "Pause project") : null,
      line.way === "in" ? h("button", { type: "button", id: "forget", class: "danger", on: { click: () => act.forget(line) } }, "Forget…") : null));
}

const WAYS = {
  sent: (one) => `revision ${one.revision} taken by the ${routeName(one.route)} for ${one.peer}`,
  receipt: (one) => `${one.peer} has revision ${one.revision}`,
  received: (one) => `revision ${one.revision} came from ${one.peer}${one.route ? ` by ${routeName(one.route)}` : ""}`,
  failed: (one) => `revision ${one.revision} did not go to ${one.peer}`,
  held: (one) => `revision ${one.revision} held back from ${one.peer}`,
  refused: (one) => `a hand-off from ${one.peer} was not taken in`,
};

const ways = (one) => `${WAYS[one.event]?.(one) ?? one.event}${one.why ? `: ${one.why}` : ""}`;

export function handoff(answer, act) {
  const { handoff: it, parts, records } = answer;
  const taken = Object.entries(it.redactions).map(([name, number]) => `${number} ${name}`);
  const answered = it.evidence.answer?.[0];
  return [
    h("a", { class: "back", to: "" }, "← Time line"),
    head(answer, act),
    h("div", { id: "changed" }),
    validation(it.validation, it.evidence.validation),
    said(it.next) ? section("Next", h("div", { class: "next" }, prose(it.next, rest(it.evidence.next, 0)))) : null,
    said(it.last_request) ? section("Last request", quote(it, "last_request", answered ? h("p", { class: "small" }, "answered ", mark(answered)) : h("p", { class: "small" }, "no final answer"))) : null,
    said(it.goal) && (it.goal.includes("\n") || it.goal.length > 180 || it.evidence.goal) ? section("Goal", quote(it, "goal")) : null,
    parts.told ? section("How it stands, as the agent tells it", prose(parts.told), prose(parts.context)) : null,
    parts.report ? section("What the agent reported last", h("p", { class: "small" }, "its words, unchecked"), prose(parts.report)) : null,
    section("Rules of the user", items(it, "constraints")),
    section("Files", files(it)),
    section("Commits", items(it, "commits", true)),
    section("Done", items(it, "completed")),
    section("Decisions", items(it, "decisions", true)),
    section("Failed or rejected", items(it, "failed", true)),
    section("Todos", todos(it)),
    section("Uncertain", items(it, "uncertainties")),
    it.context.trim() ? section("Said on the way", h("p", { class: "small" }, "newest first; the agent's words are unchecked"), context(it.context)) : null,
    it.files.read.length ? section("Files read", many(it.files.read, (path) => h("li", {}, h("code", {}, path)), "ul", "files")) : null,
    records.length ? section("Where it went and when", many(records, (one) => h("li", {}, moment(one.at * 1000), ` ${ways(one)}`), "ul", "ways plain")) : null,
    h("footer", {}, h("code", {}, it.id), ` · ${[it.agent.name, it.agent.version, it.agent.model].filter(Boolean).join(" ")}`,
      taken.length ? ` · taken out before it was sent: ${taken.join(", ")}` : ""),
  ];
}

const piece = ([kind, text], render = (plain) => plain) =>
  (kind === "-" ? h("del", {}, render(text)) : kind === "+" ? h("ins", {}, render(text)) : text);

const item = (one) => h("p", { class: one[0] === "-" ? "gone" : "came" }, piece(one, inline));

// A text that another one replaced as a whole is shown like an item of a list.
const isWhole = (found) => found.every(([kind]) => kind !== "=");

export function changed(found, since, earlier, choose) {
  const which = h("select", { id: "since", "aria-label": "since which revision", on: { change: (event) => choose(Number(event.target.value)) } },
    earlier.map((number) => h("option", { value: number, selected: number === since }, `revision ${number}`)));
  return h("section", { class: "part diff" }, h("h2", {}, "Changed since ", which),
    found.length ? h("dl", {}, found.map((one) => [h("dt", {}, one.label),
      h("dd", {}, one.pieces && !isWhole(one.pieces) ? h("p", { class: "words" }, one.pieces.map((part) => piece(part)))
        : (one.pieces ?? one.items).map(item))]))
      : h("p", { class: "small" }, "Nothing but times and line numbers."));
}
