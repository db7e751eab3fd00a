// "What if": the chart as it would be with some values changed. Changes are plain words, so that a link can carry them.
import { bundleOf, resourcesOf } from "./ehr.js";

const LISTS = { conditions: "code", medications: "medicationCodeableConcept", allergies: "code" };
const YEAR = 365.25 * 864e5;
const DAY = 864e5;

/** The code that names a problem, a medicine or an allergy. */
export const codeOf = (resource, key) => resource[LISTS[key]]?.coding?.[0]?.code ?? resource[LISTS[key]]?.text;

/** The prefetched chart with changes: `{values: {egfr: [25, "mL/min/{1.73_m2}"]}, age, setting, added, removed}`. */
export function changedChart(fetched, changes, changeable) {
  const chart = { ...fetched };
  for (const [name, [value, unit]] of Object.entries(changes.values)) {
    const slider = changeable.sliders.find((one) => one.name === name && one.unit === unit);
    if (slider) chart[slider.key] = withResult(chart[slider.key], slider, value, fetched.patient.id);
  }
  if (changes.age !== undefined) chart.patient = { ...chart.patient, birthDate: bornAt(changes.age) };
  if (changes.setting) chart.encounters = inSetting(chart.encounters, changes.setting, fetched.patient.id);
  for (const key of Object.keys(LISTS)) chart[key] = withList(chart[key], key, changes, changeable, fetched.patient.id);
  return chart;
}

const bornAt = (age) => new Date(Date.now() - (age + 0.5) * YEAR).toISOString().slice(0, 10);

/** The newest result of this kind has the new value; where there is none, one of an hour ago. */
function withResult(bundle, slider, value, patientId) {
  const all = resourcesOf(bundle);
  const kinds = slider.key === "magnesium" ? () => true : (one) => one.code?.coding?.some(({ code }) => code === slider.code);
  const found = all.filter((one) => kinds(one) && ["final", "amended", "corrected"].includes(one.status));
  const newest = found.sort((a, b) => new Date(b.effectiveDateTime) - new Date(a.effectiveDateTime))[0];
  const made = {
    ...slider.example,
    id: newest?.id ?? `what-if-${slider.name}`,
    subject: { reference: `Patient/${patientId}` },
    status: "final",
    effectiveDateTime: newest?.effectiveDateTime ?? new Date(Date.now() - 36e5).toISOString(),
    valueQuantity: { ...slider.example.valueQuantity, value },
  };
  return bundleOf([made, ...all.filter((one) => one !== newest)], "searchset");
}

function inSetting(bundle, { code, system }, patientId) {
  const [stay] = resourcesOf(bundle);
  const begun = { start: new Date(Date.now() - DAY).toISOString() };
  const made = stay ?? { resourceType: "Encounter", id: "what-if-stay", status: "in-progress", subject: { reference: `Patient/${patientId}` }, period: begun };
  return bundleOf([{ ...made, class: { system, code } }], "searchset");
}

/** Without what was taken away, with what was added. */
function withList(bundle, key, changes, changeable, patientId) {
  const kept = resourcesOf(bundle).filter((one) => !changes.removed.includes(`${key}.${codeOf(one, key)}`));
  const about = { reference: `Patient/${patientId}` };
  const added = changeable[key]
    .filter((one) => changes.added.includes(`${key}.${codeOf(one, key)}`))
    .map((one) => ({ ...one, id: `what-if-${one.id}`, ...(one.patient ? { patient: about } : { subject: about }) }));
  return bundleOf([...added, ...kept], "searchset");
}

/** No changes. */
export const unchanged = () => ({ values: {}, added: [], removed: [] });

/** Whether anything was changed. */
export const isChanged = (changes) =>
  Object.keys(changes.values).length + changes.added.length + changes.removed.length > 0 || changes.age !== undefined || Boolean(changes.setting);

/** Changes as the query of a link; "" for none. */
export function written(changes) {
  const told = new URLSearchParams();
  for (const [name, [value, unit]] of Object.entries(changes.values)) told.set(name, `${value} ${unit}`);
  if (changes.age !== undefined) told.set("age", changes.age);
  if (changes.setting) told.set("setting", changes.setting.code);
  if (changes.added.length) told.set("with", changes.added.join(" "));
  if (changes.removed.length) told.set("without", changes.removed.join(" "));
  return told.toString();
}

/** Changes from the query of a link; what nobody knows is left out. */
export function read(query, changeable, settings) {
  const told = new URLSearchParams(query);
  const changes = unchanged();
  for (const { name } of changeable.sliders) {
    const [value, unit] = (told.get(name) ?? "").split(" ");
    if (Number(value) > 0 && changeable.sliders.some((one) => one.name === name && one.unit === unit)) changes.values[name] = [Number(value), unit];
  }
  if (/^\d{1,3}$/.test(told.get("age") ?? "")) changes.age = Number(told.get("age"));
  changes.setting = settings.find(({ code }) => code === told.get("setting"));
  changes.added = (told.get("with") ?? "").split(" ").filter(Boolean);
  changes.removed = (told.get("without") ?? "").split(" ").filter(Boolean);
  return changes;
}
