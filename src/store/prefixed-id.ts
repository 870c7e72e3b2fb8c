import { decodeBase32IgnorePadding, encodeBase32LowerCaseNoPadding } from '@oslojs/encoding';

/** The public id of a row: three letters such as `usr`, `_` and the 128 bits of its UUID in base32. */
export function prefixedId(prefix: string, uuid: string): string {
  return `${prefix}_${encodeBase32LowerCaseNoPadding(Buffer.from(uuid.replaceAll('-', ''), 'hex'))}`;
}

/** The row's UUID. Undefined for another prefix or any text that `prefixedId` would not produce. */
export function uuidOf(prefix: string, id: string): string | undefined {
  if (!/^[a-z]{3}_[a-z2-7]{26}$/.test(id) || !id.startsWith(prefix)) return undefined;
  const hex = Buffer.from(decodeBase32IgnorePadding(id.slice(4).toUpperCase())).toString('hex');
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return prefixedId(prefix, uuid) === id ? uuid : undefined;
}
