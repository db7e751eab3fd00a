// Cards as a record system shows them, with what a clinician can do about each.
import { h, nodesOf } from "./dom.js";

const INDICATORS = {
  critical: { rank: 0, word: "Critical", sign: "!", counted: ["critical", "critical"] },
  warning: { rank: 1, word: "Warning", sign: "▲", counted: ["warning", "warnings"] },
  info: { rank: 2, word: "Information", sign: "i", counted: ["info", "info"] },
};
const indicatorOf = (card) => INDICATORS[card.indicator] ?? INDICATORS.info;

/** The cards, most urgent first. */
export const sorted = (cards) => [...cards].sort((a, b) => indicatorOf(a).rank - indicatorOf(b).rank);

/** How many of each indicator, in words. */
export function counted(cards) {
  const kinds = Object.values(INDICATORS).map((kind) => [kind, cards.filter((card) => indicatorOf(card) === kind).length]);
  const told = kinds.filter(([, count]) => count).map(([{ counted: [one, many] }, count]) => `${count} ${count === 1 ? one : many}`);
  return told.join(", ") || "no advice";
}

/** One card. `html` is its detail; `accept(suggestion, text)` and `override(reason, text)` do it; `text` says it. */
export function drawCard(card, html, { accept, override }) {
  const title = `card-${card.uuid}`;
  const { sign, word } = indicatorOf(card);
  const outcomes = h("div", { class: "outcomes", tabindex: "-1" });
  // what can be done stands first: the text below it says why
  const actions = h("div", { class: "actions" });
  const passing = h("div");
  const article = h(
    "article",
    { class: "card", "data-indicator": card.indicator, "aria-labelledby": title },
    h("p", { class: "flag" }, h("span", { class: "sign", "aria-hidden": "true" }, sign), word),
    h("h3", { id: title }, card.summary),
    actions,
    outcomes,
    h("div", { class: "detail" }, ...detail(html)),
    passing,
    footer(card),
  );
  const settle = (state, text) => {
    outcomes.append(h("p", {}, text));
    outcomes.focus({ preventScroll: true });
    passing.replaceChildren();
    if (actions.children.length && card.selectionBehavior === "any" && state === "accepted") return;
    actions.replaceChildren();
    article.dataset.outcome = state;
  };
  const take = (suggestion, row) => {
    row.remove();
    const text = `Accepted: ${suggestion.label}`;
    settle("accepted", text);
    accept(suggestion, text);
  };
  const pass = (reason) => {
    const text = `Overridden: ${reason.display}`;
    settle("overridden", text);
    override(reason, text);
  };
  actions.append(...(card.suggestions ?? []).map((suggestion) => suggestionRow(suggestion, take)));
  passing.append(overrideForm(card, pass));
  return article;
}

/** The detail, with the first words of a section ("Found:", "Do:") marked for the margin. */
function detail(html) {
  const nodes = nodesOf(html);
  for (const item of nodes.flatMap((node) => [...(node.querySelectorAll?.("li") ?? [])])) {
    const first = item.firstChild;
    if (first?.nodeName === "STRONG" && first.textContent.endsWith(":")) {
      first.classList.add("section");
      first.textContent = first.textContent.slice(0, -1);
    }
  }
  for (const link of nodes.flatMap((node) => [...(node.querySelectorAll?.("a") ?? [])])) Object.assign(link, OUTSIDE);
  return nodes;
}

const OUTSIDE = { target: "_blank", rel: "noreferrer" };

function suggestionRow(suggestion, take) {
  const parts = (suggestion.actions ?? []).map((action) => action.description).filter(Boolean);
  const verb = h("span", { class: "verb" }, "Accept");
  const row = h(
    "div",
    { class: "suggestion", "data-recommended": suggestion.isRecommended === true },
    h("button", { type: "button", class: "accept", onclick: () => take(suggestion, row) }, verb, ` ${suggestion.label}`),
    parts.length
      ? folded(`What this does (${parts.length})`, h("ul", {}, ...parts.map((part) => h("li", {}, part))))
      : null,
  );
  return row;
}

function overrideForm(card, confirm) {
  const reasons = card.overrideReasons ?? [];
  const id = `reason-${card.uuid}`;
  const select = h("select", { id }, ...reasons.map((reason, index) => h("option", { value: index }, reason.display)));
  const button = h("button", { type: "submit" }, "Override with this reason");
  const submit = (event) => {
    event.preventDefault();
    confirm(reasons[Number(select.value)] ?? { display: "no reason given" });
  };
  return h(
    "details",
    { class: "override" },
    h("summary", {}, "Override…"),
    h("form", { onsubmit: submit }, h("label", { for: id }, "Why not?"), select, button),
  );
}

function footer(card) {
  const links = (card.links ?? []).map((link) =>
    link.type === "smart" ? `${link.label} (a SMART app, which this page cannot start)` : h("a", { href: link.url, ...OUTSIDE }, link.label),
  );
  const sources = links.length ? folded("Sources", ...links.map((link) => h("p", {}, link))) : null;
  const { label = "", url } = card.source ?? {};
  return h("footer", {}, h("span", {}, url ? h("a", { href: url, ...OUTSIDE }, label) : label), sources);
}

const folded = (title, ...body) => h("details", {}, h("summary", {}, title), ...body);
