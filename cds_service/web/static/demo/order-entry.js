// Order entry: the list of drafts, and signing.
import { byId, fill, h } from "./dom.js";
import { doseOf, nameOf, referenceOf } from "./orders.js";

/** Draw drafts, stops and what was signed here. `takeBack(reference)` undoes one of them. */
export function drawOrders(orders, takeBack) {
  const told = (state, verb = "") => (order) => row(order, `${verb}${nameOf(order)}`, doseOf(order), state, takeBack);
  const stop = (state, verb) => ({ reference, name }) => row(reference, `${verb} ${name}`, "", state, takeBack);
  const rows = [
    ...orders.drafts.map(told("draft")),
    ...orders.renewals.map(told("renewal", "Renew ")),
    ...orders.stops.map(stop("draft", "Stop")),
    ...orders.signed.map(told("signed")),
    ...orders.stopped.map(stop("signed", "Stopped")),
  ];
  fill(byId("order-rows"), ...rows);
  byId("orders-none").hidden = rows.length > 0;
  const count = orders.drafts.length + orders.renewals.length + orders.stops.length;
  const sign = byId("sign");
  sign.disabled = count === 0;
  sign.textContent = count > 1 ? `Sign ${count} orders` : "Sign order";
  hideHeld();
}

function row(order, name, dose, state, takeBack) {
  const reference = typeof order === "string" ? order : referenceOf(order);
  const verb = state === "signed" ? "Undo" : "Remove";
  const back = () => takeBack(reference);
  const button = h("button", { type: "button", class: "plain", "aria-label": `${verb} ${name}`, onclick: back }, verb);
  const what = h("span", {}, h("span", { class: "order-name" }, name), " ", h("span", { class: "soft" }, dose));
  return h("li", { "data-state": state }, what, h("span", { class: "tag" }, state), button);
}

/** Say that advice came back at signing, and let the clinician decide. */
export function holdSigning(goOn) {
  const held = byId("sign-held");
  held.hidden = false;
  byId("sign").hidden = true;
  byId("sign-anyway").onclick = goOn;
  byId("sign-anyway").focus();
}

/** Take the question back. */
export function hideHeld() {
  byId("sign-held").hidden = true;
  byId("sign").hidden = false;
}
