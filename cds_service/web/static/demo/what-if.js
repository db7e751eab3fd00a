// The panel "What if?": sliders and switches for every value of the chart, and which number turned the answer.
import { byId, fill, h } from "./dom.js";
import { codeOf, isChanged } from "./changed-chart.js";
import { resourcesOf } from "./ehr.js";

const CLASSES = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
export const SETTINGS = [
  { code: "AMB", system: CLASSES, word: "At the clinic" },
  { code: "IMP", system: CLASSES, word: "In hospital" },
  { code: "EMER", system: CLASSES, word: "Emergency department" },
];
const LISTS = { conditions: "Problems", medications: "Medicines", allergies: "Allergies" };
const AGES = { least: 0, most: 100, step: 1 };

/** Draw the fields for a chart; `change(changes)` is called with all changes whenever one is made. */
export function drawFields(chart, changeable, facts, change) {
  const focused = document.activeElement?.id;
  const told = (more) => change({ ...chart.changes, ...more }); // as they are then: other fields may have changed
  const results = ["magnesium", "egfr", "potassium", "calcium", "qtc"].map((name) => resultField(name, chart, changeable, facts, told));
  const age = slider("Age", "years", AGES, chart.changes.age ?? facts.age_years ?? 50, (value) => told({ age: value }));
  const lists = Object.entries(LISTS).map(([key, title]) => listField(key, title, chart, changeable, told));
  fill(byId("what-if-fields"), ...results, age, settingField(chart, told), ...lists);
  if (focused?.startsWith("what-if-")) byId(focused)?.focus();
}

function resultField(name, chart, changeable, facts, told) {
  const { changes, fetched } = chart;
  const sliders = changeable.sliders.filter((one) => one.name === name);
  const own = resourcesOf(fetched[sliders[0].key]).find((one) => sliders.some(({ code }) => one.code?.coding?.[0]?.code === code));
  const unit = changes.values[name]?.[1] ?? (sliders.find((one) => one.unit === own?.valueQuantity?.code) ?? sliders[0]).unit;
  const one = sliders.find((candidate) => candidate.unit === unit);
  const value = changes.values[name]?.[0] ?? startOf(name, unit, own, facts, one);
  const set = (number, inUnit = unit) => told({ values: { ...chart.changes.values, [name]: [number, inUnit] } });
  const other = sliders.find((candidate) => candidate.unit !== unit);
  const swap = () => set(rounded((value / one.most) * other.most, other.step), other.unit);
  const button = other ? h("button", { type: "button", class: "small", onclick: () => convert(value, one, other, facts, set, swap) }, `in ${plain(other.unit)}`) : null;
  return slider(one.label, plain(unit), one, value, set, button);
}

const startOf = (name, unit, own, facts, one) =>
  own?.valueQuantity?.value ?? (name === "egfr" && facts.renal.egfr ? Math.round(facts.renal.egfr) : rounded((one.least + one.most) / 2, one.step));

/** The same magnesium in the other unit: the service tells what it is in both. */
function convert(value, one, other, facts, set, swap) {
  const known = facts.magnesium;
  if (!known || !known.mmol_per_l) return swap();
  const shown = known.shown.match(new RegExp(`(\\d+(?:\\.\\d+)?) ${other.unit}`));
  return shown ? set(Number(shown[1]), other.unit) : swap();
}

const plain = (unit) => unit.replace("{1.73_m2}", "1.73 m²");
const rounded = (value, step) => Number((Math.round(value / step) * step).toFixed(2));

function slider(label, unit, { least, most, step }, value, set, more = null) {
  const shown = h("output", {}, `${value} ${unit}`);
  const id = `what-if-${label.toLowerCase()}`;
  const input = h("input", { type: "range", id, min: least, max: most, step, value: Math.min(Math.max(value, least), most) });
  input.addEventListener("input", () => {
    shown.textContent = `${input.value} ${unit}`;
    set(Number(input.value));
  });
  return h("div", { class: "field" }, h("label", { for: id }, label), shown, more, input);
}

