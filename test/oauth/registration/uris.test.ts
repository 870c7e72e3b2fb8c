import { describe, expect, it } from 'vitest';
import { parseClientUri, parseRedirectUris } from '../../../src/oauth/registration/uris.ts';

describe('RFC 6749 §3.1.2: registration of redirect URIs', () => {
  it.each([
    'https://client.example',
    'https://client.example/cb?a=b&c=%20',
    'https://client.example:443/cb',
    'https://CLIENT.example/x/../cb',
    'https://127.0.0.1.nip.example/cb',
    'http://127.0.0.1',
    'http://127.0.0.1:8000/noexist/callback',
    'http://[::1]:8080/cb',
    'http://localhost:3000/cb',
    'com.example.app:/cb',
    'com.example.app://host/cb',
  ])('%s is accepted, byte for byte', (uri) => {
    expect(parseRedirectUris([uri])).toEqual([uri]);
  });

  it.each([
    '',
    '/cb',
    'cb',
    '//client.example/cb',
    'http://client.example/cb',
    'http://127.0.0.1.evil.example/cb',
    'http://127.1/cb',
    'http://2130706433/cb',
    'http://localhost.evil.example/cb',
    'https://client.example/cb#x',
    'https://client.example/#',
    'https://*.client.example/cb',
    'https://user@client.example/cb',
    'https://user:pass@client.example/cb',
    'http://127.0.0.1:80@evil.example/cb',
    'https://@client.example/cb',
    'https:///cb',
    'https:/client.example/cb',
    'https:client.example/cb',
    'https://client%2eexample/cb',
    'https://client.example\\@evil.example/cb',
    'https://client.example/c b',
    ' https://client.example/cb',
    'https://client.example/cb\n',
    'https://client.example/\tcb',
    'https://client.example/\0',
    'https://clïent.example/cb',
    'https://client.example/<script>',
    'https://client.example/"x"',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'myapp:/cb',
    'myapp://cb',
    'ftp://client.example/cb',
    `https://client.example/${'x'.repeat(2000)}`,
  ])('%j is rejected as a redirect URI', (uri) => {
    expect(() => parseRedirectUris([uri])).toThrow(
      expect.objectContaining({ code: 'INVALID', path: ['redirectUris'] }),
    );
  });

  it('a client has at most twenty redirect URIs, without duplicates', () => {
    const many = Array.from({ length: 21 }, (_, at) => `https://client.example/${at}`);
    expect(() => parseRedirectUris(many)).toThrow('at most 20');
    expect(parseRedirectUris([...many.slice(0, 10), ...many.slice(0, 10)])).toEqual(many.slice(0, 10));
  });
});

describe('RFC 7591 §2: client_uri', () => {
  it.each(['https://client.example', 'https://client.example/about?x#top', 'http://localhost:3000/'])(
    '%s is accepted as client_uri',
    (uri) => {
      expect(parseClientUri(uri)).toBe(uri);
    },
  );

  it.each([
    '',
    'client.example',
    'http://client.example',
    'javascript:alert(1)',
    'https://a:b@c.example',
    'https://c.example/"x',
  ])('%j is rejected as client_uri', (uri) => {
    expect(() => parseClientUri(uri)).toThrow(expect.objectContaining({ code: 'INVALID', path: ['clientUri'] }));
  });
});
