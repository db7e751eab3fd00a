// The magnesium trend: results on the bands that hold for this patient.
import { byId, fill, h } from "./dom.js";
import { inUnit, toneOf } from "./bands.js";
import { svg } from "./svg.js";
import { ago, shownMoment } from "./timescale.js";

const HEIGHT = 196;
const TOP = 14;
const BOTTOM = 22;
const RIGHT = 18;
const LINE = 13; // what a line of labels needs
const LABEL = 30; // what a value needs beside another
const NUMBERS = 34; // the numbers of the edges, right of the names of the bands
const HIGHEST = 3;

/** Nothing of the chart that was open before. */
export function clearTrend() {
  fill(byId("trend-plot"));
  byId("trend-plot").classList.add("empty");
  byId("trend-summary").textContent = "";
  byId("trend-details").hidden = true;
}

/** Draw the trend. `facts` are the service's, `scale` is the axis of time, `unit` one of `units`. */
export function drawTrend(facts, scale, unit, units) {
  const points = pointsOf(facts.magnesium).map((point) => ({ ...point, at: scale.at(point.when) }));
  const shown = (mmol) => inUnit(mmol, unit, units);
  byId("trend-summary").textContent = summary(points, facts, scale, unit, shown);
  fill(byId("trend-table"), ...points.toReversed().map((point) => row(point, unit, shown)));
  byId("trend-heading-unit").textContent = unit;
  byId("trend-details").hidden = points.length === 0;
  const plot = byId("trend-plot");
  plot.classList.remove("empty");
  const left = parseFloat(getComputedStyle(plot).getPropertyValue("--label-width"));
  const place = placesOf(points, facts, scale, { left, width: plot.clientWidth });
  const parts = [...bands(facts, place), ...edges(facts, place, shown), ...ticks(scale, place), ...values(points, place, unit, shown)];
  fill(plot, svg("svg", { width: plot.clientWidth, height: HEIGHT, "aria-hidden": "true", class: "trend" }, ...parts));
}

/** All confirmed results in mmol/L, the deciding one last. */
function pointsOf(magnesium) {
  if (!magnesium) return [];
  const deciding = { when: magnesium.when, mmol_per_l: magnesium.mmol_per_l, deciding: true };
  return [...magnesium.earlier, deciding].sort((a, b) => new Date(a.when) - new Date(b.when));
}

function summary(points, facts, scale, unit, shown) {
  if (!points.length) return "No magnesium result on record.";
  const last = points.at(-1);
  const first = points[0];
  const from = points.length > 1 ? `, ${ago(first.when, scale.now)} ${shown(first.mmol_per_l)}` : "";
  return `Last ${shown(last.mmol_per_l)} ${unit} (${facts.magnesium.band})${from}.`;
}

const row = (point, unit, shown) =>
  h("tr", {}, h("td", {}, shownMoment(point.when)), h("td", {}, `${shown(point.mmol_per_l)} ${unit}`));

/** Where a moment and a value lie, in pixels. */
function placesOf(points, facts, scale, { left, width }) {
  const [low, high] = rangeOf(points, facts);
  const inside = width - left - RIGHT;
  const deep = HEIGHT - TOP - BOTTOM;
  const y = (mmol) => TOP + deep * (1 - (Math.min(Math.max(mmol, low), high) - low) / (high - low));
  return { left, width: inside, low, high, y, x: (at) => left + inside * at };
}

/** From below the lowest edge or result to above the highest, in mmol/L; a wild result does not flatten the rest. */
function rangeOf(points, facts) {
  const values = points.map((point) => point.mmol_per_l);
  const starts = facts.magnesium_scale.map((band) => band.from).filter((edge) => edge > 0);
  const normal = facts.magnesium_scale.find((band) => band.band === "high").from;
  const top = Math.min(Math.max(normal * 1.15, ...values.map((value) => value * 1.12)), normal * HIGHEST);
  return [Math.min(starts[0] * 0.8, ...values.map((value) => value * 0.85)), top];
}

/** The bands, and the names of those that are high enough to carry one. */
function bands(facts, place) {
  const seen = facts.magnesium_scale.filter((band) => band.from < place.high && (band.to ?? Infinity) > place.low);
  return seen.flatMap(({ band, from, to }) => {
    const [top, bottom] = [place.y(to ?? place.high), place.y(from)];
    const deep = /critically/.test(band) ? "-deep" : "";
    const ground = { class: "band", "data-band": band, "data-tone": `${toneOf(band)}${deep}` };
    const area = svg("rect", { ...ground, x: place.left, y: top, width: place.width, height: bottom - top });
    const at = { x: place.left - NUMBERS, y: (top + bottom) / 2 + 4, "text-anchor": "end" };
    const name = svg("text", { class: "band-name", "data-tone": toneOf(band), ...at }, band);
    return bottom - top >= LINE ? [area, name] : [area];
  });
}

/** The numbers where bands begin, from low to high, as far as they do not touch. */
function edges(facts, place, shown) {
  const starts = facts.magnesium_scale.map((band) => band.from).filter((edge) => edge > place.low && edge < place.high);
  const roomy = spaced(starts.map((edge) => [place.y(edge), edge]), LINE);
  return roomy.map(([y, edge]) => svg("text", { class: "edge", x: place.left - 5, y: y + 4, "text-anchor": "end" }, shown(edge)));
}

function ticks(scale, place) {
  return scale.ticks.flatMap(({ at, text }) => {
    const x = place.x(at);
    const line = svg("line", { class: "grid", x1: x, x2: x, y1: TOP, y2: HEIGHT - BOTTOM });
    return [line, svg("text", { class: "tick", x, y: HEIGHT - 6, "text-anchor": "middle" }, text)];
  });
}

/** The line, the points, and the values of those that have room, the newest first. */
function values(points, place, unit, shown) {
  const at = points.map((point) => [place.x(point.at), place.y(point.mmol_per_l), point]);
  const line = svg("polyline", { class: "course", points: at.map(([x, y]) => `${x},${y}`).join(" ") });
  const labelled = new Set(spaced(at.toReversed(), LABEL).map(([, , point]) => point));
  return [line, ...at.flatMap(([x, y, point]) => drawn(x, y, point, labelled.has(point), unit, shown))];
}

function drawn(x, y, point, named, unit, shown) {
  const told = svg("title", {}, `${shown(point.mmol_per_l)} ${unit}, ${shownMoment(point.when)}`);
  const dot = svg("circle", { class: "point", cx: x, cy: y, r: point.deciding ? 6 : 4, "data-deciding": Boolean(point.deciding) }, told);
  const high = y < TOP + LINE ? y + LINE + 6 : y - 9;
  const label = { class: "point-value", "data-deciding": Boolean(point.deciding), x, y: high, "text-anchor": "middle" };
  return named ? [dot, svg("text", label, shown(point.mmol_per_l))] : [dot];
}

/** Of places in order those that keep a distance from the one kept before. */
function spaced(places, gap) {
  const kept = [];
  for (const place of places) if (!kept.length || Math.abs(kept.at(-1)[0] - place[0]) >= gap) kept.push(place);
  return kept;
}
