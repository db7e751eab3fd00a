// The head of the chart: who this is, and the values that matter for magnesium.
import { byId, fill, h } from "./dom.js";
import { inUnit } from "./bands.js";
import { resourcesOf } from "./ehr.js";
import { ago } from "./timescale.js";

const SETTINGS = { inpatient: "In hospital", ambulatory: "Clinic", emergency: "Emergency department", unknown: "Setting not known" };
const VALUES = [
  ["potassium", "Potassium"],
  ["calcium", "Calcium"],
  ["qtc", "QTc"],
];

/** Nothing of the chart that was open before. */
export function clearBanner() {
  for (const id of ["patient-name", "patient-who", "patient-problems"]) byId(id).textContent = "…";
  fill(byId("values"));
}

/** The patient's name, before the service has answered. */
export function drawName(patient) {
  const name = patient.name?.[0] ?? {};
  const shown = [name.family, ...(name.given ?? [])].filter(Boolean).join(", ") || patient.id;
  byId("patient-name").textContent = shown;
  document.title = `${shown}: demonstration chart`;
}

/** Age, sex, setting, problems, and the values now. `tone` is that of the magnesium, as the advice judges it. */
export function drawBanner(facts, prefetched, { unit, units, now, tone }) {
  const age = facts.age_years === null ? "age not known" : `${facts.age_years} y`;
  byId("patient-who").textContent = [age, facts.sex ?? "sex not known", SETTINGS[facts.setting] ?? facts.setting].join(" · ");
  const problems = resourcesOf(prefetched.conditions).map((problem) => problem.code?.text ?? problem.code?.coding?.[0]?.display);
  const allergies = resourcesOf(prefetched.allergies).map((allergy) => `allergic to ${allergy.code?.text}`);
  byId("patient-problems").textContent = [...problems, ...allergies].filter(Boolean).join(" · ") || "No problems on record";
  const others = VALUES.map(([name, label]) => value(label, facts.results[name], now));
  fill(byId("values"), magnesium(facts.magnesium, unit, units, now, tone), egfr(facts.renal), ...others);
}

function magnesium(result, unit, units, now, tone) {
  if (!result) return tile("Magnesium", "–", "no result");
  const other = unit === "mmol/L" ? "mg/dL" : "mmol/L";
  const shown = (name) => `${inUnit(result.mmol_per_l, name, units)} ${name}`;
  const chip = h("span", { class: "chip", "data-tone": tone }, result.band);
  return tile("Magnesium", shown(unit), [h("span", { class: "other" }, `${shown(other)} · `), ago(result.when, now)], chip);
}

function egfr(renal) {
  if (renal.egfr === null) return tile("eGFR", "–", renal.reason);
  return tile("eGFR", `${Math.round(renal.egfr)}`, "mL/min/1.73 m²");
}

const value = (label, result, now) => (result ? tile(label, result.shown, ago(result.when, now)) : tile(label, "–", "none recent"));

function tile(label, shown, note, chip = null) {
  const told = h("dd", {}, h("span", { class: "number" }, shown), chip, h("span", { class: "soft" }, ...[note].flat()));
  return h("div", { class: "value" }, h("dt", {}, label), told);
}
