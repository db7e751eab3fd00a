// The chart: which patient is open, what is drafted, and when the services are asked.
import { Advice } from "./advice.js";
import { anyDose } from "./any-dose.js";
import { Line, getJson, isSuperseded, postJson } from "./api.js";
import { clearBanner, drawBanner, drawName } from "./banner.js";
import { firstUnit, toneUnder } from "./bands.js";
import { changedChart, isChanged, read, unchanged, written } from "./changed-chart.js";
import { combobox } from "./combobox.js";
import { announce, byId, h } from "./dom.js";
import { bundleOf, discover, explainCall, prefetch, requestOf, resourcesOf } from "./ehr.js";
import { drawOrders, hideHeld, holdSigning } from "./order-entry.js";
import { Orders, nameOf, referenceOf, shortName } from "./orders.js";
import { drawOwn, takeFiles } from "./own.js";
import { drawPatients, markPatient } from "./patients.js";
import { timescale } from "./timescale.js";
import { clearTimeline, drawTimeline } from "./timeline.js";
import { clearTrend, drawTrend } from "./trend.js";
import { SETTINGS, drawFields, drawTurned } from "./what-if.js";

// the width from which the record scrolls beside the advice (page.css): there the new orders can be brought into view
const COLUMNS = matchMedia("(min-width: 74em) and (min-height: 36em)");
const opening = new Line();
const view = new Advice("advice-view", accepted);
const order = new Advice("advice-order", accepted);
const moment = new Advice("advice-moment", accepted);
let setup;
let services;
let unitWanted = null; // what the switch was set to; until then the unit of the result
let chart;
let renewing = false; // whether the advice of the moment is about a renewal
const ordersOf = new Map(); // by patient: drafts wait while another chart is open
const KEPT = "magnesium-cds-demo";
const HOSPITAL = ["IMP", "ACUTE", "NONAC", "EMER", "OBSENC"];

async function start() {
  try {
    const forgotten = kept() ? null : postJson("/demo/restart", {}); // answers live as long as the orders they led to
    [setup, services] = await Promise.all([getJson("/demo/setup"), discover(), forgotten]);
  } catch (problem) {
    return chartTrouble(problem);
  }
  drawPatients(setup.stories);
  combobox(byId("order-search"), byId("order-options"), () => setup.catalogue, choose, (typed) => anyDose(setup.catalogue, typed));
  byId("order-search").disabled = false;
  byId("sign").addEventListener("click", sign);
  byId("sign-back").addEventListener("click", hideHeld);
  byId("discharge").addEventListener("click", discharge);
  takeFiles(() => drawOwn(services["patient-view"], chart.request));
  byId("renew-all").addEventListener("click", () => renew(medicineOrders().filter(isRenewable)));
  byId("unit").addEventListener("change", (event) => switchUnit(event.target.value));
  window.addEventListener("hashchange", openFromAddress);
  window.addEventListener("resize", () => chart?.facts && draw());
  openFromAddress();
}

/** What this tab did before it was loaded again, by patient; null when it is new. */
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function keep() {
  sessionStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(ordersOf)));
}

function ordersOfPatient(patientId) {
  if (!ordersOf.has(patientId)) ordersOf.set(patientId, new Orders(patientId, kept()?.[patientId], keep));
  return ordersOf.get(patientId);
}

/** A part of the address in words; as it stands where it is no encoding: a link may hold anything. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The patient of the address; the first one when it names none, or one that is not here. */
function openFromAddress() {
  const [wanted, query] = location.hash.slice(1).split("?");
  const story = setup.stories.find(({ id }) => id === decoded(wanted));
  if (story) return openChart(story.id, read(query, setup.changeable, SETTINGS));
  const isPlaceOnPage = byId(wanted) !== null;
  if (chart && isPlaceOnPage) return;
  openChart(setup.stories[0].id, unchanged());
  if (!wanted || isPlaceOnPage) return;
  byId("notice").dataset.state = "failed";
  byId("notice").textContent = "The address names a patient who is not here. The first one of the list is shown.";
}

