// The page: what is open, what is asked for when, keys.

import { byId, fill, h } from "./dom.js";
import { get, listen, post } from "./server.js";
import { failure } from "./words.js";
import { Timeline, place } from "./timeline.js";

// The list comes first: what is beside it is loaded while that is painted.
const parts = {};
let loading = null;
function load() {
  loading ??= Promise.all(["machines", "overview", "handoff", "dialogs"].map(
    (name) => import(`./${name}.js`).then((part) => { parts[name] = part; })));
  return loading;
}

const timeline = new Timeline(byId("timeline"));
const page = byId("page");
const search = byId("search");
const state = { overview: null, lines: [], peer: "", found: null, words: "", digest: "", open: "", pairing: { state: "idle" } };

// -- what is told -----------------------------------------------------------------------------------------

function tell(text, kind = "") {
  const notice = byId("notice");
  notice.textContent = text;
  notice.className = kind;
  notice.hidden = !text;
  clearTimeout(tell.timer);
  if (text && kind !== "lasting") tell.timer = setTimeout(() => tell(""), 6000);
}

async function attempt(work, done = "") {
  try {
    await work();
    if (done) tell(done);
  } catch (problem) {
    if (problem.name !== "AbortError") tell(failure(problem), "error");
  }
}

const act = {
  filter(peer) {
    state.peer = state.peer === peer ? "" : peer;
    showMachines();
    showTimeline();
  },
  pause: (data) => attempt(async () => { await post("pause", data); await refresh(); await showPage(); }, data.on ? "Paused." : "Resumed."),
  pair: () => openPairing(),
  accept: (line) => attempt(async () => { await post("accept", { key: line.key }); await refresh(); await showPage(); }, "The next session in this project is given it."),
  forget: (line) => parts.dialogs.ask("Forget this hand-off?", `“${line.title}” from ${line.peer} is deleted here and does not come again.`, "Forget",
    () => attempt(async () => { await post("forget", { key: line.key }); leave(); await refresh(); }, "Forgotten.")),
  changes: (line, earlier) => toggleChanges(line, earlier),
  begin: (data) => post("pair", data).catch((problem) => parts.dialogs.pairing(
    { state: "failed", error: { what: problem.message, why: problem.why, hint: problem.hint }, code: data.code }, act)),
  stop: () => { if (state.pairing.state !== "idle") attempt(() => post("pair", { stop: true })); },
};

function showMachines() {
  if (!state.overview || !parts.machines) return;
  fill(byId("machines"), ...parts.machines.machines(state.overview, state.peer, act));
  const pause = byId("pause");
  pause.textContent = state.overview.paused ? "Resume" : "Pause";
  pause.setAttribute("aria-pressed", String(state.overview.paused));
  document.body.classList.toggle("is-paused", state.overview.paused);
}

function showTimeline() {
  timeline.show(state.lines, state.overview?.machine ?? "", state);
  if (!state.open) showOverview();
}

function showOverview() {
  if (state.overview && parts.overview) fill(page, ...parts.overview.overview(state.overview, state.lines));
}

// -- what is open -----------------------------------------------------------------------------------------

function wanted() {
  try {
    return location.hash.slice(1).split("/").map(decodeURIComponent).join("/");
  } catch {
    return "";
  }
}

async function showPage() {
  const key = wanted();
  const same = key === state.open;
  state.open = key;
  document.body.classList.toggle("reading", Boolean(key));
  timeline.mark(key);
  if (!key) {
    document.title = "claude-spread";
    showOverview();
    return;
  }
  try {
    const [answer] = await Promise.all([get("handoff", { key }), load()]);
    if (state.open !== key) return;
    const diff = same ? byId("changed")?.firstChild : null;
    fill(page, ...parts.handoff.handoff(answer, act).filter(Boolean));
    if (diff && byId("changes")) {
      byId("changed").append(diff);
      byId("changes").setAttribute("aria-pressed", "true");
    }
    document.title = `${answer.line.title} · claude-spread`;
    if (!same) {
      page.scrollTop = 0;
      scrollTo(0, 0); // on a phone the page itself scrolls
    }
  } catch (problem) {
    if (state.open === key) fill(page, h("a", { class: "back", to: "" }, "← Time line"), h("p", { class: "error" }, failure(problem)));
  }
}

