/** Who may change something over HTTP. */

import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";

/** Why a request is refused. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly reason: string;
}

/**
 * Judges whether a request may change something. Pages of other origins may not, nor may those of a host name
 * that its owner has made to lead here (DNS rebinding), unless they bring the token; and where a token is set,
 * nobody may without it.
 *
 * @param headers The request's headers.
 * @param token What `DASHBOARD_TOKEN` holds, if anything.
 * @returns The refusal, or `undefined` where the request may.
 */
export function refuse(headers: Headers, token: string | undefined): Refusal | undefined {
  const host = headers.get("host") ?? "";
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site") ?? "none";
  const isOwnOrigin = origin === null || URL.parse(origin)?.host === hostOf(host)?.host;
  if (!isOwnOrigin || (site !== "same-origin" && site !== "none")) {
    return { status: 403, reason: "Only the dashboard's own page may change anything" };
  }
  if (token !== undefined) {
    if (isSame(headers.get("authorization") ?? "", `Bearer ${token}`)) return undefined;
    return { status: 401, reason: "This needs the token that is set in DASHBOARD_TOKEN" };
  }
  if (isOurs(hostOf(host)?.hostname ?? "")) return undefined;
  const reason = "Without DASHBOARD_TOKEN, changes are only taken at localhost or an IP address";
  return { status: 403, reason };
}

function hostOf(host: string): URL | null {
  return URL.parse(`http://${host}`);
}

/** No other name is: whoever owns it may let it lead anywhere at any time. */
function isOurs(hostname: string): boolean {
  return hostname === "localhost" || isIP(hostname.replace(/^\[(.*)\]$/, "$1")) > 0;
}

/** Takes the same time wherever the texts differ. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a, b);
}