async function openChart(patientId, changes) {
  const signal = opening.begin();
  chart = { patientId, orders: ordersOfPatient(patientId), changes, fetched: null, record: null, facts: null };
  document.body.dataset.patient = patientId;
  document.body.dataset.state = "loading";
  markPatient(patientId);
  clearBanner();
  clearTrend();
  clearTimeline();
  byId("chart-trouble").hidden = true;
  byId("notice").textContent = "";
  view.clear();
  order.clear();
  moment.clear();
  showOrders();
  byId("discharge").hidden = true;
  try {
    chart.fetched = await prefetch(services["patient-view"], patientId, signal);
  } catch (problem) {
    if (isSuperseded(problem)) return;
    chartTrouble(problem);
    view.fail(problem);
    return;
  }
  chart.now = changedChart(chart.fetched, changes, setup.changeable);
  byId("what-if").open ||= isChanged(changes);
  drawName(chart.fetched.patient);
  byId("discharge").hidden = !isInHospital();
  await Promise.all([viewChart(), askAboutOrders([])]);
}

/** Ask as a record system does when a chart is opened, and draw the chart from the facts that came back. */
async function viewChart() {
  const signal = view.begin();
  const asked = chart;
  chart.record = chart.orders.over(chart.now);
  const request = requestOf("patient-view", chart.patientId, chart.record);
  chart.request = request;
  const answer = await view.ask("chart opened", services["patient-view"], request, signal);
  if (asked !== chart) return;
  document.body.dataset.state = "ready";
  if (!answer) return;
  if (answer.explained instanceof Error) return chartTrouble(answer.explained);
  chart.facts = answer.explained.facts;
  chart.cards = answer.cards;
  draw();
  await drawWhatIf(answer.explained);
}

/** The panel of changes; the answer about the chart as it is on record is asked for once. */
async function drawWhatIf(explained) {
  const asked = chart;
  if (!isChanged(asked.changes)) asked.base = explained;
  const onRecord = () => requestOf("patient-view", asked.patientId, asked.orders.over(asked.fetched));
  asked.base ??= await explainCall(services["patient-view"], onRecord());
  if (asked !== chart) return;
  if (!byId("what-if-fields").contains(document.activeElement)) showFields();
  drawTurned(chart, chart.base, explained);
  drawOwn(services["patient-view"], chart.request);
}

/** The fields of the panel, as long as it is open. */
function showFields() {
  if (byId("what-if").open && chart?.facts) drawFields(chart, setup.changeable, chart.facts, change);
  else byId("what-if-fields").replaceChildren();
}

/** Values of the chart were changed: the cards follow, and so does the address. */
function change(changes) {
  chart.changes = changes;
  chart.now = changedChart(chart.fetched, changes, setup.changeable);
  const query = written(changes);
  history.replaceState(null, "", `#${chart.patientId}${query ? `?${query}` : ""}`);
  byId("discharge").hidden = !isInHospital();
  if (document.activeElement?.type !== "range") showFields();
  viewChart();
  askAboutOrders([]);
}

function draw() {
  const { facts, record } = chart;
  const now = Date.now();
  const unit = unitWanted ?? firstUnit(setup.units, facts.magnesium?.shown);
  for (const radio of byId("unit").querySelectorAll("input")) radio.checked = radio.value === unit;
  const medicines = facts.medications ?? [];
  const results = facts.magnesium ? [facts.magnesium, ...facts.magnesium.earlier] : [];
  const moments = [...results.map((result) => result.when), ...medicines.map((medicine) => medicine.since)];
  const scale = timescale(moments.filter(Boolean), now, axisWidth());
  const tone = toneUnder(facts.magnesium, chart.cards);
  drawBanner(facts, record, { unit, units: setup.units, now, tone });
  drawTimeline(facts.medications, medicineOrders(), scale, {
    isStopping: (reference) => chart.orders.isStopping(reference),
    renew: (medicine) => (isRenewable(medicine) ? () => renew([medicine]) : null),
  });
  byId("renew-all").hidden = !medicineOrders().some(isRenewable);
  drawTrend(facts, scale, unit, setup.units);
}

/** How wide the axis of time is; see `.medicine` in chart.css. */
function axisWidth() {
  const plot = byId("trend-plot");
  return Math.max(plot.clientWidth - parseFloat(getComputedStyle(plot).getPropertyValue("--label-width")) - 18, 1);
}

const medicineOrders = () =>
  ["medications", "administrations"].flatMap((key) => resourcesOf(chart.record[key]));

const isInHospital = () => resourcesOf(chart.now.encounters).some((stay) => HOSPITAL.includes(stay.class?.code));

/** What a prescription is renewed of: what is taken at home. */
const isRenewable = (order) =>
  order.resourceType === "MedicationRequest" && order.status === "active" && !/intravenous/i.test(order.dosageInstruction?.[0]?.route?.text ?? "");

function switchUnit(name) {
  unitWanted = name;
  if (chart.facts) draw();
}

