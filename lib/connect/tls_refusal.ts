/** Recognizes errors of TLS connections that a retry does not fix. */

import type { ConnectionOptions } from "node:tls";
import { AccessError } from "./access_error.ts";
import { excerpt } from "../text.ts";

/** An error as Deno's `node:tls` emits it. */
interface TlsError extends NodeJS.ErrnoException {
  /** The server's certificate, if only its names are wrong. */
  readonly cert?: { readonly subjectaltname?: string };
}

/** Alerts of servers that refuse a client's certificate, or require one. */
const CLIENT_REFUSED =
  /^ERR_SSL_(SSLV3|TLSV1|TLSV13)_ALERT_(HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED)$/;

/**
 * Explains a certificate error to the operator, with the setting that would fix it.
 *
 * @param error What a connection failed with.
 * @param server The server's name and port.
 * @param options The connection's options.
 * @returns The error to end with, or `undefined` if it is not a certificate error.
 *
 * @example Usage
 * ```ts
 * import { asTlsRefusal } from "./tls_refusal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const error = Object.assign(new Error("certificate has expired"), { code: "CERT_HAS_EXPIRED" });
 * assertEquals(
 *   asTlsRefusal(error, "keydb_01:6379")?.message,
 *   "The certificate of the server at keydb_01:6379 has expired: certificate has expired",
 * );
 * ```
 */
export function asTlsRefusal(
  error: TlsError,
  server: string,
  options: ConnectionOptions = {},
): AccessError | undefined {
  function refusal(sentence: string, setting?: AccessError["setting"]): AccessError {
    return new AccessError(sentence, error, setting);
  }

  const certificate = `The certificate of the server at ${server}`;
  const { code = "", message } = error;
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return refusal(`${certificate} has expired: ${message}`);
    case "CERT_NOT_YET_VALID":
      return refusal(`${certificate} is not valid yet, or a clock is wrong: ${message}`);
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return refusal(
        `${certificate} is self-signed, and 'tls.ca' does not hold it: ${message}`,
        "tls.ca",
      );
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE": {
      const authority = options.ca
        ? "an authority that 'tls.ca' does not hold"
        : "an unknown authority, and 'tls.ca' is not set";
      return refusal(`${certificate} is of ${authority}: ${message}`, "tls.ca");
    }
    case "INVALID_PURPOSE":
    case "CERT_REVOKED":
    case "CERT_REJECTED":
      return refusal(`${certificate} cannot be accepted: ${message}`);
    case "ERR_TLS_CERT_ALTNAME_INVALID": {
      const names = excerpt(error.cert?.subjectaltname || message);
      return refusal(
        `${certificate} is for other names, and its URL must use one of them: ${names}`,
        "URL",
      );
    }
  }
  if (!CLIENT_REFUSED.test(code)) return undefined;
  const why = options.cert
    ? "refused the certificate in 'tls.cert'"
    : "wants a client certificate, and 'tls.cert' is not set";
  // TLS 1.2 has no alert for a missing certificate: servers send one with several meanings.
  const or = !options.cert && code.endsWith("HANDSHAKE_FAILURE")
    ? "; or it knows no cipher of ours"
    : "";
  return refusal(`The server at ${server} ${why}${or}: ${message}`, "tls.cert");
}
