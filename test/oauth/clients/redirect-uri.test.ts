import { describe, expect, it } from 'vitest';
import type { Client } from '../../../src/oauth/clients/client.ts';
import { addResponseParameters, isRegistered, resolveRedirectUri } from '../../../src/oauth/clients/redirect-uri.ts';

const client = (...redirectUris: string[]) => ({ redirectUris }) as unknown as Client;

describe('RFC 9700 §2.1: redirect URIs are compared exactly', () => {
  const registered = client('https://client.example/cb');

  it('the registered URI is accepted', () => expect(isRegistered(registered, 'https://client.example/cb')).toBe(true));

  it.each([
    'https://client.example/cb/',
    'https://client.example/CB',
    'https://client.example:443/cb',
    'https://CLIENT.example/cb',
    'https://client.example/x/../cb',
    'https://client.example/c%62',
    'https://client.example.evil.example/cb',
    'https://evil.example/?u=https://client.example/cb',
    'http://client.example/cb',
    ' https://client.example/cb',
    'https://client.example/cb\n',
    'https://client.example/cb\0',
    'https://client.example/cb#',
  ])('B26-B34: %j is rejected', (uri) => expect(isRegistered(registered, uri)).toBe(false));
});

describe('RFC 8252 §7.3: loopback addresses with any port', () => {
  const native = client('http://127.0.0.1/cb', 'http://[::1]:9000/cb');

  it.each([
    'http://127.0.0.1:1/cb',
    'http://127.0.0.1:51234/cb',
    'http://127.0.0.1/cb',
    'http://[::1]:1/cb',
    'http://[::1]/cb',
  ])('%j is accepted', (uri) => expect(isRegistered(native, uri)).toBe(true));

  it.each([
    'http://127.0.0.1:1/other',
    'http://127.0.0.1:1/cb?x=1',
    'http://localhost:1/cb',
    'http://127.0.0.1.evil.example/cb',
    'http://127.1/cb',
    'http://2130706433/cb',
    'http://user@127.0.0.1/cb',
    'http://127.0.0.1:1@evil.example/cb',
    'http://127.0.0.1:x/cb',
    'https://127.0.0.1:1/cb',
  ])('B40, B41: %j is rejected', (uri) => expect(isRegistered(native, uri)).toBe(false));

  it('the port of localhost must match for a confidential client', () =>
    expect(isRegistered(client('http://localhost/cb'), 'http://localhost:8000/cb')).toBe(false));
});

describe('RFC 8252 §8.3: localhost with any port', () => {
  const open = { tokenEndpointAuthMethod: 'none' };
  const withoutPort = { ...client('http://localhost/cb', 'http://localhost?a=b'), ...open };
  const withPort = { ...client('http://localhost:3000/cb'), ...open };
  const native = { ...withPort, applicationType: 'native' as const };
  const confidential = { ...native, tokenEndpointAuthMethod: undefined };

  it.each([
    [withoutPort, 'http://localhost:51234/cb'],
    [withoutPort, 'http://localhost:51234?a=b'],
    [native, 'http://localhost:51234/cb'],
    [native, 'http://localhost/cb'],
  ])('a public client: case %#', (registered, uri) => expect(isRegistered(registered, uri)).toBe(true));

  it.each([
    [withPort, 'http://localhost:51234/cb'],
    [withPort, 'http://localhost/cb'],
    [confidential, 'http://localhost:51234/cb'],
    [withoutPort, 'http://127.0.0.1:51234/cb'],
    [withoutPort, 'http://[::1]:51234/cb'],
    [client('http://127.0.0.1/cb'), 'http://localhost:51234/cb'],
    [withoutPort, 'https://localhost:51234/cb'],
    [withoutPort, 'http://localhost:51234/cb/'],
    [withoutPort, 'http://localhost:51234/cb?a=b'],
    [withoutPort, 'http://localhost.evil.example:51234/cb'],
    [withoutPort, 'http://localhost:51234@evil.example/cb'],
    [withoutPort, 'http://LOCALHOST:51234/cb'],
    [withoutPort, 'http://localhost:/cb'],
  ])('B40, B41: otherwise it is rejected: case %#', (registered, uri) =>
    expect(isRegistered(registered, uri)).toBe(false),
  );
});

describe('RFC 6749 §3.1.2.3: an omitted redirect URI', () => {
  it('S2-09: an omitted URI means the only registered one', () =>
    expect(resolveRedirectUri(client('https://a.example/'), undefined)).toBe('https://a.example/'));
  it('S2-10, B35: an omitted URI is ambiguous if two are registered', () =>
    expect(resolveRedirectUri(client('https://a/', 'https://b/'), undefined)).toBeUndefined());
});

describe('B43, B44: response parameters are appended to the registered URI', () => {
  const parameters = { code: 'c', state: 'a b&c', left: undefined };
  it.each([
    ['https://client.example', 'https://client.example?code=c&state=a+b%26c'],
    ['https://CLIENT.example:443/x/../cb', 'https://CLIENT.example:443/x/../cb?code=c&state=a+b%26c'],
    ['https://client.example/cb?a=b', 'https://client.example/cb?a=b&code=c&state=a+b%26c'],
    ['https://client.example/cb?', 'https://client.example/cb?code=c&state=a+b%26c'],
    ['com.example.app:/cb', 'com.example.app:/cb?code=c&state=a+b%26c'],
  ])('%s gets the parameters without being rewritten', (uri, expected) =>
    expect(addResponseParameters(uri, '?', parameters)).toBe(expected),
  );

  it('the fragment carries the parameters of the implicit grant', () =>
    expect(addResponseParameters('https://c.example/?a=b', '#', { x: '1' })).toBe('https://c.example/?a=b#x=1'));
});
