/** What the package prints if its caller does not ask for statuses: why it cannot work, once for each reason. */

/**
 * Makes a function that warns on the console.
 *
 * @returns Called with a text, it prints the text unless it has before; called with nothing, it forgets what it printed.
 */
export function warnOnce(): (text?: string) => void {
  const printed = new Set<string>();
  return (text) => {
    if (text === undefined) printed.clear();
    else if (!printed.has(text)) {
      printed.add(text);
      console.warn(text);
    }
  };
}
