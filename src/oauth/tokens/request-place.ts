import { digest, sameBytes } from '../../crypto/secrets.ts';
import type { Origin } from '../../store/audit/record.ts';
import { networkOf } from '../../store/networks.ts';
import type { UsedFrom } from '../../store/refresh-tokens.ts';

/** Where a request comes from: its network (/24 of IPv4, /48 of IPv6) and the digest of its User-Agent. */
export const placeOf = ({ ip, userAgent = '' }: Origin): UsedFrom => ({
  network: ip?.includes(':') ? networkOf(ip).split(':').slice(0, 3).join(':') : (ip ?? '').replace(/\.\d+$/, ''),
  agent: digest(userAgent),
});

/** True if both differ: a device that changes its network keeps its User-Agent, and an update changes only the User-Agent. */
export const isElsewhere = (one: UsedFrom, other: UsedFrom): boolean =>
  one.network !== other.network && !sameBytes(one.agent, other.agent);
