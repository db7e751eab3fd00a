// Every call to the service. A failed one is a Trouble with a sentence that can be shown.

export class Trouble extends Error {}

/** The JSON of an address. */
export async function getJson(address, signal) {
  return (await answered(address, { signal })).body;
}

/** The JSON answer to a JSON body. */
export async function postJson(address, body, signal) {
  const headers = { "Content-Type": "application/json" };
  return (await answered(address, { method: "POST", headers, body: JSON.stringify(body), signal })).body;
}

async function answered(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch (problem) {
    if (options.signal?.aborted) throw problem;
    throw new Trouble("The service cannot be reached. Is it still running?");
  }
  const body = await response.json().catch(() => null);
  if (options.signal?.aborted) throw new DOMException("superseded", "AbortError");
  if (!response.ok) throw new Trouble(`HTTP ${response.status}. ${diagnosticsOf(body)}`);
  if (body === null) throw new Trouble("The answer is not JSON.");
  return { body };
}

function diagnosticsOf(body) {
  return body?.issue?.[0]?.diagnostics ?? "The answer gives no reason.";
}

/** Whether a call ended because a newer one took its place. */
export const isSuperseded = (problem) => problem?.name === "AbortError";

/** One line of calls, of which only the newest counts: starting one ends the one before. */
export class Line {
  #current = null;

  /** The signal of a new call. */
  begin() {
    this.end();
    this.#current = new AbortController();
    return this.#current.signal;
  }

  /** End whatever is under way. */
  end() {
    this.#current?.abort();
    this.#current = null;
  }
}
