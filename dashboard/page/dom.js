// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Creates elements, and changes them only if something differs: an unchanged element costs nothing. */

const SVG = "http://www.w3.org/2000/svg";

/** The shortest time between two changes of a picture's description, in microseconds. */
const WORDS_MICROS = 5e6;

/**
 * Creates an element. Strings in it become text, never markup.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className Empty for none.
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  element.append(...children);
  return element;
}

/**
 * Creates an SVG element.
 *
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Readonly<Record<string, string | number>>} attributes
 * @param {...Node} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, `${value}`);
  element.append(...children);
  return element;
}

/**
 * Finds an element of `index.html`.
 *
 * @param {string} id
 * @returns {HTMLElement}
 * @throws {Error} If there is none.
 */
export function find(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element "${id}"`);
  return element;
}

/**
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Shows a text in one line, and as a tooltip, as the line may be cut off.
 *
 * @param {Element} line
 * @param {string} text
 */
export function setLine(line, text) {
  setText(line, text);
  setAttribute(line, "title", text);
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** A picture's description for screen readers. It changes at most every five seconds, as it may be read aloud. */
export class PictureWords {
  #picture;
  #told = -Infinity;

  /** @param {Element} picture */
  constructor(picture) {
    this.#picture = picture;
    setAttribute(picture, "role", "img");
  }

  /** Lets the next description appear at once. */
  renew() {
    this.#told = -Infinity;
  }

  /**
   * @param {number} now Microseconds since the Unix epoch.
   * @param {() => string} describe Returns the description.
   */
  show(now, describe) {
    if (Math.abs(now - this.#told) < WORDS_MICROS) return;
    this.#told = now;
    setAttribute(this.#picture, "aria-label", describe());
  }
}

/**
 * Fills a list with one item for each text.
 *
 * @param {Element} list
 * @param {readonly { readonly text: string, readonly className: string }[]} items
 */
export function setItems(list, items) {
  while (list.children.length > items.length) list.lastElementChild?.remove();
  while (list.children.length < items.length) list.append(make("li", ""));
  items.forEach(({ text, className }, i) => {
    setText(list.children[i], text);
    setAttribute(list.children[i], "class", className);
  });
}

/**
 * Returns the CSS class with a listener's colour.
 *
 * @param {number} index Its number among the listeners.
 */
export function seriesOf(index) {
  return `series-${index % 6}`;
}