const leave = () => { location.hash = ""; };

async function toggleChanges(line, earlier, since = earlier[0]) {
  const place = byId("changed");
  const pressed = byId("changes").getAttribute("aria-pressed") === "true";
  if (pressed && arguments.length < 3) {
    fill(place);
    byId("changes").setAttribute("aria-pressed", "false");
    return;
  }
  await attempt(async () => {
    const found = await get("changes", { key: line.key, since });
    fill(place, parts.handoff.changed(found, since, earlier, (number) => toggleChanges(line, earlier, number)));
    byId("changes").setAttribute("aria-pressed", "true");
  });
}

// A newer revision takes the place of the one that is open.
function follow() {
  if (!state.open || state.lines.some((line) => line.key === state.open)) return;
  const stem = (key) => key.replace(/\.\d+$/, "");
  const newer = state.lines.find((line) => stem(line.key) === stem(state.open));
  if (newer) {
    history.replaceState(null, "", `#${place(newer)}`);
    showPage();
  }
}

// -- news -------------------------------------------------------------------------------------------------

async function refresh() {
  const told = await get("state");
  state.overview = told.state.overview;
  state.lines = told.state.lines;
  state.digest = told.digest;
  if (state.words) await find(state.words);
  else showTimeline();
  showMachines();
  follow();
}

function news(told) {
  if (JSON.stringify(told.pairing) !== JSON.stringify(state.pairing)) {
    state.pairing = told.pairing;
    parts.dialogs.pairing(told.pairing, act);
  }
  if (told.digest !== state.digest) attempt(refresh);
}

let lost = false;
function connection(is) {
  if (!is) tell("spread ui does not answer; start it again to go on", "lasting");
  else if (lost) tell("");
  lost = !is;
}

// -- search -----------------------------------------------------------------------------------------------

let asked = null;
async function find(words) {
  asked?.abort();
  asked = new AbortController();
  const mine = asked;
  state.words = words;
  const found = words ? await get("search", { q: words }, mine.signal) : null;
  if (asked !== mine) return;
  state.found = found;
  showTimeline();
}

search.addEventListener("input", () => {
  clearTimeout(find.timer);
  find.timer = setTimeout(() => attempt(() => find(search.value.trim())), 80);
});

// -- pairing, keys ----------------------------------------------------------------------------------------

const openPairing = () => load().then(() => parts.dialogs.pair(state.pairing, act));
const openHelp = () => load().then(() => parts.dialogs.help());

byId("pair").addEventListener("click", openPairing);
byId("help").addEventListener("click", openHelp);
byId("pause").addEventListener("click", () => act.pause({ on: !state.overview?.paused }));
byId("skip").addEventListener("click", (event) => { event.preventDefault(); byId("timeline").focus(); });

const KEYS = {
  "/": () => { search.focus(); search.select(); },
  j: () => timeline.step(1),
  k: () => timeline.step(-1),
  a: () => byId("accept")?.click(),
  c: () => byId("changes")?.click(),
  x: () => byId("forget")?.click(),
  p: openPairing,
  "?": openHelp,
  Escape: escape,
};

function escape() {
  if (search.value) {
    search.value = "";
    attempt(() => find(""));
  } else if (document.activeElement === search) search.blur();
  else if (state.open) leave();
  else if (state.peer) act.filter(state.peer);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || parts.dialogs?.isOpen()) return;
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (typing && event.key !== "Escape" && !(event.key === "Enter" && event.target === search)) return;
  if (typing && event.key === "Enter") {
    timeline.step(0);
    event.preventDefault();
    return;
  }
  const does = KEYS[event.key];
  if (does) {
    event.preventDefault();
    does();
  }
});

addEventListener("hashchange", showPage);
attempt(async () => {
  await refresh();
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  performance.mark("list");
  await load();
  showMachines();
  await showPage();
  listen(news, connection);
});
