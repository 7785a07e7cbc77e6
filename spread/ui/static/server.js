// Asking our own server, and hearing from it.

export class Failure extends Error {
  constructor(error) {
    super(error.what);
    this.why = error.why ?? "";
    this.hint = error.hint ?? "";
  }
}

async function answer(response) {
  let data = null;
  try {
    data = await response.json();
  } catch {
    throw new Failure({ what: response.status === 401 ? "this page may not ask any more" : "an answer cannot be used" });
  }
  if (!response.ok) throw new Failure(data?.error ?? { what: "that did not work" });
  return data;
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(`api/${path}`, options);
  } catch (problem) {
    if (problem.name === "AbortError") throw problem; // another question took its place
    throw new Failure({ what: "spread ui does not answer", hint: "start `spread ui` again" });
  }
  return answer(response);
}

export function get(name, values = {}, signal = undefined) {
  const query = new URLSearchParams(values).toString();
  return ask(query ? `${name}?${query}` : name, { signal });
}

export function post(name, data) {
  return ask(name, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(data) });
}

export function listen(onState, onConnection) {
  const source = new EventSource("api/events");
  source.onmessage = (event) => {
    onConnection(true);
    onState(JSON.parse(event.data));
  };
  source.onerror = () => onConnection(false);
  return source;
}
