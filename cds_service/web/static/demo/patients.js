// The list of patients. Each is a link: #id selects the patient.
import { byId, fill, h } from "./dom.js";

const URGENCIES = { critical: "Critical", warning: "Warning", info: "Information" };

/** Draw the list once. */
export function drawPatients(stories) {
  const link = ({ id, name, who, about, urgency }) =>
    h(
      "a",
      { href: `#${id}`, "data-urgency": urgency || "none" },
      h("strong", {}, name, h("span", { class: "who" }, `, ${who}`)),
      h("span", { class: "about" }, h("b", { class: "urgency" }, `${URGENCIES[urgency] ?? "Quiet on opening"}. `), about),
    );
  fill(byId("patients"), ...stories.map((story) => h("li", {}, link(story))));
  const toggle = byId("patients-toggle");
  toggle.addEventListener("click", () => open(toggle.getAttribute("aria-expanded") !== "true"));
}

/** Mark the patient whose chart is open. */
export function markPatient(id) {
  for (const link of byId("patients").querySelectorAll("a")) {
    if (link.hash !== `#${id}`) link.removeAttribute("aria-current");
    else {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest" });
    }
  }
  open(false);
}

/** On narrow windows the list is folded away. */
function open(wanted) {
  byId("patients-toggle").setAttribute("aria-expanded", String(wanted));
  byId("patients").dataset.open = wanted;
}
