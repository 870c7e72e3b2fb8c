import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP } from 'node:net';

/** Milliseconds for the whole request. */
const TIMEOUT = 5000;

/** Loopback, link-local (cloud metadata services), unspecified, multicast and reserved addresses, and IPv6 ranges that embed IPv4. */
const BLOCKED = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  // Cloud metadata and platform services outside the link-local range: Alibaba, Azure, Oracle.
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['224.0.0.0', 3],
] as const)
  BLOCKED.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  // Unspecified, loopback, and the deprecated IPv4-compatible addresses (RFC 4291 §2.5.5.1).
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  // Cloud metadata over IPv6: AWS, Google.
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
  ['2002::', 16],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  BLOCKED.addSubnet(network, bits, 'ipv6');

/** False for addresses that a URI registered by a client must not reach. IPv4-mapped addresses count as their IPv4 address. */
export const isCallable = (address: string): boolean => !BLOCKED.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** True if no response came in time. */
export const isTimeout = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof Error && error.cause.name === 'TimeoutError';

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** Checks the addresses that this connection will use, so that a DNS change between check and use has no effect. */
function lookUpCallable(name: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(name, { ...options, all: true }, (error, addresses) => {
    const usable = addresses?.filter(({ address }) => isCallable(address)) ?? [];
    const [first] = usable;
    if (error || !first) return callback(error ?? new Error(`${name} does not resolve to an allowed address`), '');
    if (options.all) callback(null, usable);
    else callback(null, first.address, first.family);
  });
}

/**
 * Posts a form to a URI that a client has registered, and returns the status. Follows no redirect and reads no response body.
 * `loopback`: this server runs on a loopback address, so the client may too.
 */
export function postForm(
  uri: string,
  form: Record<string, string>,
  loopback: boolean,
  signal: AbortSignal,
): Promise<number> {
  const url = new URL(uri);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    // Node calls `lookup` only for names, so literal addresses are checked here.
    if (!loopback && isIP(host) !== 0 && !isCallable(host)) throw new Error('this address is not allowed');
    if (!loopback && url.protocol !== 'https:') throw new Error('the URI must be https');
    const body = new URLSearchParams(form).toString();
    const call = (url.protocol === 'https:' ? requestHttps : requestHttp)(
      url,
      {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) },
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
        ...(loopback ? {} : { lookup: lookUpCallable }),
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}
