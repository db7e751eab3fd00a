// Order search: a combobox with a list, after the ARIA pattern "editable combobox with list autocomplete".
import { announce, fill, h } from "./dom.js";

const MOST = 8;

/** Make `input` search `items()` ({name, kind, also}); `more(typed)` may add an item; `choose` gets the item chosen. */
export function combobox(input, list, items, choose, more = () => null) {
  let found = [];
  let active = -1;

  const close = () => {
    found = [];
    active = -1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const move = (to) => {
    if (!found.length) return;
    active = (to + found.length) % found.length;
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === active)));
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };

  const take = (index) => {
    const item = found[index];
    close();
    input.value = "";
    choose(item);
  };

  const show = () => {
    const typed = input.value.trim().toLowerCase();
    if (!typed) return close();
    const own = more(typed);
    found = [...(own ? [own] : []), ...search(items(), typed)].slice(0, MOST);
    fill(list, found.length ? found.map((item, index) => option(item, index, typed, take)) : nothing(input.value));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    list.scrollIntoView({ block: "nearest" });
    move(0); // so that Enter takes what stands first
    announce(found.length ? `${found.length} found` : "Nothing found");
  };

  const keys = {
    ArrowDown: () => (list.hidden ? show() : move(active + 1)),
    ArrowUp: () => (list.hidden ? show() : move(active - 1)),
    Enter: () => found.length && take(active),
    Escape: () => (list.hidden ? (input.value = "") : close()),
  };
  input.addEventListener("input", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}

/** Names that begin with what was typed, then those with a word that does, then brands and other names. */
export function search(items, typed) {
  const rank = (item) => {
    const name = item.name.toLowerCase();
    if (name.startsWith(typed)) return 0;
    if (name.split(/[^a-z0-9]+/).some((word) => word.startsWith(typed)) || typedWords(typed, name)) return 1;
    return alias(item, typed) ? 2 : -1;
  };
  const ranked = items.map((item) => [rank(item), item]).filter(([place]) => place >= 0);
  return ranked.sort((a, b) => a[0] - b[0]).slice(0, MOST).map(([, item]) => item);
}

const typedWords = (typed, name) => typed.includes(" ") && typed.split(/\s+/).every((word) => name.includes(word));
const alias = (item, typed) => item.also.find((name) => name.toLowerCase().startsWith(typed));

function option(item, index, typed, take) {
  const other = item.name.toLowerCase().includes(typed) ? null : alias(item, typed);
  return h(
    "li",
    {
      role: "option",
      id: `order-option-${index}`,
      "aria-selected": "false",
      // the field keeps the focus, so that choosing does not close the list first
      onmousedown: (event) => event.preventDefault(),
      onclick: () => take(index),
    },
    h("span", { class: "option-name" }, item.name, other ? h("span", { class: "soft" }, ` (${other})`) : null),
    h("span", { class: "soft" }, item.kind),
  );
}

function nothing(typed) {
  const state = { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "soft" };
  return h("li", state, `Nothing is called “${typed}”`);
}
