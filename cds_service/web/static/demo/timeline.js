// Medicines on the axis of time that the trend has. Which one is a likely cause, the service says.
import { byId, fill, h } from "./dom.js";
import { doseOf, nameOf, referenceOf, shortName } from "./orders.js";
import { ago } from "./timescale.js";

const ROLES = {
  cause: "can lower magnesium",
  raises_mg: "spares magnesium",
  magnesium_product: "magnesium",
  qt_risk: "prolongs QT",
  qt_possible: "may prolong QT",
  digitalis: "digitalis",
};
const ORDER = { culprit: 0, suspect: 1, plain: 2 };

/** Nothing of the chart that was open before. */
export function clearTimeline() {
  fill(byId("medicine-rows"));
  byId("medicines-none").hidden = true;
}

/** Draw a row for each medicine. `medicines` are the service's facts, `orders` the FHIR resources they came from.
 * `isStopping(reference)`: whether it is to be stopped; `renew(order)`: what renews it, or null. */
export function drawTimeline(medicines, orders, scale, { isStopping, renew }) {
  const list = byId("medicine-rows");
  byId("medicines-none").hidden = Boolean(medicines?.length);
  byId("medicines-none").textContent = medicines ? "No medicines on record." : "The medicine list is not known.";
  const byReference = new Map(orders.map((order) => [referenceOf(order), order]));
  const rows = (medicines ?? []).map((medicine) => ({
    ...rowOf(medicine, byReference.get(medicine.reference), scale, isStopping),
    renew: byReference.has(medicine.reference) ? renew(byReference.get(medicine.reference)) : null,
  }));
  rows.sort((a, b) => a.past - b.past || ORDER[a.mark] - ORDER[b.mark] || a.start - b.start);
  fill(list, ...rows.map(draw), rows.length ? axis(scale) : null);
}

function rowOf(medicine, order, scale, isStopping) {
  const past = medicine.status !== "active";
  const roles = [...new Set(medicine.roles.map((role) => ROLES[role.split(" ")[0]]).filter(Boolean))];
  const start = medicine.since ? scale.at(medicine.since) : 0;
  return {
    name: order ? shortName(nameOf(order)) : medicine.name,
    dose: order ? doseOf(order) || (order.dosage?.text ?? "") : "",
    given: order?.resourceType === "MedicationAdministration",
    mark: medicine.named_cause ? "culprit" : roles.includes(ROLES.cause) ? "suspect" : "plain",
    tags: medicine.named_cause ? ["likely cause", ...roles.filter((role) => role !== ROLES.cause)] : roles,
    stopping: isStopping(medicine.reference),
    since: since(medicine, scale.now, past),
    start: Math.max(start, 0),
    end: past && medicine.until ? scale.at(medicine.until) : past ? Math.max(start, 0) + 0.02 : 1,
    past,
  };
}

function since({ since: moment }, now, past) {
  if (!moment) return "start not known";
  const told = ago(moment, now);
  if (past || !told.endsWith(" ago")) return `started ${told}`;
  return `for ${told.replace(" ago", "")}`;
}

function draw(row) {
  const bar = h("span", { class: "bar", "data-mark": row.mark, "data-past": row.past });
  bar.style.left = `${row.start * 100}%`;
  bar.style.width = `${Math.max(row.end - row.start, 0.015) * 100}%`;
  const state = row.stopping ? "to be stopped" : row.past ? "ended" : "";
  const tags = [...row.tags, ...(row.given && !row.past ? ["being given"] : []), state].filter(Boolean);
  const told = h("span", { class: "bar-tags" }, ...tags.map((tag) => h("span", { class: "tag", "data-tag": tag }, tag)));
  // beside a bar that begins far to the right there is room on its left only
  if (row.start > 0.55) told.style.setProperty("--right", `${(1 - row.start) * 100}%`);
  else told.style.setProperty("--left", `${row.start * 100}%`);
  const when = [row.since, row.dose].filter(Boolean).join(": ");
  const renewing = { type: "button", class: "plain renew", "aria-label": `Renew ${row.name}`, onclick: row.renew };
  return h(
    "li",
    { class: "medicine", "data-mark": row.mark, "data-stopping": row.stopping },
    h("div", { class: "medicine-name" }, h("span", {}, row.name), h("span", { class: "soft" }, when),
      row.renew ? h("button", renewing, "Renew") : null),
    h("div", { class: "track" }, bar, told),
  );
}

function axis(scale) {
  const ticks = scale.ticks.map((tick) => {
    const mark = h("span", {}, tick.text);
    mark.style.left = `${tick.at * 100}%`;
    return mark;
  });
  return h("li", { class: "medicine axis", "aria-hidden": "true" }, h("div", {}), h("div", { class: "track" }, ...ticks));
}
