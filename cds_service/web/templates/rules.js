// Shows only the rules in which every word stands that was typed; without this script all are listed.
"use strict";
const field = document.getElementById("search");
const told = document.getElementById("told");
const rules = [...document.querySelectorAll("[data-rule]")].map((item) => ({
  item,
  text: `${item.textContent} ${item.textContent.replaceAll("_", " ")}`.toLowerCase(),
}));

function find() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { item, text } of rules) item.hidden = !words.every((word) => text.includes(word));
  for (const part of document.querySelectorAll("[data-topic]")) part.hidden = !part.querySelector("[data-rule]:not([hidden])");
  const left = rules.filter(({ item }) => !item.hidden).length;
  told.textContent = words.length ? `${left} of ${rules.length} rules` : `${rules.length} rules`;
}

document.getElementById("find").hidden = false;
field.addEventListener("input", find);
find();  // a browser that goes back fills in what was typed before