/** A medicine was chosen: draft it, and ask. */
function choose(item) {
  const reference = chart.orders.add(item.order);
  announce(`${item.name} drafted`);
  showOrders();
  askAboutOrders([reference]);
}

/** A suggestion was accepted: do what it says, and ask about what it drafted. What undoes it. */
function accepted(suggestion) {
  const { made, undo } = chart.orders.apply(suggestion.actions, medicineName);
  changed(made);
  if (COLUMNS.matches) byId("sign").scrollIntoView({ block: "nearest" });
  return () => {
    undo();
    changed([]);
  };
}

/** The orders are not what they were: show them, and ask about the drafts. */
function changed(selections) {
  showOrders();
  if (chart.facts) draw();
  askAboutOrders(selections);
}

const medicineName = (reference) => {
  const found = medicineOrders().find((resource) => referenceOf(resource) === reference);
  return found ? shortName(nameOf(found)) : reference;
};

function takeBack(reference) {
  const wasSigned = [...chart.orders.signed.map(referenceOf), ...chart.orders.stopped.map((stop) => stop.reference)].includes(reference);
  chart.orders.remove(reference);
  byId("order-search").focus();
  changed([]);
  if (wasSigned) viewChart();
  if (!chart.orders.renewals.length && renewing) moment.clear();
}

function showOrders() {
  drawOrders(chart.orders, takeBack);
}

/** encounter-discharge: what should happen before this patient goes home. */
function discharge() {
  return askMoment("encounter-discharge", "patient goes home", "About going home");
}

/** medication-refill about every order that is being renewed. */
function renew(orders) {
  chart.orders.renew(orders);
  showOrders();
  return askMoment("medication-refill", "prescription renewed", "About the renewal", { medications: bundleOf(chart.orders.renewals) });
}

async function askMoment(hook, title, heading, more = {}) {
  byId("advice-moment-heading").textContent = heading;
  renewing = Boolean(more.medications);
  const signal = moment.begin();
  await moment.ask(title, services[hook], requestOf(hook, chart.patientId, chart.orders.over(chart.now), more), signal);
  byId("advice-moment-heading").focus();
  byId("advice-moment").scrollIntoView({ block: "nearest" });
}

/** order-select about some drafts, all of them when none is named; quiet when nothing is drafted. */
async function askAboutOrders(selections) {
  const drafts = chart.orders.drafts;
  if (!drafts.length || !chart.now) return order.clear();
  const chosen = selections.length ? selections : drafts.map(referenceOf);
  await askOrder("order-select", "order chosen", { selections: chosen });
}

async function askOrder(hook, title, more = {}) {
  const signal = order.begin();
  const context = { draftOrders: chart.orders.bundle(), ...more };
  const request = requestOf(hook, chart.patientId, chart.orders.over(chart.now), context);
  return order.ask(title, services[hook], request, signal);
}

/** order-sign; signed at once unless there is advice that should be read first. */
async function sign() {
  const asked = chart;
  const answer = chart.orders.drafts.length ? await askOrder("order-sign", "order about to be signed") : { cards: [] };
  if (!answer || asked !== chart) return;
  const read = answer.cards.some((card) => card.indicator !== "info");
  if (read) holdSigning(putInForce);
  else putInForce();
}

function putInForce() {
  const count = chart.orders.sign();
  announce(count === 1 ? "1 order signed" : `${count} orders signed`);
  order.clear();
  moment.clear();
  showOrders();
  byId("orders-heading").focus();
  viewChart();
}

/** Something about the chart itself does not work. */
function chartTrouble(problem) {
  const place = byId("chart-trouble");
  place.hidden = false;
  place.replaceChildren(h("strong", {}, "The chart could not be loaded. "), problem.message);
}

byId("what-if").addEventListener("toggle", showFields);
byId("what-if-reset").addEventListener("click", () => change(unchanged()));
byId("what-if-link").addEventListener("click", async (event) => {
  const copied = await navigator.clipboard.writeText(location.href).then(() => true, () => false);
  event.target.textContent = copied ? "Copied" : "The address of this page is the link";
});
byId("what-if-download").addEventListener("click", () => {
  const content = new Blob([JSON.stringify(chart.request, null, 2)], { type: "application/json" });
  const address = URL.createObjectURL(content);
  h("a", { href: address, download: `${chart.patientId}.json` }).click();
  URL.revokeObjectURL(address);
});
byId("start-over").addEventListener("click", () => {
  sessionStorage.removeItem(KEPT);
  location.reload();
});
byId("about-open").addEventListener("click", () => byId("about").showModal());
byId("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address names the patient
  byId("advice").focus();
});
start();
