// Dialogs: pairing with its code, a question before something is deleted, the keys.

import { byId, fill, h, svg } from "./dom.js";
import { failure } from "./words.js";

const dialog = byId("dialog");
let onClosed = () => {};

function open(name, content, closed = () => {}) {
  if (!dialog.open && dialog.className) done(); // closed just now, its event is still to come
  dialog.className = name;
  fill(dialog, ...content);
  onClosed = closed;
  if (!dialog.open) dialog.showModal();
}

function done() {
  const closed = onClosed;
  onClosed = () => {};
  fill(dialog);
  dialog.className = "";
  closed();
}

dialog.addEventListener("close", () => {
  if (!dialog.open) done(); // else it is of the one before
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});

export const close = () => dialog.close();
export const isOpen = (name) => dialog.open && (!name || dialog.className === name);

const button = (text, click, kind = "", id = "") => h("button", { type: "button", class: kind, id: id || null, on: { click } }, text);

export function ask(title, text, verb, act) {
  open("ask", [h("h2", {}, title), h("p", {}, text),
    h("div", { class: "buttons" }, button("Cancel", close), button(verb, () => { close(); act(); }, "main danger", "sure"))]);
  byId("sure").focus();
}

const KEYS = [
  ["/", "search"], ["j  k", "next, previous"], ["Enter", "open"], ["Esc", "close, back"], ["a", "accept what is open"],
  ["c", "what changed in it"], ["x", "forget it"], ["p", "pair a machine"], ["?", "this help"],
];

export function help() {
  open("help", [h("h2", {}, "Keys"), h("dl", {}, KEYS.map(([keys, what]) => [h("dt", {}, keys.split(/\s+/).map((key) => h("kbd", {}, key))), h("dd", {}, what)])),
    h("div", { class: "buttons" }, button("Close", close, "main"))]);
}

function qr(rows) {
  const size = rows.length;
  const path = rows.flatMap((row, y) => [...row].map((one, x) => (one === "1" ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join("");
  return svg("svg", { class: "qr", viewBox: `0 0 ${size + 8} ${size + 8}`, role: "img", "aria-label": "the command for the other machine, as a QR code" },
    svg("rect", { width: size + 8, height: size + 8, fill: "#fff" }), svg("path", { d: path, fill: "#000" }));
}

export function pairing(state, act) {
  if (!isOpen("pair")) return;
  fill(dialog, h("h2", {}, "Pair a machine"), ...stages(state, act));
  byId("code")?.focus();
}

export function pair(state, act) {
  open("pair", [h("h2", {}, "Pair a machine"), ...stages(state, act)], act.stop);
}

function stages(state, act) {
  switch (state.state) {
    case "starting":
    case "joining":
      return [h("p", { class: "small" }, state.state === "joining" ? "Looking for the other machine…" : "Making a code…"),
        h("div", { class: "buttons" }, button("Cancel", close))];
    case "waiting":
      return [h("p", {}, "On the other machine run"), h("p", { class: "command", id: "command" }, state.command), qr(state.qr),
        h("p", { class: "small" }, "The code holds once, for half an hour, while this is open."),
        state.note ? h("p", { class: "error", role: "status", id: "note" }, state.note) : null,
        h("div", { class: "buttons" }, button("Cancel", close))].filter(Boolean);
    case "done":
      return [h("p", { class: "done" }, "Paired with ", h("strong", {}, state.peer.name), " ", h("span", { class: "print" }, state.peer.fingerprint)),
        h("p", {}, "Both screens must show the same four words:"), h("p", { class: "command", id: "check" }, state.check),
        state.peer.teammate ? h("p", { class: "small" }, `As teammates: what comes is announced, not given to Claude, and nothing goes there but turns of projects that you name with spread peers ${state.peer.name} --projects.`) : null,
        h("div", { class: "buttons" }, button("Done", close, "main"))].filter(Boolean);
    default:
      return start(state, act);
  }
}

function start(state, act) {
  const code = h("input", { id: "code", type: "text", placeholder: "a7f3b2-amber-tiger-lamp", value: state.code ?? "", autocomplete: "off", spellcheck: "false", maxlength: "80" });
  const mate = h("input", { id: "teammate", type: "checkbox" });
  const begin = (text) => act.begin({ code: text, teammate: mate.checked });
  return [
    state.state === "failed" ? h("p", { class: "error", role: "alert" }, failure({ message: state.error.what, why: state.error.why, hint: state.error.hint })) : null,
    h("p", {}, "Make a code here and type it on the other machine, or the other way round."),
    h("p", {}, h("label", {}, mate, " it is a teammate's, not mine")),
    h("div", { class: "buttons left" }, button("Make a code", () => begin(""), "main", "make")),
    h("label", { class: "field" }, "Code of the other machine", code),
    h("div", { class: "buttons left" }, button("Pair with this code", () => begin(code.value), "", "join"), button("Cancel", close)),
  ].filter(Boolean);
}