function settingField({ changes, fetched }, told) {
  const now = changes.setting?.code ?? resourcesOf(fetched.encounters)[0]?.class?.code ?? "AMB";
  const options = SETTINGS.map(({ code, word }) => h("option", { value: code, ...(code === now ? { selected: "" } : {}) }, word));
  const select = h("select", { id: "what-if-setting" }, ...options);
  select.addEventListener("change", () => told({ setting: SETTINGS.find(({ code }) => code === select.value) }));
  return h("div", { class: "field" }, h("label", { for: "what-if-setting" }, "Setting"), select);
}

/** Own entries to switch off, added ones, and a list to add from. */
function listField(key, title, chart, changeable, told) {
  const { changes, fetched } = chart;
  const own = resourcesOf(fetched[key]).filter((one) => (one.status ?? "active") === "active");
  const ownCodes = own.map((one) => codeOf(one, key));
  const more = changeable[key].filter((one) => !ownCodes.includes(codeOf(one, key)));
  const id = (one) => `${key}.${codeOf(one, key)}`;
  const toggle = (list, id, on) => (on ? [...new Set([...list, id])] : list.filter((other) => other !== id));
  const box = (one, checked, set) => {
    const input = h("input", { type: "checkbox", id: `what-if-${id(one)}`, ...(checked ? { checked: "" } : {}) });
    input.addEventListener("change", () => set(input.checked));
    return h("label", { class: "switch-line" }, input, ` ${nameOf(one, key)}`);
  };
  const kept = own.map((one) => box(one, !changes.removed.includes(id(one)), (on) => told({ removed: toggle(chart.changes.removed, id(one), !on) })));
  const added = more.filter((one) => changes.added.includes(id(one))).map((one) => box(one, true, () => told({ added: toggle(chart.changes.added, id(one), false) })));
  const select = h("select", { id: `what-if-add-${key}`, "aria-label": `Add to ${title.toLowerCase()}` }, h("option", { value: "" }, "Add…"), ...more.map((one) => h("option", { value: id(one) }, nameOf(one, key))));
  select.addEventListener("change", () => select.value && told({ added: toggle(chart.changes.added, select.value, true) }));
  return h("fieldset", { class: "field list" }, h("legend", {}, title), ...kept, ...added, select);
}

const nameOf = (resource, key) => (key === "medications" ? resource.medicationCodeableConcept : resource.code)?.text ?? "";

/** Say which rules answer otherwise than for the chart as it is, and which number decided. */
export function drawTurned(chart, base, now) {
  const place = byId("what-if-turned");
  byId("what-if-reset").hidden = !isChanged(chart.changes);
  if (!isChanged(chart.changes)) return fill(place, h("p", { class: "soft" }, "Move a slider or flip a switch: the advice follows at once."));
  const turned = now.rules.flatMap((rule) => turn(base.rules.find((other) => other.rule === rule.rule), rule, { chart, now }));
  if (!turned.length) return fill(place, h("p", {}, "Changed, and the answer rests on the same rules."));
  return fill(place, h("p", {}, h("strong", {}, "What turned the answer")), h("ul", {}, ...turned));
}

const spoke = (rule) => rule?.outcome === "fired";

function turn(before, after, asked) {
  if (spoke(before) === spoke(after)) return [];
  const word = spoke(after) ? "Now" : "No longer";
  const tag = h("b", { "data-turned": spoke(after) ? "now" : "gone" }, word);
  const why = spoke(after) ? [...crossed(after, asked), ...(before?.why ? [`before: ${before.why}`] : [])] : [after.why];
  return [h("li", {}, tag, ` ${after.question} `, h("span", { class: "soft" }, why.join("; ")))];
}

/** The numbers that decided, of the values that were changed; for the kidneys what they are now. */
function crossed(rule, { chart, now }) {
  const changed = [...Object.keys(chart.changes.values), ...(chart.changes.age === undefined ? [] : ["age"])];
  const limits = (rule.numbers ?? []).filter((one) => one.value !== undefined && changed.some((name) => one.told.toLowerCase().startsWith(name)));
  const told = limits.map((one) => `${one.told} ${one.limit}`);
  const kidneys = changed.includes("egfr") && /kidney/i.test(rule.question) ? [`${now.facts.renal.reason}, kidney gate ${now.facts.renal.gate}`] : [];
  return [...kidneys, ...told];
}
