// "Why": the facts, the rules with their numbers and sources, and the raw request and answer.
import { announce, byId, fill, h } from "./dom.js";

/** Show how an answer came about; `explained` may be a Trouble. */
export function drawWhy(call) {
  const { request, response, explained, title } = call;
  byId("why-title").textContent = `Why: ${title}`;
  fill(byId("why-body"), ...(explained instanceof Error ? [h("p", { class: "trouble" }, explained.message)] : reasons(explained)), raw("Request", request), raw("Answer", response));
}

function reasons(explained) {
  const by = (outcome) => explained.rules.filter((rule) => rule.outcome === outcome);
  const [fired, suppressed, silent] = ["fired", "suppressed", "silent"].map(by);
  return [
    h("h4", {}, `Rules that spoke (${fired.length})`),
    fired.length ? h("ul", { class: "rules" }, ...fired.map(rule)) : h("p", { class: "soft" }, "None: there was nothing to say."),
    suppressed.length ? h("h4", {}, `Held back (${suppressed.length})`) : null,
    suppressed.length ? h("ul", { class: "rules" }, ...suppressed.map(rule)) : null,
    folded(`Silent rules (${silent.length})`, h("ul", { class: "rules silent" }, ...silent.map(rule))),
    folded("Facts", facts(explained.facts)),
    explained.set_aside.length ? folded(`Set aside (${explained.set_aside.length})`, list(explained.set_aside.map((item) => `${item.what}: ${item.why}`))) : null,
    h("p", { class: "soft" }, `Knowledge ${explained.knowledge_version}. ${explained.approval}`),
  ].filter(Boolean);
}

const rule = (told) =>
  h(
    "li",
    {},
    h("strong", {}, told.question),
    h("span", { class: "soft" }, ` ${told.why}`),
    told.numbers?.length ? list(told.numbers.map((n) => `${n.id} = ${n.value} ${n.unit} (source ${n.source}, since ${n.valid_from})`), "numbers") : null,
    told.sources?.length ? folded("Sources", list(told.sources.map((s) => `[${s.id}] ${s.title ?? ""}`))) : null,
  );

const list = (texts, kind = "") => h("ul", { class: kind }, ...texts.map((text) => h("li", {}, text)));
const folded = (title, ...body) => h("details", {}, h("summary", {}, title), ...body);

const NAMES = { age_years: "age", magnesium: "magnesium", renal: "kidneys", results: "other results", not_known: "not known" };
const SKIPPED = new Set(["magnesium_scale"]);

function facts(told) {
  const rows = Object.entries(told).filter(([name]) => !SKIPPED.has(name));
  return h("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [h("dt", {}, NAMES[name] ?? name), h("dd", {}, shown(value))]));
}

/** A fact as a line of text. */
function shown(value) {
  if (value === null || value === "" || value === undefined) return "not known";
  if (Array.isArray(value)) return value.length ? value.map((item) => (item?.name ? medicine(item) : shown(item))).join("; ") : "none";
  if (typeof value === "object") return Object.entries(value).map(([key, item]) => `${key.replaceAll("_", " ")} ${shown(item)}`).join(", ") || "none";
  return String(value);
}

const medicine = (item) => `${item.name} (${[item.status, item.route, ...item.roles].join(", ")})`;

function raw(title, value) {
  const text = JSON.stringify(value, null, 2);
  const copy = async (event) => {
    await navigator.clipboard.writeText(text);
    event.target.textContent = "Copied";
    announce(`${title} copied`);
  };
  // written when it is opened: a request of a long stay is large
  const body = h("pre", { tabindex: "0", "aria-label": title });
  const details = folded(title, h("button", { type: "button", onclick: copy }, "Copy"), body);
  details.classList.add("raw");
  details.addEventListener("toggle", () => (body.textContent = text), { once: true });
  return details;
}
