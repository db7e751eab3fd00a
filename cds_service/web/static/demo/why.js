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

const PAGES = document.body.dataset.pages;
// what a comparison says, and what the value would have to be for it to say the contrary
const CONTRARY = {
  "is below": (limit) => `at ${limit} or more`,
  "is not below": (limit) => `below ${limit}`,
  "is above": (limit) => `at ${limit} or less`,
  "is not above": (limit) => `above ${limit}`,
  "is at least": (limit) => `below ${limit}`,
  "is at most": (limit) => `above ${limit}`,
};

function reasons(explained) {
  const by = (outcome) => explained.rules.filter((rule) => rule.outcome === outcome);
  return [
    ...section("Why this was said", by("fired"), plainRule),
    ...doses(explained),
    ...section("On trial, not shown", by("on trial"), plainRule),
    ...section("Not repeated, because answered", by("quiet"), silentRule),
    ...section("Held back by something more urgent", by("suppressed"), plainRule),
    ...notUnderstood(explained),
    folded(`Looked at and silent (${by("silent").length})`, rules(by("silent"), silentRule)),
    folded("Facts", facts(explained.facts)),
    h("p", { class: "soft" }, `Knowledge ${explained.knowledge_version}. ${explained.approval}`),
  ];
}

const section = (title, found, drawn) => (found.length ? [h("h3", {}, `${title} (${found.length})`), rules(found, drawn)] : []);
const rules = (found, drawn) => h("ul", { class: "rules" }, ...found.map(drawn));
const pageOf = (rule, ...words) => h("a", { href: `${PAGES}/rules/${rule.rule}`, target: "_blank", rel: "noreferrer" }, ...words);

/** A rule that spoke: the patient's value beside each limit, where the limit comes from, what would turn it. */
function plainRule(told) {
  const numbers = (told.numbers ?? []).filter((number) => number.value !== undefined);
  const words = (told.numbers ?? []).filter((number) => number.value === undefined).map((number) => number.told);
  return h(
    "li",
    {},
    h("strong", {}, told.question),
    " Yes. ",
    pageOf(told, "The rule, its cases and sources"),
    numbers.length || words.length ? h("ul", {}, ...numbers.map(number), ...words.map((word) => h("li", {}, word))) : null,
    told.sources?.length ? folded("Sources", list(told.sources.map((s) => `[${s.id}] ${s.title ?? ""}`))) : null,
  );
}

const silentRule = (told) => h("li", {}, pageOf(told, told.question), h("span", { class: "soft" }, ` ${told.why.replaceAll("_", " ")}`));

/** "magnesium 0.49 mmol/L is below 0.5 mmol/L", its source, and what would say the contrary. */
function number(n) {
  const { limit } = n;
  const words = Object.keys(CONTRARY).find((comparison) => n.told.endsWith(comparison));
  const turn = words ? ` It would be otherwise ${CONTRARY[words](limit)}.` : "";
  return h("li", {}, n.told, " ", h("b", {}, limit), `.${turn} `, h("span", { class: "soft" }, `Limit by ${origin(n.source)}, in force since ${n.valid_from} (${n.id})`));
}

/** Who set a limit: "source 2, 54", "source 78 and the authors of this service". */
function origin(source) {
  const published = source.split(";").filter((one) => one !== "design");
  const named = published.length ? [`source ${published.join(", ")}`] : [];
  return [...named, ...(source.includes("design") ? ["the authors of this service"] : [])].join(" and ");
}

/** Which row of the dose tables a drafted magnesium stands in, and what the same row gives at other kidney gates. */
function doses({ doses: found, facts: { renal } }) {
  if (!found?.length) return [];
  const gates = ({ by_gate }, gate) => Object.entries(by_gate).map(([name, dose]) => h("li", { "data-own": name === gate }, `${name}: ${dose}${name === gate ? " (this patient)" : ""}`));
  const row = (one, gate) => [h("p", {}, `Row “${one.row}” of the table of ${one.table} doses:`), h("ul", {}, ...gates(one, gate))];
  const told = found.map(({ label, gate, rows: at }) => h("li", {}, h("strong", {}, label), h("p", {}, `Kidneys: ${renal.reason}, gate ${gate}.`), ...at.flatMap((one) => row(one, gate))));
  return [h("h3", {}, "Where the dose comes from"), h("ul", { class: "rules" }, ...told)];
}

/** What of the chart nobody could read or was not sent. */
function notUnderstood(explained) {
  const counted = (explained.not_understood ?? []).map(({ what, why, count }) => `${count} × ${spaced(what)}: ${spaced(why)}`);
  const aside = explained.set_aside.map((item) => `${item.what}: ${item.why}`);
  const unknown = explained.facts.not_known.map((name) => `${spaced(name)}: not known`);
  const told = [...counted, ...aside, ...unknown];
  return [h("h3", {}, "What was not understood"), told.length ? list(told) : h("p", {}, "Everything that was sent could be read.")];
}

const list = (texts) => h("ul", {}, ...texts.map((text) => h("li", {}, text)));
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
