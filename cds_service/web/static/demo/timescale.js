// One axis of time for results and medicines: how long ago, recent days wider, because an order may be three years old
// and the last two results a day apart.

const HOUR = 3600e3;
const DAY = 24;
const TICKS = [
  [0, "now"],
  [6, "6 h"],
  [DAY, "1 d"],
  [3 * DAY, "3 d"],
  [7 * DAY, "1 wk"],
  [30 * DAY, "1 mo"],
  [91 * DAY, "3 mo"],
  [365 * DAY, "1 y"],
  [3 * 365 * DAY, "3 y"],
  [10 * 365 * DAY, "10 y"],
];
const LEAST = 24;
const TICK_ROOM = 46;
const EDGE = 1.06;

/** Hours from a moment until now. */
export const hoursAgo = (moment, now) => Math.max((now - new Date(moment)) / HOUR, 0);

const squeezed = (hours) => Math.log1p(hours / DAY);

/** A scale that reaches back to the oldest moment: `at` gives 0 (oldest) to 1 (now); ticks as `width` pixels allow. */
export function timescale(moments, now, width) {
  const oldest = Math.max(LEAST, ...moments.map((moment) => hoursAgo(moment, now)));
  const whole = squeezed(oldest) * EDGE;
  const place = (hours) => 1 - squeezed(hours) / whole;
  return { now, at: (moment) => place(hoursAgo(moment, now)), ticks: ticks(place, TICK_ROOM / width) };
}

/** Ticks that fit, from now backwards. */
function ticks(place, closest) {
  const kept = [];
  for (const [hours, text] of TICKS) {
    const at = place(hours);
    if (at >= 0 && (!kept.length || kept.at(-1).at - at >= closest)) kept.push({ at, text });
  }
  return kept;
}

/** A moment as it is read on a ward. */
export const shownMoment = (moment) =>
  new Date(moment).toLocaleString("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

/** How long ago, in words. */
export function ago(moment, now) {
  const hours = hoursAgo(moment, now);
  if (hours < 1) return "just now";
  if (hours < 48) return `${Math.round(hours)} h ago`;
  const days = hours / DAY;
  if (days < 60) return `${Math.round(days)} days ago`;
  return days < 730 ? `${Math.round(days / 30.4)} months ago` : `${Math.round(days / 365)} years ago`;
}
