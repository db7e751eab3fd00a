// Cards as a record system shows them, with what a clinician can do about each.
import { h, nodesOf } from "./dom.js";

const INDICATORS = {
  critical: { rank: 0, word: "Critical", sign: "!" },
  warning: { rank: 1, word: "Warning", sign: "▲" },
  info: { rank: 2, word: "Information", sign: "i", short: "info" },
};
const indicatorOf = (card) => INDICATORS[card.indicator] ?? INDICATORS.info;

/** The cards, most urgent first. */
export const sorted = (cards) => [...cards].sort((a, b) => indicatorOf(a).rank - indicatorOf(b).rank);

/** How many of each indicator, in words. */
export function counted(cards) {
  const words = sorted(cards).map((card) => indicatorOf(card).short ?? indicatorOf(card).word.toLowerCase());
  const kinds = [...new Set(words)].map((word) => `${words.filter((other) => other === word).length} ${word}`);
  return cards.length ? kinds.join(", ") : "no advice";
}

/** One card. `html` is its detail; `accept(suggestion, text)` and `override(reason, text)` do it; `text` says it. */
export function drawCard(card, html, { accept, override }) {
  const outcome = h("p", { class: "outcome" });
  const title = `card-${card.uuid}`;
  // what can be done stands first: the text below it says why
  const actions = h("div", { class: "actions" });
  const passing = h("div", {});
  const article = h(
    "article",
    { class: "card", "data-indicator": card.indicator, "aria-labelledby": title },
    h("p", { class: "flag" }, h("span", { class: "sign", "aria-hidden": "true" }, indicatorOf(card).sign), indicatorOf(card).word),
    h("h3", { id: title }, card.summary),
    actions,
    outcome,
    h("div", { class: "detail" }, ...detail(html)),
    passing,
    footer(card),
  );
  // done first, then reported: a clinician need not wait for the feedback
  const act = async (work, state, text) => {
    actions.remove();
    passing.remove();
    article.dataset.outcome = state;
    outcome.textContent = text;
    await work(text);
  };
  actions.append(
    ...(card.suggestions ?? []).map((suggestion) =>
      suggestionButton(suggestion, () => act((text) => accept(suggestion, text), "accepted", `Accepted: ${suggestion.label}`)),
    ),
  );
  passing.append(overrideForm(card, (reason) => act((text) => override(reason, text), "overridden", `Overridden: ${reason.display}`)));
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

function suggestionButton(suggestion, click) {
  const parts = (suggestion.actions ?? []).map((action) => action.description).filter(Boolean);
  return h(
    "div",
    { class: "suggestion", "data-recommended": suggestion.isRecommended === true },
    h("button", { type: "button", class: "accept", onclick: click }, h("span", { class: "verb" }, "Accept"), ` ${suggestion.label}`),
    parts.length
      ? h("details", {}, h("summary", {}, parts.length === 1 ? "1 order" : `${parts.length} orders`), h("ul", {}, ...parts.map((part) => h("li", {}, part))))
      : null,
  );
}

function overrideForm(card, confirm) {
  const reasons = card.overrideReasons ?? [];
  const id = `reason-${card.uuid}`;
  const select = h("select", { id }, ...reasons.map((reason, index) => h("option", { value: index }, reason.display)));
  const submit = (event) => {
    event.preventDefault();
    confirm(reasons[Number(select.value)] ?? { display: "no reason given" });
  };
  return h(
    "details",
    { class: "override" },
    h("summary", {}, "Override…"),
    h("form", { onsubmit: submit }, h("label", { for: id }, "Why not?"), select, h("button", { type: "submit" }, "Override with this reason")),
  );
}

function footer(card) {
  const links = (card.links ?? []).map((link) => h("a", { href: link.url, ...OUTSIDE }, link.label));
  return h("footer", {}, h("span", {}, card.source?.label ?? ""), links.length ? h("details", {}, h("summary", {}, "Sources"), ...links.map((link) => h("p", {}, link))) : null);
}
