/** Decides who may change something over HTTP. */

import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";

/** Why a request is refused. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly reason: string;
}

/** What allows a request. */
export interface GuardOptions {
  /** The value of `DASHBOARD_TOKEN`, if any. */
  readonly token?: string;
  /** The value of `DASHBOARD_ORIGIN`, if any: the origin at which a proxy serves the page. */
  readonly origin?: string;
}

/**
 * Decides whether a request may change something. With a token, only requests with the token may: a page of another
 * origin cannot send it. Without one, pages of other origins may not, nor may those of a host name whose owner has
 * pointed it to this machine (DNS rebinding).
 *
 * @param headers The request's headers.
 * @param options What allows it.
 * @returns The refusal, or `undefined` if the request may.
 */
export function refuse(headers: Headers, { token, origin }: GuardOptions): Refusal | undefined {
  if (token !== undefined) {
    const [, given = ""] = /^bearer +(\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
    if (isSame(given, token)) return undefined;
    return { status: 401, reason: "This needs the token that is set in DASHBOARD_TOKEN" };
  }
  const site = headers.get("sec-fetch-site") ?? "none";
  const isOwnSite = site === "same-origin" || site === "none";
  if (isOwnSite && origin !== undefined && isFrom(new URL(origin), headers)) return undefined;
  const host = URL.parse(`http://${headers.get("host") ?? ""}`);
  if (!isOwnSite || !isOwnOrigin(headers.get("origin"), host)) {
    const reason =
      "Only the dashboard's own page may change anything; if that is served through a " +
      "proxy, set DASHBOARD_ORIGIN to its origin, such as https://dash.example.com";
    return { status: 403, reason };
  }
  if (isOurs(host?.hostname ?? "")) return undefined;
  const reason = "Without DASHBOARD_TOKEN, changes are only accepted at localhost, an IP address " +
    "or DASHBOARD_ORIGIN";
  return { status: 403, reason };
}

/** Whether a request comes from the page behind the proxy, or from a program that uses the proxy. */
function isFrom({ origin, protocol, host }: URL, headers: Headers): boolean {
  const from = headers.get("origin");
  if (from !== null) return URL.parse(from)?.origin === origin; // a page cannot forge this
  const [forwarded] = (headers.get("x-forwarded-host") ?? "").split(",");
  return [forwarded, headers.get("host")].some((name) =>
    URL.parse(`${protocol}//${name}`)?.host === host
  );
}

function isOwnOrigin(origin: string | null, host: URL | null): boolean {
  return origin === null || URL.parse(origin)?.host === host?.host;
}

/** Whether a name is localhost or an address: the owner of any other name can point it anywhere at any time. */
function isOurs(hostname: string): boolean {
  return hostname === "localhost" || isIP(hostname.replace(/^\[(.*)\]$/, "$1")) > 0;
}

/** Compares two texts in the same time, wherever they differ. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a, b);
}
