// The magnesium trend: results on the bands that hold for this patient.
import { byId, fill, h } from "./dom.js";
import { inUnit, toneOf } from "./bands.js";
import { ago, shownMoment } from "./timescale.js";

const LIBRARY = "/demo/files/plotly.min.js";
const LEAST_BAND = 0.065;
const LABEL_GAP = 0.07;
const NARROW_LABELS = 150;
const HIGHEST = 3;
const HEIGHT = 215;
let loading = null;
let newest = 0; // the library comes late: only the newest drawing counts

/** Nothing of the chart that was open before. */
export function clearTrend() {
  newest += 1;
  byId("trend-plot").classList.add("empty");
  byId("trend-summary").textContent = "";
  byId("trend-details").hidden = true;
}

/** Draw the trend. `facts` are the service's, `scale` is the axis of time, `unit` one of `units`. */
export async function drawTrend(facts, scale, unit, units) {
  const points = pointsOf(facts.magnesium);
  byId("trend-summary").textContent = summary(points, facts, scale, unit, units);
  fill(byId("trend-table"), ...points.toReversed().map((point) => row(point, unit, units)));
  byId("trend-heading-unit").textContent = unit;
  byId("trend-details").hidden = points.length === 0;
  const plot = byId("trend-plot");
  newest += 1;
  const own = newest;
  const Plotly = await library();
  if (own !== newest) return;
  plot.classList.remove("empty");
  await Plotly.react(plot, traces(points, scale, unit, units), layout(points, facts, scale, unit, units), {
    displayModeBar: false,
    responsive: true,
  });
}

/** All confirmed results in mmol/L, the deciding one last. */
function pointsOf(magnesium) {
  if (!magnesium) return [];
  const deciding = { when: magnesium.when, mmol_per_l: magnesium.mmol_per_l, deciding: true };
  return [...magnesium.earlier, deciding].sort((a, b) => new Date(a.when) - new Date(b.when));
}

function summary(points, facts, scale, unit, units) {
  if (!points.length) return "No magnesium result on record.";
  const last = points.at(-1);
  const first = points[0];
  const from = points.length > 1 ? `, ${ago(first.when, scale.now)} ${inUnit(first.mmol_per_l, unit, units)}` : "";
  const band = facts.magnesium.band;
  return `Last ${inUnit(last.mmol_per_l, unit, units)} ${unit} (${band})${from}.`;
}

const row = (point, unit, units) =>
  h("tr", {}, h("td", {}, shownMoment(point.when)), h("td", {}, `${inUnit(point.mmol_per_l, unit, units)} ${unit}`));

function library() {
  loading ??= new Promise((resolve, reject) => {
    const script = h("script", { src: LIBRARY, onload: () => resolve(window.Plotly), onerror: reject });
    document.head.append(script);
  });
  return loading;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function traces(points, scale, unit, units) {
  const labels = labelled(points.map((point) => scale.at(point.when)));
  const text = points.map((point, index) => (labels.has(index) ? inUnit(point.mmol_per_l, unit, units) : ""));
  const sizes = points.map((point) => (point.deciding ? 12 : 7));
  return [
    {
      x: points.map((point) => scale.at(point.when)),
      y: points.map((point) => point.mmol_per_l),
      mode: "lines+markers+text",
      text,
      textposition: "top center",
      textfont: {
        color: colour("ink"),
        size: points.map((point) => (point.deciding ? 15 : 12)),
        weight: points.map((point) => (point.deciding ? 700 : 400)),
      },
      cliponaxis: false,
      line: { color: colour("line-strong"), width: 2 },
      marker: { size: sizes, color: colour("ink"), line: { color: colour("panel"), width: 2 } },
      hovertext: points.map((point) => `${inUnit(point.mmol_per_l, unit, units)} ${unit}, ${shownMoment(point.when)}`),
      hoverinfo: "text",
    },
  ];
}

/** The points whose labels have room, the newest first. */
function labelled(places) {
  const kept = [];
  for (let index = places.length - 1; index >= 0; index -= 1) {
    if (!kept.length || places[kept.at(-1)] - places[index] >= LABEL_GAP) kept.push(index);
  }
  return new Set(kept);
}

function layout(points, facts, scale, unit, units) {
  const range = rangeOf(points, facts);
  const bands = facts.magnesium_scale.map((band) => ({ ...band, top: Math.min(band.to ?? range[1], range[1]) }));
  const shown = bands.map((band) => ({ ...band, from: Math.max(band.from, range[0]) })).filter((band) => band.top > band.from);
  const high = (range[1] - range[0]) * LEAST_BAND;
  const edges = spaced(shown.slice(1).map((band) => band.from), high);
  const styles = getComputedStyle(byId("trend-plot"));
  const left = parseFloat(styles.getPropertyValue("--label-width"));
  return {
    height: HEIGHT,
    margin: { l: left, r: 18, t: 10, b: 28 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: styles.fontFamily, size: 12, color: colour("soft") },
    showlegend: false,
    hovermode: "closest",
    dragmode: false,
    hoverlabel: { bgcolor: colour("ink"), font: { color: colour("panel") }, bordercolor: colour("ink") },
    xaxis: {
      range: [0, 1],
      fixedrange: true,
      tickvals: scale.ticks.map((tick) => tick.at),
      ticktext: scale.ticks.map((tick) => tick.text),
      tickangle: 0,
      showgrid: true,
      gridcolor: colour("line"),
      zeroline: false,
    },
    yaxis: {
      range,
      fixedrange: true,
      tickvals: edges,
      ticktext: edges.map((edge) => inUnit(edge, unit, units)),
      showgrid: false,
      zeroline: false,
      ticks: "",
    },
    shapes: shown.map((band) => ({
      type: "rect",
      layer: "below",
      xref: "paper",
      x0: 0,
      x1: 1,
      y0: band.from,
      y1: band.top,
      line: { width: 0 },
      fillcolor: colour(`band-${toneOf(band.band)}${/critically/.test(band.band) ? "-deep" : ""}`),
    })),
    annotations: shown
      .filter((band) => band.top - band.from >= high)
      .map((band) => ({
        text: band.band,
        xref: "paper",
        x: 0,
        xanchor: "right",
        xshift: left < NARROW_LABELS ? -29 : -38,
        y: (band.from + band.top) / 2,
        showarrow: false,
        font: { size: left < NARROW_LABELS ? 11 : 12, color: colour(`tone-${toneOf(band.band)}`) },
      })),
  };
}

/** From below the lowest edge or result to above the highest, in mmol/L; a wild result does not flatten the rest. */
function rangeOf(points, facts) {
  const values = points.map((point) => point.mmol_per_l);
  const edges = facts.magnesium_scale.map((band) => band.from).filter((edge) => edge > 0);
  const normal = facts.magnesium_scale.find((band) => band.band === "high").from;
  const top = Math.min(Math.max(normal * 1.2, ...values.map((value) => value * 1.12)), normal * HIGHEST);
  return [Math.min(edges[0] * 0.85, ...values.map((value) => value * 0.9)), top];
}

/** Edges that can be labelled without touching, from low to high. */
function spaced(edges, gap) {
  const kept = [];
  for (const edge of edges) if (!kept.length || edge - kept.at(-1) >= gap) kept.push(edge);
  return kept;
}
