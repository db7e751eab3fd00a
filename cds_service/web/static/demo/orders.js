// The orders of this chart: drafts, what is to be stopped, what was signed. They live in the page: /fhir is read-only.
import { bundleOf, resourcesOf } from "./ehr.js";

const isMedication = (resource) => resource.resourceType === "MedicationRequest";

/** `Type/id` of a resource. */
export const referenceOf = (resource) => `${resource.resourceType}/${resource.id}`;

/** What an order is for. */
export const nameOf = (order) => {
  const concept = order.medicationCodeableConcept ?? order.code;
  return concept?.text ?? concept?.coding?.[0]?.display ?? "Order";
};

/** The drug and its strength, without the form that every order repeats. */
export const shortName = (text) =>
  text
    .replace(/\s*\([^)]*\)/g, "")
    .replace(/\b(delayed|extended) release\b|\boral\b|\b(capsule|tablet|injection)s?\b/gi, "")
    .replace(/\bMG\/ML\b/g, "mg/mL")
    .replace(/\bMG\b/g, "mg")
    .replace(/\bML\b/g, "mL")
    .replace(/\s+/g, " ")
    .trim();

/** How much of it, or when. */
export const doseOf = (order) =>
  (order.dosageInstruction ?? []).map((dosage) => dosage.text).filter(Boolean).join(", then ") ||
  (order.note ?? []).map((note) => note.text).join(" ");

export class Orders {
  #patientId;
  #drafts = new Map();
  #stops = new Map();
  #signed = new Map();
  #stopped = new Map(); // reference to when

  constructor(patientId) {
    this.#patientId = patientId;
  }

  get drafts() {
    return [...this.#drafts.values()];
  }

  get stops() {
    return [...this.#stops].map(([reference, name]) => ({ reference, name }));
  }

  get signed() {
    return [...this.#signed.values()];
  }

  get isEmpty() {
    return this.#drafts.size + this.#stops.size === 0;
  }

  isStopping(reference) {
    return this.#stops.has(reference);
  }

  /** A new draft; its reference. */
  add(resource) {
    const draft = {
      ...resource,
      id: `draft-${crypto.randomUUID()}`,
      status: "draft",
      intent: resource.intent ?? "order",
      subject: { reference: `Patient/${this.#patientId}` },
      authoredOn: new Date().toISOString(),
    };
    this.#drafts.set(referenceOf(draft), draft);
    return referenceOf(draft);
  }

  remove(reference) {
    this.#drafts.delete(reference);
    this.#stops.delete(reference);
  }

  /** Do what a suggestion says; the references of the new drafts. */
  apply(actions, nameOfReference) {
    const made = [];
    for (const { type, resource, resourceId } of actions ?? []) {
      if (type === "create") made.push(this.add(resource));
      else if (type === "update" && resource.status === "stopped") this.#delete(referenceOf(resource), nameOfReference);
      else if (type === "update") this.#drafts.set(referenceOf(resource), resource);
      else if (type === "delete") for (const reference of [resourceId].flat()) this.#delete(reference, nameOfReference);
    }
    return made;
  }

  #delete(reference, nameOfReference) {
    if (!this.#drafts.delete(reference)) this.#stops.set(reference, nameOfReference(reference));
  }

  /** The drafts as a hook's context carries them. */
  bundle() {
    return bundleOf(this.drafts);
  }

  /** Put the drafts in force; how many there were. */
  sign() {
    const count = this.#drafts.size + this.#stops.size;
    for (const [reference, draft] of this.#drafts) {
      this.#signed.set(reference, { ...draft, status: "active", intent: "order" });
    }
    for (const reference of this.#stops.keys()) {
      this.#stopped.set(reference, new Date().toISOString());
      this.#signed.delete(reference);
    }
    this.#drafts.clear();
    this.#stops.clear();
    return count;
  }

  /** The record as the server would have it, had it taken what was signed here. */
  over(prefetched) {
    const active = resourcesOf(prefetched.medications);
    const stopped = active.filter((order) => this.#stopped.has(referenceOf(order)));
    const kept = active.filter((order) => !this.#stopped.has(referenceOf(order)));
    const past = stopped.map((order) => ended(order, this.#stopped.get(referenceOf(order))));
    return {
      ...prefetched,
      medications: bundleOf([...this.signed.filter(isMedication), ...kept], "searchset"),
      recent_medications: bundleOf([...past, ...resourcesOf(prefetched.recent_medications)], "searchset"),
    };
  }
}

/** The order as it is once it was stopped. */
function ended(order, when) {
  const [first = {}, ...others] = order.dosageInstruction ?? [];
  const repeat = { ...first.timing?.repeat, boundsPeriod: { start: order.authoredOn, end: when } };
  return { ...order, status: "stopped", dosageInstruction: [{ ...first, timing: { ...first.timing, repeat } }, ...others] };
}
