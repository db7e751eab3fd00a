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
  const passing = h("div", { class: "passing" });
  const article = h(
    "article",
    { class: "card", "data-indicator": card.indicator, "aria-labelledby": title },
    h("div", { class: "head" }, h("p", { class: "flag" }, h("span", { class: "sign", "aria-hidden": "true" }, sign), word), " ", h("h3", { id: title }, card.summary)),
    actions,
    outcomes,
    ...detail(html),
    passing,
    footer(card),
  );
  const settle = (state, text, undo) => {
    const line = h("p", {}, text);
    if (undo) line.append(" ", h("button", { type: "button", class: "plain", "aria-label": `Undo ${text}`, onclick: () => undo(line) }, "Undo"));
    outcomes.append(line);
    outcomes.focus({ preventScroll: true });
    passing.hidden = true;
    if (actions.querySelector(".suggestion:not([hidden])") && card.selectionBehavior === "any" && state === "accepted") return;
    actions.hidden = true;
    article.dataset.outcome = state;
  };
  const take = (suggestion, row) => {
    row.hidden = true;
    const text = `Accepted: ${suggestion.label}`;
    const takeBack = accept(suggestion, text);
    settle("accepted", text, (line) => {
      takeBack();
      line.remove();
      row.hidden = actions.hidden = false;
      passing.hidden = outcomes.children.length > 0;
      delete article.dataset.outcome;
      row.querySelector("button").focus();
    });
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

const FIRST = 2; // lines of a section that stand open
const SMALL = { Check: 1, Why: 0 }; // the same on a small screen, where these sections show less
const ENOUGH = 5; // lines that are not worth folding

/** The detail, with the first words of a section ("Found:", "Do:") marked for the margin; long ones begin folded. */
function detail(html) {
  const body = h("div", { class: "detail" }, ...nodesOf(html));
  const lines = [...body.querySelectorAll("li")];
  let [count, small] = [0, FIRST];
  for (const line of lines) {
    const first = line.firstChild;
    const begins = first?.nodeName === "STRONG" && first.textContent.endsWith(":");
    if (begins) {
      first.classList.add("section");
      first.textContent = first.textContent.slice(0, -1);
    }
    if (begins) small = SMALL[first.textContent] ?? FIRST;
    count = begins ? 1 : count + 1;
    line.classList.toggle("further", count > FIRST && lines.length > ENOUGH);
    line.classList.toggle("later", count > small && lines.length > ENOUGH);
  }
  for (const link of body.querySelectorAll("a")) Object.assign(link, OUTSIDE);
  return body.querySelector(".further, .later") ? [body, unfolding(body, `All ${lines.length} lines`)] : [body];
}

function unfolding(body, whole) {
  const toggle = (event) => {
    const open = body.dataset.open !== "true";
    body.dataset.open = open;
    event.target.setAttribute("aria-expanded", String(open));
    event.target.textContent = open ? "Fewer lines" : whole;
  };
  return h("button", { type: "button", class: "plain more", "aria-expanded": "false", onclick: toggle }, whole);
}

const OUTSIDE = { target: "_blank", rel: "noreferrer" };

function suggestionRow(suggestion, take) {
  const actions = suggestion.actions ?? [];
  const parts = actions.map((action) => action.description).filter(Boolean);
  const row = h(
    "div",
    { class: "suggestion", "data-recommended": suggestion.isRecommended === true },
    h("button", { type: "button", class: "accept", onclick: () => take(suggestion, row) }, ...worded(suggestion.label, actions)),
    parts.length ? folded(whatItDoes(parts.length), h("ul", {}, ...parts.map((part) => h("li", {}, part)))) : null,
  );
  return row;
}

const whatItDoes = (count) => [h("span", { class: "wide" }, `What it does (${count})`), h("span", { class: "narrow" }, count === 1 ? "1 step" : `${count} steps`)];

/** The words of a button: a label that says what is removed or ordered needs no other verb. */
function worded(label, actions) {
  if (label.startsWith("Order: ")) return [label.replace("Order: ", "Order ")];
  if (actions.some(({ type, resource }) => type === "delete" || resource?.status === "stopped")) return [label];
  return [h("span", { class: "verb" }, "Accept:"), ` ${label}`];
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
  return h("footer", {}, sources, h("span", {}, url ? h("a", { href: url, ...OUTSIDE }, label) : label));
}

const folded = (title, ...body) => h("details", {}, h("summary", {}, title), ...body);
