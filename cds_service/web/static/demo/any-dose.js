// An order of IV magnesium at any dose and rate, as it was typed: "magnesium 4 g over 15 min", "mg sulfate 20 g at 2 g/h".

const TYPED = /^m(?:ag|g)\D*?(\d+(?:\.\d+)?)\s*g\b(?:\D*?(?:(?:over|in)\s*)?(\d+(?:\.\d+)?)\s*(min|g\/h|g per h|h)?)?/i;

/** What was typed as an entry of the catalogue, or null; `items` is the catalogue, from which it takes the product. */
export function anyDose(items, typed) {
  const [, grams, number, unit] = typed.match(TYPED) ?? [];
  const like = items.find((item) => item.kind === "intravenous magnesium");
  if (!number || !unit || !like || Number(grams) === 0 || Number(number) === 0) return null;
  const minutes = /^g/i.test(unit) ? (60 * grams) / number : unit.toLowerCase() === "h" ? 60 * number : Number(number);
  return { name: `Magnesium sulfate ${words(grams, minutes)}`, kind: "as you typed it", also: [], order: orderOf(like.order, grams, minutes) };
}

function words(grams, minutes) {
  const over = minutes >= 60 ? `${round(minutes / 60)} h` : `${round(minutes)} min`;
  return `${Number(grams)} g IV over ${over}`;
}

const round = (number) => Math.round(number * 100) / 100;

/** The product is the substance alone: the bags of the catalogue have a size of their own. */
function orderOf(like, grams, minutes) {
  const [first] = like.dosageInstruction;
  const dose = { ...first.doseAndRate[0].doseQuantity, value: Number(grams) };
  const timing = { repeat: { count: 1, duration: round(minutes), durationUnit: "min" } };
  const { system, code } = like.medicationCodeableConcept.coding[0];
  return {
    resourceType: like.resourceType,
    medicationCodeableConcept: { coding: [{ system, code }], text: `Magnesium sulfate ${Number(grams)} g` },
    dosageInstruction: [{ ...first, text: words(grams, minutes), timing, doseAndRate: [{ doseQuantity: dose }] }],
  };
}
