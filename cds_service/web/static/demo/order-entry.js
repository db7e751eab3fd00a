// Order entry: the list of drafts, and signing.
import { byId, fill, h } from "./dom.js";
import { doseOf, nameOf, referenceOf } from "./orders.js";

/** Draw drafts, stops and what was signed here. `remove(reference)` takes a draft back. */
export function drawOrders(orders, remove) {
  const rows = [
    ...orders.drafts.map((order) => row(nameOf(order), doseOf(order), "draft", () => remove(referenceOf(order)))),
    ...orders.stops.map((stop) => row(`Stop ${stop.name}`, "", "draft", () => remove(stop.reference))),
    ...orders.signed.map((order) => row(nameOf(order), doseOf(order), "signed", null)),
  ];
  fill(byId("order-rows"), ...rows);
  byId("orders-none").hidden = rows.length > 0;
  const count = orders.drafts.length + orders.stops.length;
  const sign = byId("sign");
  sign.disabled = count === 0;
  sign.textContent = count > 1 ? `Sign ${count} orders` : "Sign order";
  hideHeld();
}

function row(name, dose, state, remove) {
  const button = remove ? h("button", { type: "button", class: "plain", "aria-label": `Remove ${name}`, onclick: remove }, "Remove") : null;
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
