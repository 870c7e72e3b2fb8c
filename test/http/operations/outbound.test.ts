import { describe, expect, it } from 'vitest';
import { isCallable, postForm } from '../../../src/http/operations/outbound.ts';
import { relyingParty } from '../../support/relying-party.ts';

const never = new AbortController().signal;

describe('OWASP ASVS 5 §15.3.2: requests to URIs that a client has registered', () => {
  it.each([
    ...[
      '100.100.100.200',
      '168.63.129.16',
      '192.0.0.192',
      '127.0.0.1',
      '127.8.9.1',
      '0.0.0.0',
      '169.254.169.254',
      '224.0.0.1',
      '255.255.255.255',
    ],
    ...[
      '::1',
      '::',
      '::ffff:127.0.0.1',
      '::ffff:169.254.169.254',
      'fe80::1',
      'ff02::1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      'fd00:ec2::254',
      'fd20:ce::254',
      '64:ff9b:1::7f00:1',
      '::7f00:1',
      '::ffff:0:7f00:1',
    ],
  ])('the address %s is blocked', (address) => {
    expect(isCallable(address)).toBe(false);
  });

  it.each([
    '93.184.216.34',
    '10.1.2.3',
    '192.168.1.1',
    '2606:2800:220:1::1',
    'fd00::1',
    'fd00:ec2::253',
    '100.100.100.201',
    '::ffff:10.0.0.1',
  ])('the address %s is allowed, because clients may run in the same private network', (address) => {
    expect(isCallable(address)).toBe(true);
  });

  it.each([
    ...['https://127.0.0.1:1/', 'https://[::1]:1/', 'https://localhost:1/', 'https://169.254.169.254/latest'],
    ...['https://2130706433/', 'https://0x7f.1/', 'https://[::ffff:127.0.0.1]/', 'http://client.example/'],
  ])('a request to %s is refused', async (uri) => {
    await expect(postForm(uri, {}, false, never)).rejects.toThrow(/not allowed|allowed address|must be https/);
  });

  it('postForm posts a form, follows no redirect and returns only the status', async () => {
    const app = await relyingParty();
    app.respondWith(302, { Location: `${app.uri}/elsewhere` });
    expect(await postForm(app.uri, { a: 'b&c' }, true, never)).toBe(302);
    expect(app.received.map(({ method, type, body }) => [method, type, body.get('a')])).toEqual([
      ['POST /logout', 'application/x-www-form-urlencoded', 'b&c'],
    ]);
    await app.close();
  });

  it('an abort signal stops the request', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(postForm('http://127.0.0.1:9/', {}, true, stop.signal)).rejects.toThrow();
  });
});
