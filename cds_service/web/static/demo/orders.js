// The orders of this chart: drafts, what is to be stopped, what was signed. They live in this tab: /fhir is read-only.
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

/** Whether an order renews another: it is asked about at the refill, not among the drafts. */
export const isRenewal = (order) => Boolean(order.priorPrescription);

export class Orders {
  #patientId;
  #keep;
  #drafts;
  #stops; // reference to name
  #signed;
  #stopped; // reference to {when, name}

  /** The orders of a patient; `kept` is what toJSON gave, `keep` is called when they change. */
  constructor(patientId, kept = {}, keep = () => {}) {
    this.#patientId = patientId;
    this.#keep = keep;
    this.#drafts = new Map(kept.drafts);
    this.#stops = new Map(kept.stops);
    this.#signed = new Map(kept.signed);
    this.#stopped = new Map(kept.stopped);
  }

  /** What another page needs to go on. */
  toJSON() {
    return { drafts: [...this.#drafts], stops: [...this.#stops], signed: [...this.#signed], stopped: [...this.#stopped] };
  }

  get drafts() {
    return [...this.#drafts.values()].filter((draft) => !isRenewal(draft));
  }

  get renewals() {
    return [...this.#drafts.values()].filter(isRenewal);
  }

  get stops() {
    return [...this.#stops].map(([reference, name]) => ({ reference, name }));
  }

  get signed() {
    return [...this.#signed.values()];
  }

  get stopped() {
    return [...this.#stopped].map(([reference, { name }]) => ({ reference, name }));
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
    this.#keep();
    return referenceOf(draft);
  }

  /** Draft the renewal of orders that are not being renewed yet. */
  renew(orders) {
    const renewed = new Set(this.renewals.map((draft) => draft.priorPrescription.reference));
    for (const order of orders.filter((order) => !renewed.has(referenceOf(order)))) {
      this.add({ ...order, priorPrescription: { reference: referenceOf(order) } });
    }
  }

  /** Take back a draft, a stop, what was signed or what was stopped. */
  remove(reference) {
    for (const orders of [this.#drafts, this.#stops, this.#signed, this.#stopped]) orders.delete(reference);
    this.#keep();
  }

  /** Do what a suggestion says: the references of the new drafts, and what undoes it. */
  apply(actions, nameOfReference) {
    const made = [];
    const before = [new Map(this.#drafts), new Map(this.#stops)];
    for (const { type, resource, resourceId } of actions ?? []) {
      if (type === "create") made.push(this.add(resource));
      else if (type === "update" && resource.status === "stopped") this.#delete(referenceOf(resource), nameOfReference);
      else if (type === "update") this.#drafts.set(referenceOf(resource), resource);
      else if (type === "delete") for (const reference of [resourceId].flat()) this.#delete(reference, nameOfReference);
    }
    this.#keep();
    return { made, undo: this.#undoing(made, ...before) };
  }

  /** What takes back these drafts, and puts back what they replaced. */
  #undoing(made, drafts, stops) {
    const gone = [...drafts].filter(([reference, draft]) => this.#drafts.get(reference) !== draft);
    const stopping = [...this.#stops.keys()].filter((reference) => !stops.has(reference));
    return () => {
      for (const reference of [...made, ...stopping]) this.remove(reference);
      for (const [reference, draft] of gone) this.#drafts.set(reference, draft);
      this.#keep();
    };
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
    for (const [reference, name] of this.#stops) {
      this.#stopped.set(reference, { when: new Date().toISOString(), name });
      this.#signed.delete(reference);
    }
    this.#drafts.clear();
    this.#stops.clear();
    this.#keep();
    return count;
  }

  /** The record as the server would have it, had it taken what was signed here. */
  over(prefetched) {
    const active = resourcesOf(prefetched.medications);
    const stopped = active.filter((order) => this.#stopped.has(referenceOf(order)));
    const kept = active.filter((order) => !this.#stopped.has(referenceOf(order)));
    const past = stopped.map((order) => ended(order, this.#stopped.get(referenceOf(order)).when));
    const signed = this.signed.filter((order) => !isRenewal(order));
    return {
      ...prefetched,
      medications: bundleOf([...signed.filter(isMedication), ...kept, ...past], "searchset"),
      ordered_tests: bundleOf([...signed.filter((order) => !isMedication(order)), ...resourcesOf(prefetched.ordered_tests)], "searchset"),
    };
  }
}

/** The order as it is once it was stopped. */
function ended(order, when) {
  const [first = {}, ...others] = order.dosageInstruction ?? [];
  const repeat = { ...first.timing?.repeat, boundsPeriod: { start: order.authoredOn, end: when } };
  return { ...order, status: "stopped", dosageInstruction: [{ ...first, timing: { ...first.timing, repeat } }, ...others] };
}
