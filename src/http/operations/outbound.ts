import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP } from 'node:net';

/** Milliseconds for all of it. */
const TIMEOUT = 5000;

/** This machine and its own link, where clouds keep their credentials; nobody; everybody. */
const NEVER = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  NEVER.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['2002::', 16],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  NEVER.addSubnet(network, bits, 'ipv6');

/** False for an address that a name somebody else wrote down must not lead to. Mapped IPv4 counts as what it maps. */
export const isCallable = (address: string): boolean => !NEVER.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** Looks at what the name has become at the very moment of the call: another answer a moment later changes nothing. */
function lookUpCallable(name: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(name, { ...options, all: true }, (error, found) => {
    const usable = found?.filter(({ address }) => isCallable(address)) ?? [];
    const [first] = usable;
    if (error || !first) return callback(error ?? new Error(`${name} leads to no address that may be called`), '');
    if (options.all) callback(null, usable);
    else callback(null, first.address, first.family);
  });
}

/**
 * Posts a form to an address that a client has registered, and returns the status. No redirect is followed, nothing of the
 * answer is read. `loopback`: this server is on a machine of its own, and so may the client be.
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
    // Node looks up names only: an address written as such is looked at here.
    if (!loopback && isIP(host) !== 0 && !isCallable(host)) throw new Error('the address may not be called');
    if (!loopback && url.protocol !== 'https:') throw new Error('the address is not https');
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
