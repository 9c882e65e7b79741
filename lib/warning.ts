/** What the package prints if its caller has no `onStatus`: why it cannot work, once for each reason. */

/**
 * Makes a function that warns on the console.
 *
 * @returns The function. It prints a text once; called without a text, it forgets what it printed.
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
