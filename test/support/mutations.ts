/** Pseudo-random numbers (mulberry32). The same seed gives the same numbers, so that failures can be reproduced. */
export function randomness(seed: number): Dice {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    chance: (probability) => next() < probability,
    below: (limit) => Math.floor(next() * limit),
    one: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T,
  };
}

export interface Dice {
  chance(probability: number): boolean;
  below(limit: number): number;
  one<T>(items: readonly T[]): T;
}

/** Values as they are sent, encoded or not. */
const VALUES = [
  ...[
    '',
    '%00',
    '%',
    '%zz',
    '%ff',
    '%c0%af',
    '%ed%a0%80',
    '%F0%9F%98%80',
    '%C3%A9',
    '%0d%0aX-Evil:%201',
    '%25%30%30',
    '%2500',
  ],
  ...[
    '+',
    '%20',
    '%09',
    "'",
    '%22',
    '%5C',
    '%3Cscript%3E',
    '%26',
    '%3D',
    ';',
    '{}',
    '[]',
    'null',
    'true',
    '0',
    '-1',
    '1e309',
  ],
  ...[
    '__proto__',
    'constructor',
    'x'.repeat(5000),
    '%F0%9F%98%80'.repeat(300),
    'a%20'.repeat(400),
    '..%2f..%2f',
    '//evil.example',
  ],
  ...[
    'https://client.example/cb',
    'javascript:alert(1)',
    'code',
    'token',
    'S256',
    'plain',
    'read',
    'openid%20read',
    'none',
    '\xff',
    '\xc3\x28',
  ],
];

const NAMES = [
  ...[
    'client_id',
    'client_secret',
    'redirect_uri',
    'response_type',
    'response_mode',
    'scope',
    'state',
    'nonce',
    'code',
    'code_verifier',
  ],
  ...[
    'code_challenge',
    'code_challenge_method',
    'grant_type',
    'refresh_token',
    'username',
    'password',
    'request',
    'prompt',
    'max_age',
  ],
  ...['__proto__', 'constructor', 'toString', 'code[]', 'scope[$ne]', '%00', '%', '', 'Code', 'client_id%00'],
];

const METHODS = ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'TRACE'];

const TYPES = [
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-16',
  'Application/X-WWW-Form-URLEncoded;charset="utf-8"',
  'application/json',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'text/plain',
  ';',
  '',
];

const HEADERS = [
  ...[
    'Cookie: gatehouse-4400=x',
    'Cookie: __Host-gatehouse=%00; gatehouse==;;',
    `Cookie: __Host-gatehouse=${'A'.repeat(43)}`,
  ],
  ...[
    'Accept: application/xml',
    'Accept: ;;q=x',
    'Accept-Language: *;q=0',
    'Content-Encoding: gzip',
    'Expect: 100-continue',
  ],
  ...[
    'Authorization: Basic',
    'Authorization: Basic Og==',
    'Authorization: Bearer x',
    'Authorization: \xff',
    'Authorization: Basic /////w==',
  ],
  ...[
    'Origin: null',
    'Origin: https://evil.example',
    'Sec-Fetch-Site: cross-site',
    'X-Forwarded-Host: evil.example',
    'Range: bytes=0-1',
  ],
  ...[
    '__proto__: x',
    'constructor: x',
    'If-None-Match: *',
    'X-HTTP-Method-Override: DELETE',
    'Upgrade: h2c',
    'X-Forwarded-For: \xff,,',
  ],
];

/** The encoded names and values of a form or query. */
export type Pairs = readonly (readonly [name: string, value: string])[];

export interface Mutant {
  readonly method: string;
  readonly pairs: string;
  readonly contentType: string;
  readonly headers: readonly string[];
}

/** The request with one to four random changes. */
export function mutate(dice: Dice, method: string, pairs: Pairs): Mutant {
  const changed: [string, string][] = pairs.map(([name, value]) => [name, value]);
  const headers: string[] = [];
  let type = TYPES[0] ?? '';
  let verb = method;
  for (let times = 1 + dice.below(4); times > 0; times--) {
    const at = dice.below(Math.max(changed.length, 1));
    const [name, value] = changed[at] ?? ['', ''];
    const kind = dice.below(10);
    if (kind < 3) changed[at] = [name, dice.one(VALUES)];
    else if (kind === 3) changed[at] = [name, value + dice.one(VALUES)];
    else if (kind === 4) changed.splice(at, 1);
    else if (kind === 5) changed.push([name, dice.chance(0.5) ? value : dice.one(VALUES)]);
    else if (kind === 6) changed.push([dice.one(NAMES), dice.one(VALUES)]);
    else if (kind === 7) headers.push(dice.one(HEADERS));
    else if (kind === 8) type = dice.one(TYPES);
    else verb = dice.one(METHODS);
  }
  const separator = dice.chance(0.03) ? dice.one([';', '&&', '&=&', ',']) : '&';
  return { method: verb, pairs: changed.map((pair) => pair.join('=')).join(separator), contentType: type, headers };
}
