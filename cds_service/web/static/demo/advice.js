// The advice of one hook: asking, drawing what came back, and saying so when nothing did.
import { Line, Trouble, isSuperseded } from "./api.js";
import { isTooOld, toneOf } from "./bands.js";
import { counted, drawCard, sorted } from "./cards.js";
import { announce, byId, fill, h } from "./dom.js";
import { callService, explainCall, markdown, sendFeedback } from "./ehr.js";
import { ago } from "./timescale.js";
import { drawWhy } from "./why.js";

/** Advice of one place on the page (`advice-view`, `advice-order`); only its newest call counts. */
export class Advice {
  #line = new Line();
  #place;
  #accept;
  constructor(place, accept) {
    this.#place = place;
    this.#accept = accept;
  }

  /** End what is under way and show nothing. */
  clear() {
    this.#line.end();
    if (this.#hasFocus()) byId("order-search").focus({ preventScroll: true });
    byId(this.#place).hidden = true;
    fill(byId(`${this.#place}-cards`));
  }

  /** Show that an answer is awaited; the signal of the call. */
  begin() {
    const signal = this.#line.begin();
    byId(this.#place).hidden = false;
    byId(this.#place).setAttribute("aria-busy", "true");
    byId(`${this.#place}-state`).textContent = "Asking…";
    return signal;
  }

  /** Call the service and show its cards; {cards, explained}, or null when it failed or a newer call took over. */
  async ask(title, service, request, signal) {
    try {
      const [response, explained] = await Promise.all([
        callService(service, request, signal),
        explainCall(service, request, signal).catch(unlessSuperseded),
      ]);
      const cards = sorted(response.cards ?? []);
      const html = await markdown(cards.map((card) => card.detail ?? ""), signal);
      this.#show(cards, html, service, { title, request, response, explained });
      return { cards, explained };
    } catch (problem) {
      if (!isSuperseded(problem)) this.fail(problem);
      return null;
    }
  }

  /** Show that there is no answer: nothing here may look like "all clear". */
  fail(problem) {
    byId(this.#place).hidden = false;
    byId(this.#place).removeAttribute("aria-busy");
    byId(`${this.#place}-state`).textContent = "No answer";
    const text = problem instanceof Trouble ? problem.message : String(problem);
    const title = h("strong", {}, "Advice could not be had. This is not an all-clear. ");
    fill(byId(`${this.#place}-cards`), h("div", { class: "trouble", role: "alert" }, title, text));
    byId(`${this.#place}-why`).hidden = true;
  }

  #show(cards, html, service, call) {
    const place = byId(this.#place);
    place.removeAttribute("aria-busy");
    const count = counted(cards);
    byId(`${this.#place}-state`).textContent = count;
    const focused = this.#hasFocus();
    const drawn = cards.map((card, index) => drawCard(card, html[index], this.#doing(card, service)));
    fill(byId(`${this.#place}-cards`), ...(drawn.length ? drawn : [quiet(call)]), ...answered(call.explained));
    const why = byId(`${this.#place}-why`);
    why.hidden = false;
    why.onclick = () => {
      drawWhy(call);
      byId("why").showModal();
    };
    if (focused) byId(`${this.#place}-heading`).focus({ preventScroll: true });
    announce(`${call.title}: ${count}`);
  }

  /** Whether the cards have the focus, which goes when they are replaced. */
  #hasFocus() {
    return byId(`${this.#place}-cards`).contains(document.activeElement);
  }

  #doing(card, service) {
    return {
      accept: (suggestion, text) => {
        report(text, sendFeedback(service, card, "accepted", { acceptedSuggestions: [{ id: suggestion.uuid }] }));
        return this.#accept(suggestion);
      },
      override: (reason, text) =>
        report(text, sendFeedback(service, card, "overridden", reason.code ? { overrideReason: { reason } } : {})),
    };
  }
}

/** The problem as a value: without reasons the advice still counts. */
function unlessSuperseded(problem) {
  if (isSuperseded(problem)) throw problem;
  return problem;
}

/** Say what was done, and whether the service knows. */
async function report(text, sending) {
  const notice = byId("notice");
  try {
    await sending;
    notice.dataset.state = "sent";
    notice.textContent = `${text}. Feedback sent.`;
  } catch (problem) {
    notice.dataset.state = "failed";
    notice.textContent = `${text}. The feedback was not taken: ${problem.message}`;
  }
}

const QUIET = {
  "order-select": "No advice about this order.",
  "order-sign": "No advice about this order.",
  "encounter-discharge": "No advice about going home.",
  "medication-refill": "No advice about this renewal.",
};

/** What is said when there is nothing to say: that magnesium was looked at, and why one that is not normal is left alone. */
function quiet({ explained, request }) {
  const opened = !(request.hook in QUIET);
  const what = h("strong", {}, opened ? "No advice." : QUIET[request.hook]);
  if (explained instanceof Error) return h("div", { class: "quiet" }, h("p", {}, what, ` Why could not be had: ${explained.message}`));
  const { magnesium } = explained.facts;
  if (!magnesium) return h("div", { class: "quiet" }, h("p", {}, what, " No magnesium result was found."));
  const last = `${magnesium.shown}, ${ago(magnesium.when, Date.now())}`;
  if (isTooOld(magnesium)) return h("div", { class: "quiet" }, h("p", {}, what, ` The last magnesium is too old to judge: ${last}.`));
  const tone = toneOf(magnesium.band);
  const looked = h("p", {}, what, ` Magnesium was looked at: ${magnesium.shown}, ${magnesium.band}.`);
  const reasons = opened && tone !== "normal" ? silences(explained.rules, magnesium.band) : [];
  return h("div", { class: "quiet", "data-tone": tone }, looked, ...reasons.map((why) => h("p", { class: "soft" }, why)));
}

/** What is not said again, because it was answered. */
function answered(explained) {
  const rules = explained instanceof Error ? [] : explained.rules.filter((rule) => rule.outcome === "quiet");
  return [...new Set(rules.map((rule) => rule.why))].map((why) => h("p", { class: "answered" }, `Not repeated: ${why}.`));
}

/** Why the rules about a high (or low) magnesium did not speak. */
function silences(rules, band) {
  const asks = new RegExp(`magnesium.*\\b${band.split(" ").at(-1)}\\b`, "i");
  const reasons = rules.filter((rule) => rule.outcome === "silent" && asks.test(rule.question)).map((rule) => rule.why);
  return [...new Set(reasons)].map((why) => `${why[0].toUpperCase()}${why.slice(1)}.`);
}
