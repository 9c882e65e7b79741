// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Making elements, and changing them only if something is different: unchanged ones cost nothing. */

const SVG = "http://www.w3.org/2000/svg";

/** How often the words about a picture change at most, in microseconds. */
const WORDS_MICROS = 5e6;

/**
 * Makes an element. Texts in it stay texts, whatever they hold.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className None if it is empty.
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
 * Makes an element of a drawing.
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
 * Finds an element that the page begins with.
 *
 * @param {string} id
 * @returns {HTMLElement}
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
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** What a picture shows, in words. They change now and then: somebody may be hearing them. */
export class PictureWords {
  #picture;
  #told = -Infinity;

  /** @param {Element} picture */
  constructor(picture) {
    this.#picture = picture;
    setAttribute(picture, "role", "img");
  }

  /** Lets the next words come at once. */
  renew() {
    this.#told = -Infinity;
  }

  /**
   * @param {number} now Microseconds since the Unix epoch.
   * @param {() => string} describe Makes the words.
   */
  show(now, describe) {
    if (Math.abs(now - this.#told) < WORDS_MICROS) return;
    this.#told = now;
    setAttribute(this.#picture, "aria-label", describe());
  }
}

/**
 * Makes a list hold one item for each text.
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
 * The class that gives a listener its colour.
 *
 * @param {number} index Its number among the listeners.
 */
export function seriesOf(index) {
  return `series-${index % 6}`;
}
