// Every node of the page is made here, and text only ever becomes text.

const SVG = "http://www.w3.org/2000/svg";
const ALLOWED = new Set([
  "aria-controls", "aria-current", "aria-expanded", "aria-hidden", "aria-label", "aria-labelledby", "aria-pressed",
  "autocomplete", "autofocus", "class", "colspan", "cx", "cy", "d", "datetime", "disabled", "fill", "for", "height",
  "hidden", "id", "inputmode", "maxlength", "method", "name", "placeholder", "r", "role", "rx", "scope", "selected",
  "spellcheck", "stroke", "tabindex", "text-anchor", "title", "type", "value", "viewBox", "width", "x", "x1", "x2",
  "y", "y1", "y2", "preserveAspectRatio",
]);

function made(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [kind, listener] of Object.entries(value)) node.addEventListener(kind, listener);
    } else if (name === "data") {
      for (const [key, text] of Object.entries(value)) node.dataset[key] = text;
    } else if (name === "to") {
      node.setAttribute("href", `#${value}`); // links lead to places on this page only
    } else if (ALLOWED.has(name)) {
      node.setAttribute(name, value === true ? "" : String(value));
    } else {
      throw new Error(`no attribute ${name} here`);
    }
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function h(name, attributes, ...children) {
  return made(document.createElement(name), attributes, children);
}

export function svg(name, attributes, ...children) {
  return made(document.createElementNS(SVG, name), attributes, children);
}

export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child instanceof Node));
}

export const byId = (id) => document.getElementById(id);
