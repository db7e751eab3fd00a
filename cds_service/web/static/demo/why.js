// "Why": the facts, the rules with their numbers and sources, and the raw request and answer.
import { announce, byId, fill, h } from "./dom.js";
import { shownMoment } from "./timescale.js";

/** Show how an answer came about; `explained` may be a Trouble. */
export function drawWhy(call) {
  const { request, response, explained, title } = call;
  byId("why-title").textContent = `Why: ${title}`;
  const told = explained instanceof Error ? [h("p", { class: "trouble" }, explained.message)] : reasons(explained);
  fill(byId("why-body"), ...told, raw("Request", request), raw("Answer", response));
}

function reasons(explained) {
  const by = (outcome) => explained.rules.filter((rule) => rule.outcome === outcome);
  const setAside = explained.set_aside.map((item) => `${item.what}: ${item.why}`);
  return [
    ...section("Rules that spoke", by("fired")),
    ...section("On trial, not shown", by("on trial")),
    ...section("Not repeated, because answered", by("quiet")),
    ...section("Held back", by("suppressed")),
    folded(`Silent rules (${by("silent").length})`, rules(by("silent"))),
    folded("Facts", facts(explained.facts)),
    ...(setAside.length ? [folded(`Set aside (${setAside.length})`, list(setAside))] : []),
    h("p", { class: "soft" }, `Knowledge ${explained.knowledge_version}. ${explained.approval}`),
  ];
}

const section = (title, found) => (found.length ? [h("h4", {}, `${title} (${found.length})`), rules(found)] : []);
const rules = (found) => h("ul", { class: "rules" }, ...found.map(rule));

const rule = (told) =>
  h(
    "li",
    {},
    h("strong", {}, told.question),
    h("span", { class: "soft" }, ` ${told.why.replaceAll("_", " ")}`),
    told.numbers?.length ? list(told.numbers.map(number)) : null,
    told.sources?.length ? folded("Sources", list(told.sources.map((s) => `[${s.id}] ${s.title ?? ""}`))) : null,
  );

const list = (texts) => h("ul", {}, ...texts.map((text) => h("li", {}, text)));
const number = (n) => `${n.told} ${n.id} = ${measured(n)} (source ${n.source}, since ${n.valid_from})`;
const measured = ({ value, unit }) => (unit === "1" ? `${value}` : `${value} ${unit}`);
const folded = (title, ...body) => h("details", {}, h("summary", {}, title), ...body);

function facts(told) {
  const age = told.age_years === null ? "age not known" : `${told.age_years} years`;
  const rows = [
    ["Patient", [[age, told.sex ?? "sex not known", told.setting].join(", ")]],
    ["Magnesium", told.magnesium ? magnesium(told.magnesium) : ["no result"]],
    ["Kidneys", [`${told.renal.reason} (dose group ${told.renal.gate})`]],
    ["Results", Object.entries(told.results).map(([name, result]) => resultLine(name, result))],
    ["Medicines", told.medications === null ? ["the list is not known"] : told.medications.map(medicine)],
    ["Drafts", told.drafts.map(medicine)],
    ["Conditions", told.conditions.map(spaced)],
    ["Not known", told.not_known.map(spaced)],
  ];
  return h("dl", { class: "facts" }, ...rows.flatMap(([name, lines]) => [h("dt", {}, name), h("dd", {}, ...paragraphs(lines))]));
}

const paragraphs = (lines) => (lines.length ? lines : ["none"]).map((line) => h("p", {}, line));
const resultLine = (name, { shown, when }) => `${RESULTS[name] ?? spaced(name)} ${shown}, ${shownMoment(when)}`;

const RESULTS = { egfr: "eGFR", qtc: "QTc", magnesium_ionised: "ionised magnesium" };
const spaced = (name) => name.replaceAll("_", " ");
const medicine = (item) => `${item.name}: ${[item.status, item.route, ...item.roles.map(spaced)].join(", ")}`;

const magnesium = (m) => [
  `${m.shown}, ${m.band}, ${shownMoment(m.when)}`,
  `normal ${m.limits.join(" to ")} mmol/L; ${m.freshness}; ${m.status}${m.haemolysed ? "; haemolysed" : ""}${m.plausible ? "" : "; implausible"}`,
];

function raw(title, value) {
  const text = JSON.stringify(value, null, 2);
  const copy = async (event) => {
    const copied = await navigator.clipboard.writeText(text).then(() => true, () => false);
    event.target.textContent = copied ? "Copied" : "Not allowed to copy: select the text";
    announce(`${title}: ${event.target.textContent}`);
  };
  // written when it is opened: a request of a long stay is large
  const body = h("pre", { tabindex: "0", "aria-label": title });
  const details = folded(title, h("button", { type: "button", onclick: copy }, "Copy"), body);
  details.classList.add("raw");
  details.addEventListener("toggle", () => (body.textContent = text), { once: true });
  return details;
}
