/** Who may change something over HTTP. */

import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";

/** Why a request is refused. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly reason: string;
}

/** What a request may be allowed by. */
export interface GuardOptions {
  /** What `DASHBOARD_TOKEN` holds, if anything. */
  readonly token?: string;
  /** What `DASHBOARD_ORIGIN` holds, if anything: the origin at which a proxy serves the page. */
  readonly origin?: string;
}

/**
 * Judges whether a request may change something. With a token, only those who bring it may: a page of
 * another origin cannot send it. Without one, pages of other origins may not, nor may those of a host name that
 * its owner has made to lead here (DNS rebinding).
 *
 * @param headers The request's headers.
 * @param options What it may be allowed by.
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
  const reason = "Without DASHBOARD_TOKEN, changes are only taken at localhost, an IP address or " +
    "DASHBOARD_ORIGIN";
  return { status: 403, reason };
}

/** Whether a request comes from the page behind the proxy, or from a program that asks the proxy. */
function isFrom({ origin, protocol, host }: URL, headers: Headers): boolean {
  const from = headers.get("origin");
  if (from !== null) return URL.parse(from)?.origin === origin; // a page may forge all but this
  const [forwarded] = (headers.get("x-forwarded-host") ?? "").split(",");
  return [forwarded, headers.get("host")].some((name) =>
    URL.parse(`${protocol}//${name}`)?.host === host
  );
}

function isOwnOrigin(origin: string | null, host: URL | null): boolean {
  return origin === null || URL.parse(origin)?.host === host?.host;
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
