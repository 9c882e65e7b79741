/**
 * Certificates of our own authority, for servers in tests and trials. Run as a program, it writes some:
 * `certificates.ts <the nodes' folder> <their clients' folder> <the nodes' names …>`.
 */

import "npm:reflect-metadata@^0.2.2"; // must be first: @peculiar/x509 needs it
import { isIP } from "node:net";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "npm:@peculiar/x509@^2.2.0";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

const DAY_MS = 86_400_000;

/** A certificate and its private key, as PEM text. */
export interface Certified {
  /** The certificate. */
  readonly cert: string;
  /** The private key. */
  readonly key: string;
}

/** The period in which a certificate is valid, in days from now; negative numbers are in the past. */
export interface Validity {
  /**
   * When it begins. It lies in the past by default, as clocks differ.
   *
   * @default {-1}
   */
  fromDay?: number;
  /**
   * When it ends.
   *
   * @default {365}
   */
  toDay?: number;
}

/** Issues certificates. Its own key stays in memory only. */
export class Authority {
  #certificate: X509Certificate;
  #key: CryptoKey;

  private constructor(certificate: X509Certificate, key: CryptoKey) {
    this.#certificate = certificate;
    this.#key = key;
  }

  /** Creates an authority. Authorities of the same name do not trust each other. */
  static async create(name: string): Promise<Authority> {
    const keys = await generateKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [name] }],
      keys,
      signingAlgorithm: ALGORITHM,
      ...period({}),
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new Authority(certificate, keys.privateKey);
  }

  /** The authority's own certificate, as PEM text, for those who trust it. */
  get cert(): string {
    return this.#certificate.toString("pem");
  }

  /**
   * Issues a certificate for servers and clients, as nodes are both to each other.
   *
   * @param names The host names and IP addresses that it is for.
   * @param validity The period in which it is valid.
   */
  async issue(names: readonly string[], validity: Validity = {}): Promise<Certified> {
    const keys = await generateKeys();
    const certificate = await X509CertificateGenerator.create({
      subject: [{ CN: [names[0]] }],
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: ALGORITHM,
      ...period(validity),
      extensions: leafExtensions(names),
    });
    return { cert: certificate.toString("pem"), key: await exportKey(keys) };
  }
}

/** Creates a certificate that no authority has signed. */
export async function selfSigned(names: readonly string[]): Promise<Certified> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [names[0]] }],
    keys,
    signingAlgorithm: ALGORITHM,
    ...period({}),
    extensions: leafExtensions(names),
  });
  return { cert: certificate.toString("pem"), key: await exportKey(keys) };
}

function leafExtensions(names: readonly string[]): Extension[] {
  return [
    new BasicConstraintsExtension(false),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    new SubjectAlternativeNameExtension(
      names.map((name) => ({ type: isIP(name) ? "ip" as const : "dns" as const, value: name })),
    ),
  ];
}

function period({ fromDay = -1, toDay = 365 }: Validity): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now + fromDay * DAY_MS), notAfter: new Date(now + toDay * DAY_MS) };
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as CryptoKeyPair;
}

async function exportKey({ privateKey }: CryptoKeyPair): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey("pkcs8", privateKey), "PRIVATE KEY");
}

/**
 * Writes a new authority's certificate and one for the named hosts: `ca.crt`, `node.crt` and `node.key` into the nodes'
 * folder, `ca.crt` into their clients' folder. That last file is written last: if it exists, nothing is written.
 */
async function writeCertificates(nodes: string, clients: string, names: string[]): Promise<void> {
  const last = `${clients}/ca.crt`;
  if (await exists(last)) return;
  const authority = await Authority.create("Authority of a trial");
  const { cert, key } = await authority.issue(names);
  await Deno.writeTextFile(`${nodes}/node.key`, key);
  await Deno.writeTextFile(`${nodes}/node.crt`, cert);
  await Deno.writeTextFile(`${nodes}/ca.crt`, authority.cert);
  await Deno.writeTextFile(last, authority.cert);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

if (import.meta.main) {
  const [nodes, clients, ...names] = Deno.args;
  await writeCertificates(nodes, clients, names);
}
