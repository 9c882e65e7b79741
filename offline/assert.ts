/**
 * Stand-in for `jsr:@std/assert` if JSR cannot be reached: the assertions that the tests use, with the same signatures,
 * on `node:assert/strict`. What passes here passes with the original, which is slightly less strict (it treats 0 and -0
 * as equal, for example).
 */

import nodeAssert from "node:assert/strict";

/** Any constructor. */
// deno-lint-ignore no-explicit-any
type Constructor<T> = new (...args: any[]) => T;

/** Asserts that a value is truthy. */
export function assert(expr: unknown, msg?: string): asserts expr {
  nodeAssert.ok(expr, msg);
}

/** Asserts that a value is falsy. */
export function assertFalse(expr: unknown, msg?: string): void {
  nodeAssert.ok(!expr, msg);
}

/** Asserts that two values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  nodeAssert.deepStrictEqual(actual, expected, msg);
}

/** Asserts that a number lies within a tolerance of another. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance: number,
  msg?: string,
): void {
  const text = `Expected ${actual} to lie within ${tolerance} of ${expected}`;
  nodeAssert.ok(Math.abs(expected - actual) <= tolerance, msg ?? text);
}

/** Asserts that a text matches a pattern. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  nodeAssert.match(actual, expected, msg);
}

/** Asserts that a text contains another. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  const text = `Expected "${actual}" to contain "${expected}"`;
  nodeAssert.ok(actual.includes(expected), msg ?? text);
}

/** Asserts that a function throws an error of a class, and returns the error. */
export function assertThrows<E extends Error>(
  fn: () => unknown,
  ErrorClass: Constructor<E>,
  msgIncludes?: string,
): E {
  try {
    fn();
  } catch (error) {
    return checkError(error, ErrorClass, msgIncludes);
  }
  nodeAssert.fail("Expected function to throw");
}

/** Asserts that a promise rejects with an error of a class, and resolves to the error. */
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: Constructor<E>,
  msgIncludes?: string,
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    return checkError(error, ErrorClass, msgIncludes);
  }
  nodeAssert.fail("Expected function to reject");
}

function checkError<E extends Error>(error: unknown, ErrorClass: Constructor<E>, part = ""): E {
  nodeAssert.ok(error instanceof ErrorClass, `Expected ${error} to be a ${ErrorClass.name}`);
  assertStringIncludes(error.message, part);
  return error;
}
