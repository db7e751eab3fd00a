// How the bands of magnesium look. Which bands there are, and where they begin, the service says.

const TONES = {
  "critically low": "severe",
  "severely low": "severe",
  "moderately low": "moderate",
  "mildly low": "mild",
  low: "moderate",
  suboptimal: "normal",
  normal: "normal",
  high: "mild",
  "critically high": "severe",
};

/** The tone of a band: severe, moderate, mild or normal. */
export const toneOf = (band) => TONES[band] ?? "normal";

const OF_ADVICE = { critical: "severe", warning: "moderate", info: "mild" };
const TONE_RANKS = ["normal", "mild", "moderate", "severe"];

/** Whether a result is so old that nothing is decided by it. */
export const isTooOld = (result) => result?.freshness === "too old";

/** The tone of a result under the advice about its patient: never calmer than the advice; none where nothing is advised, or by its age. */
export function toneUnder(result, cards) {
  if (!cards.length) return toneOf(result?.band) === "normal" && !isTooOld(result) ? "normal" : "none";
  const tones = [toneOf(result?.band), ...cards.map((card) => OF_ADVICE[card.indicator] ?? "mild")];
  return TONE_RANKS[Math.max(...tones.map((tone) => TONE_RANKS.indexOf(tone)))];
}

/** The unit to begin with: the site's, else that of the result. */
export function firstUnit(units, shown) {
  const known = Object.keys(units.mmol_per_l);
  return known.find((unit) => unit === units.first) ?? known.find((unit) => shown?.split(" ")[1] === unit) ?? known[0];
}

/** A magnesium of so many mmol/L in a unit, as laboratories print it. */
export function inUnit(mmol, unit, units) {
  const digits = unit === "mmol/L" ? 2 : 1;
  return (mmol / units.mmol_per_l[unit]).toFixed(digits);
}
