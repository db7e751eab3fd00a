// Building the page from values: text is always set as text, never parsed as HTML.

/** An element: `h("p", {class: "soft", onclick: f}, "text", child)`. Null children are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Replace all that an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
}

/** The element of an id. */
export const byId = (id) => document.getElementById(id);

/** HTML that the service made from Markdown, with raw HTML switched off, as nodes. Scripts in it would not run. */
export function nodesOf(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes];
}

/** Say something to those who cannot see the page change. */
export function announce(text) {
  byId("announcer").textContent = text;
}
