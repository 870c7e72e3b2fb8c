import { describe, expect, it } from 'vitest';
import { networkOf, networksOf } from '../../src/store/networks.ts';

describe('networkOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    [undefined, ''],
  ])('J185: %s belongs to the network %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });
});

describe('networksOf', () => {
  it.each([
    ['192.0.2.1', ['192.0.2.0/24', '192.0.2.1']],
    ['2001:db8:1:abcd:3:4:5:6', ['2001:db8:1/48', '2001:db8:1:ab00/56', '2001:db8:1:abcd']],
    ['::1', ['0:0:0/48', '0:0:0:0/56', '0:0:0:0']],
    [undefined, ['']],
  ])('J185: %s belongs to %s', (ip, networks) => {
    expect(networksOf(ip)).toEqual(networks);
  });
});
