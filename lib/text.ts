/** Text that is safe to print, whoever wrote it. */

/** The default length of an excerpt, in characters. */
const EXCERPT_LENGTH = 80;

/** Controls, line and paragraph separators, and what reorders or hides text (Unicode's C, Zl, Zp). */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Most text is printable ASCII, which needs no escaping. */
const ASCII = /^[ -~]*$/;

/**
 * Escapes every character that could move the cursor, start a new line, or hide text.
 *
 * @param text Any text.
 * @returns The text on one line, with `\n`, `\r`, `\t`, `\xNN` or `\u{N…}` for unprintable characters.
 *
 * @example Usage
 * ```ts
 * import { escapeControls } from "./text.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(escapeControls("a\nb\u001b[31m"), "a\\nb\\x1b[31m");
 * ```
 */
export function escapeControls(text: string): string {
  return ASCII.test(text) ? text : text.replace(UNPRINTABLE, escapeCharacter);
}

/**
 * Escapes a foreign value and shortens it for a log line.
 *
 * @param value Text, or bytes that are not text.
 * @param length How many characters to keep; 80 by default.
 * @returns At most that many characters of the escaped value, then `…` if it was cut. Bytes other than
 * printable ASCII appear as `\xNN`.
 *
 * @example Usage
 * ```ts
 * import { excerpt } from "./text.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(excerpt("plain"), "plain");
 * assertEquals(excerpt(new Uint8Array([0x61, 0xff])), "a\\xff");
 * assertEquals(excerpt("plain", 2), "pl…");
 * ```
 */
export function excerpt(value: string | Uint8Array, length = EXCERPT_LENGTH): string {
  // Twice the length: a character may be two code units, and must not be cut in half.
  const start = value.slice(0, 2 * length + 2);
  const escaped = Array.from(
    typeof start === "string" ? escapeControls(start) : escapeBytes(start),
  );
  return escaped.length > length ? `${escaped.slice(0, length).join("")}…` : escaped.join("");
}

/**
 * Formats a count with its noun.
 *
 * @param count The count.
 * @param noun The noun in the singular; its plural ends with an s.
 * @returns Such as `1 write`, `2 writes`.
 *
 * @example Usage
 * ```ts
 * import { counted } from "./text.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0, 1, 2].map((count) => counted(count, "write")), ["0 writes", "1 write", "2 writes"]);
 * ```
 */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  switch (character) {
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\t":
      return "\\t";
  }
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

function escapeBytes(bytes: Uint8Array): string {
  return Array.from(
    bytes,
    (byte) =>
      byte >= 0x20 && byte < 0x7f
        ? String.fromCharCode(byte)
        : escapeCharacter(String.fromCharCode(byte)),
  ).join("");
}
