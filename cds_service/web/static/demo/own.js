// A hospital's own site or protocol file, dropped on the page: what it answers beside what is shipped.
import { Line, isSuperseded, postJson } from "./api.js";
import { byId, fill, h, nodesOf } from "./dom.js";
import { markdown } from "./ehr.js";

const KIND = /\.ya?ml$/i;
const line = new Line();
let files = {};

/** Take files that are dropped on the page or chosen; `again()` is called when there are new ones. */
export function takeFiles(again) {
  const take = async (dropped) => {
    const known = [...dropped].filter((file) => KIND.test(file.name));
    if (!known.length) return fill(byId("own-trouble"), "Drop a site file or a protocol, a file that ends in .yaml.");
    for (const file of known) files[file.name] = await file.text();
    again();
  };
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    byId("what-if").open = true;
    take(event.dataTransfer.files);
  });
  byId("own-file").addEventListener("change", (event) => take(event.target.files));
  byId("own-forget").addEventListener("click", () => {
    files = {};
    byId("own-file").value = "";
    again();
  });
}

/** Show both answers to a request, as long as there are files. */
export async function drawOwn(service, request) {
  const signal = line.begin();
  const names = Object.keys(files);
  byId("own").hidden = byId("own-forget").hidden = !names.length;
  fill(byId("own-trouble"));
  if (!names.length) return;
  byId("own-names").textContent = names.join(", ");
  try {
    const { shipped, own } = await postJson(`/demo/own/${service.id}`, { request, files }, signal);
    const html = await markdown([...shipped, ...own].map((card) => card.detail ?? ""), signal);
    const same = JSON.stringify(shipped.map(said)) === JSON.stringify(own.map(said));
    byId("own-same").textContent = same ? "Both answer alike." : "They answer differently.";
    fill(byId("own-shipped"), ...told(shipped, html.slice(0, shipped.length)));
    fill(byId("own-own"), ...told(own, html.slice(shipped.length)));
  } catch (problem) {
    if (isSuperseded(problem)) return;
    fill(byId("own-trouble"), `The files cannot be used: ${problem.message}`);
    byId("own").hidden = true;
  }
}

/** What makes two cards differ: ids do not. */
const said = ({ summary, indicator, detail, suggestions }) => [summary, indicator, detail, (suggestions ?? []).map(({ label }) => label)];

function told(cards, html) {
  if (!cards.length) return [h("p", {}, "No card.")];
  return cards.map((card, index) =>
    h(
      "article",
      { class: "card", "data-indicator": card.indicator },
      h("p", { class: "flag" }, card.indicator),
      h("h4", {}, card.summary),
      h("ul", { class: "own-offers" }, ...(card.suggestions ?? []).map(({ label }) => h("li", {}, label))),
      h("div", { class: "own-detail" }, ...nodesOf(html[index])),
    ),
  );
}
