// The column of machines: routes in use, what is owed and why, what waits.

import { h } from "./dom.js";
import { ago, count, routeName } from "./words.js";

function routes(peer) {
  if (peer.gone) return h("p", { class: "route bad" }, "has unpaired this machine");
  if (peer.routes.length) {
    return h("p", { class: "route good" }, `reachable by ${peer.routes.map(routeName).join(" and ")}`);
  }
  const why = Object.values(peer.no_route).join("; ");
  return h("p", { class: "route" }, "no route now", why && h("span", { class: "why" }, why));
}

function owed(peer, running) {
  if (!peer.owed) return null;
  const notes = [];
  if (peer.at_relay) notes.push(`${peer.at_relay} kept by the relay`);
  if (peer.held || peer.paused) notes.push(`${peer.held || peer.owed} held back by a pause or a limit`);
  if (peer.why) notes.push(peer.why);
  if (!running && peer.at_relay < peer.owed) notes.push("goes with the next session, or with `spread sync`");
  return h("p", { class: "owed" },
    h("strong", {}, `${peer.owed} owed`), ` since ${ago(peer.owed_since * 1000)}`,
    notes.length ? h("span", { class: "why" }, notes.join("; ")) : null);
}

function card(peer, running, chosen, act) {
  const notes = [];
  if (peer.teammate) notes.push("teammate");
  if (peer.paused) notes.push("paused");
  return h("li", { class: `machine${peer.paused ? " paused" : ""}`, data: { peer: peer.name } },
    h("div", { class: "top" },
      h("button", { type: "button", class: "name", "aria-pressed": String(chosen === peer.name),
        title: `show only what came from ${peer.name}`, on: { click: () => act.filter(peer.name) } }, peer.name),
      notes.map((note) => h("span", { class: "tag" }, note)),
      h("button", { type: "button", class: "quiet", on: { click: () => act.pause({ on: !peer.paused, peer: peer.name }) },
        "aria-label": `${peer.paused ? "Resume" : "Pause"} ${peer.name}` }, peer.paused ? "Resume" : "Pause")),
    routes(peer),
    owed(peer, running),
    peer.pending ? h("p", { class: "pending" }, h("strong", {}, `${peer.pending} new`), peer.teammate ? ", given to no session unless you accept it" : " for the next session") : null,
    peer.missing ? h("p", { class: "owed" }, `${peer.missing.told} of its hand-offs`) : null,
    peer.refused ? h("p", { class: "owed" }, `not taken in: ${peer.refused}`) : null,
    peer.projects || peer.teammate ? h("p", { class: "small" }, peer.projects?.length ? `only ${peer.projects.join(", ")}` : "no project") : null,
    h("p", { class: "small" },
      peer.last_receipt ? `last receipt ${ago(peer.last_receipt * 1000)}${peer.last_route ? ` by ${routeName(peer.last_route)}` : ""}` : "no receipt yet",
      h("span", { class: "print", title: "fingerprint of its key" }, peer.fingerprint)));
}

export function machines(overview, chosen, act) {
  const running = overview.engine === "running";
  const own = h("li", { class: "machine own" },
    h("div", { class: "top" }, h("span", { class: "name" }, overview.machine), h("span", { class: "tag" }, "this machine")),
    h("p", { class: `route${running ? " good" : ""}` }, running ? "engine running" : "engine not running",
      running ? null : h("span", { class: "why" }, "it starts with the next session, or with `spread sync`")),
    overview.lan ? h("p", { class: "small" }, `LAN: ${overview.lan}`) : null,
    Object.entries(overview.relays).map(([url, state]) => h("p", { class: "small" }, `${url}: ${state}`)),
    overview.paused ? h("p", { class: "owed" }, h("strong", {}, "paused"), ": nothing is handed over") : null,
    overview.paused_projects.map((project) => h("p", { class: "small" }, `project paused: ${project} `,
      h("button", { type: "button", class: "quiet", on: { click: () => act.pause({ on: false, project }) } }, "Resume"))),
    Object.entries(overview.problems).map(([where, problem]) => h("p", { class: "route bad" }, `${where}: ${problem}`)));
  const list = h("ul", { class: "machines" }, own, overview.peers.map((peer) => card(peer, running, chosen, act)));
  const none = overview.peers.length ? null : h("p", { class: "small" }, "No other machine yet. ",
    h("button", { type: "button", class: "link", on: { click: act.pair } }, "Pair one"));
  const gone = overview.unpaired_untold.map((name) => h("p", { class: "small" }, `${name}: unpaired; it is told as soon as it can be reached`));
  return [h("h2", {}, `Machines`), list, none, ...gone,
    overview.quarantined ? h("p", { class: "small" }, `${count(overview.quarantined, "file")} in quarantine; \`spread status\` tells more`) : null];
}
