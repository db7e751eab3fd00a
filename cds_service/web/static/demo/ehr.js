// What a record system does around CDS Hooks: read FHIR, prefetch by the discovery document, call, report back.
import { getJson, postJson } from "./api.js";

const FHIR = "/fhir";
const SERVICES = "/cds-services";

/** The services by hook, as the discovery document lists them. */
export async function discover() {
  const { services } = await getJson(SERVICES);
  return Object.fromEntries(services.map((service) => [service.hook, service]));
}

/** The answers to a service's prefetch templates, by key. */
export async function prefetch(service, patientId, signal) {
  const keys = Object.entries(service.prefetch);
  const filled = keys.map(([, template]) => template.replaceAll("{{context.patientId}}", patientId));
  const answers = await Promise.all(filled.map((query) => getJson(`${FHIR}/${query}`, signal)));
  return Object.fromEntries(keys.map(([key], index) => [key, answers[index]]));
}

/** The resources of a searchset. */
export const resourcesOf = (bundle) => (bundle?.entry ?? []).map((entry) => entry.resource);

/** A Bundle of resources. */
export const bundleOf = (resources, type = "collection") => ({
  resourceType: "Bundle",
  type,
  entry: resources.map((resource) => ({ resource })),
});

/** A hook request. */
export function requestOf(hook, patientId, prefetched, more = {}) {
  const encounter = resourcesOf(prefetched.encounters)[0];
  const context = { userId: "Practitioner/demo", patientId, ...(encounter ? { encounterId: encounter.id } : {}), ...more };
  return { hook, hookInstance: crypto.randomUUID(), context, prefetch: prefetched };
}

/** Cards from the service, as any client gets them. */
export const callService = (service, request, signal) => postJson(`${SERVICES}/${service.id}`, request, signal);

/** How the service came to its answer to the same request; only a demo offers this. */
export const explainCall = (service, request, signal) => postJson(`/demo/explain/${service.id}`, request, signal);

/** Tell the service what became of a card. */
export function sendFeedback(service, card, outcome, more) {
  const entry = { card: card.uuid, outcome, outcomeTimestamp: new Date().toISOString(), ...more };
  return postJson(`${SERVICES}/${service.id}/feedback`, { feedback: [entry] });
}

/** The Markdown of some cards as HTML without raw HTML. */
export async function markdown(texts, signal) {
  return texts.length ? (await postJson("/demo/markdown", { texts }, signal)).html : [];
}
