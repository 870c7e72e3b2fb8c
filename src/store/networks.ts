/**
 * The networks that an address belongs to, from the widest to the narrowest: /48, /56 and /64 for IPv6, /24 and the address
 * itself for IPv4. A subscriber with IPv6 usually has a whole /64, and often a /56 or a /48.
 */
export function networksOf(ip: string | undefined): readonly string[] {
  if (ip === undefined || !ip.includes(':')) return ip === undefined ? [''] : [ip.replace(/\.\d+$/, '.0/24'), ip];
  const groups = groupsOf(ip);
  const [fourth = 0] = groups.slice(3);
  const text = (parts: readonly number[]): string => parts.map((group) => group.toString(16)).join(':');
  const wide = groups.slice(0, 3);
  return [`${text(wide)}/48`, `${text([...wide, fourth & 0xff00])}/56`, text([...wide, fourth])];
}

/** The network of an address: the whole IPv4 address, or the first 64 bits of an IPv6 address. */
export const networkOf = (ip: string | undefined): string => networksOf(ip).at(-1) ?? '';

/** The eight groups of an IPv6 address. */
function groupsOf(ip: string): readonly number[] {
  const [head = '', tail = ''] = (ip.split('%')[0] ?? '').split('::');
  const [front, back] = [head, tail].map((part) => part.split(':').filter((group) => group !== '')) as [
    string[],
    string[],
  ];
  const zeros = Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  return [...front, ...zeros, ...back].map((group) => Number.parseInt(group, 16));
}
