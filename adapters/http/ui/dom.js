// Elements made of data. Text only ever becomes text nodes and attribute values, so no name
// and no line of output can become markup.

/** An element: its tag with classes (`p.hint`), attributes, and children. Left out is what is null. */
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const named = classes.length > 0 ? { class: classes.join(" "), ...attributes } : attributes;
  return filled(document.createElement(name), named, children);
}

/** An element of a drawing. */
export const svg = (name, attributes, ...children) =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...flat(children));
  return element;
}

/** A button that does an action with a thing, by `onAction`. */
export function button(label, action, id, extra = {}) {
  return h("button", { type: "button", "data-action": action, "data-id": id, ...extra }, label);
}

/** Performs the actions of the buttons in `root`. */
export function onAction(root, actions) {
  root.addEventListener("click", (event) => {
    const target = event.target.closest("[data-action]");
    if (target === null || !root.contains(target)) return;
    actions[target.dataset.action]?.(target.dataset.id, target);
  });
}

/** Makes `root` hold these children, with as few changes as need be: focus and scrolling stay. */
export function show(root, ...children) {
  morphChildren(root, flat(children).map((child) =>
    typeof child === "string" ? document.createTextNode(child) : child));
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** What leaves goes first, and what comes is put in front of what stays: so each thing keeps its element. */
function morphChildren(old, fresh) {
  const places = new Map(fresh.map((node, index) => [thing(node), index]));
  for (const child of [...old.childNodes]) {
    if (thing(child) !== undefined && !places.has(thing(child))) child.remove();
  }
  fresh.forEach((node, index) => {
    const there = old.childNodes[index];
    if (there === undefined) old.append(node);
    else if (there === node || morph(there, node)) return;
    else if (thing(there) !== undefined && places.get(thing(there)) > index) there.before(node);
    else there.replaceWith(node);
  });
  while (old.childNodes.length > fresh.length) old.lastChild.remove();
}

/** The thing that an element is for, where it may have the focus or be pressed: it never turns into that for another. */
const thing = ({ dataset: { key, of, action, id } = {} }) => key ?? of ?? (action && `${action} ${id}`);

/** Makes `old` look like `fresh`; false when it cannot. An element with a `data-key` stays what it is. */
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return false;
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return true;
  }
  if (thing(old) !== thing(fresh)) return false;
  if (old.dataset.key !== undefined) return true;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  morphChildren(old, [...fresh.childNodes]);
  return true;
}
