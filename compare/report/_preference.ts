/** Which arm to use, where two figures may have a say. */

import { nounOf } from "./conclusions/_words.ts";

/** What is said where no arm is better. */
export const EITHER = "either: it makes no difference";

/** What speaks for an arm. */
export interface Reason {
  /** The arm that it speaks for; `null` where it speaks for none. */
  readonly arm: string | null;
  /** What has to matter for it to count, as it completes "where …". */
  readonly where: string;
}

/** An arm as advice, or that it makes no difference. */
export function adviceFor(arm: string | null): string {
  return arm === null ? EITHER : nounOf(arm);
}

/** The arm that both reasons speak for, or one where the other is silent; both, with their reasons, where they differ. */
export function weigh(one: Reason, other: Reason): string {
  if (one.arm === null || other.arm === null || one.arm === other.arm) {
    return adviceFor(one.arm ?? other.arm);
  }
  return `${nounOf(one.arm)} where ${one.where}, ${nounOf(other.arm)} where ${other.where}`;
}
