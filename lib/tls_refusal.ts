/** What the errors of TLS connections mean: refusals that no further try would mend. */

import type { ConnectionOptions } from "node:tls";
import { excerpt } from "./text.ts";

/** An error as Deno's `node:tls` emits it. */
interface TlsError extends NodeJS.ErrnoException {
  /** The server's certificate, where only its names are wrong. */
  readonly cert?: { readonly subjectaltname?: string };
}

/** Alerts with which servers refuse a client's certificate, or that there is none. */
const CLIENT_REFUSED =
  /^ERR_SSL_(SSLV3|TLSV1|TLSV13)_ALERT_(HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED)$/;

/**
 * Tells what a certificate error means for the operator, and which setting would mend it.
 *
 * @param error What a connection failed with.
 * @param server The server's name and port.
 * @param options The connection's options.
 * @returns A sentence, or `undefined` where it is no such error.
 *
 * @example Usage
 * ```ts
 * import { explainTlsError } from "./tls_refusal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const error = Object.assign(new Error("certificate has expired"), { code: "CERT_HAS_EXPIRED" });
 * assertEquals(
 *   explainTlsError(error, "keydb_01:6379"),
 *   "The certificate of the server at keydb_01:6379 has expired: certificate has expired",
 * );
 * ```
 */
export function explainTlsError(
  error: TlsError,
  server: string,
  options: ConnectionOptions = {},
): string | undefined {
  const certificate = `The certificate of the server at ${server}`;
  const { code = "", message } = error;
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return `${certificate} has expired: ${message}`;
    case "CERT_NOT_YET_VALID":
      return `${certificate} is not valid yet, or a clock is wrong: ${message}`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return `${certificate} is self-signed, and KEYDB_CA_CERT does not hold it: ${message}`;
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return options.ca
        ? `${certificate} is of an authority that KEYDB_CA_CERT does not hold: ${message}`
        : `${certificate} is of an unknown authority, and KEYDB_CA_CERT is not set: ${message}`;
    case "INVALID_PURPOSE":
    case "CERT_REVOKED":
    case "CERT_REJECTED":
      return `${certificate} cannot be accepted: ${message}`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `${certificate} is for other names, by one of which KEYDB_URL has to name it: ` +
        excerpt(error.cert?.subjectaltname || message);
  }
  if (!CLIENT_REFUSED.test(code)) return undefined;
  if (options.cert) {
    return `The server at ${server} refused the certificate in KEYDB_CLIENT_CERT: ${message}`;
  }
  return code.endsWith("HANDSHAKE_FAILURE") // TLS 1.2 has no alert for it, and this one for more
    ? `The server at ${server} wants a client certificate, and KEYDB_CLIENT_CERT is not set; or it ` +
      `knows no cipher of ours: ${message}`
    : `The server at ${server} wants a client certificate, and KEYDB_CLIENT_CERT is not set: ${message}`;
}
