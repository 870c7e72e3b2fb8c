import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { badRequest, unavailable } from '../../../src/graphql/errors.ts';
import { jsonResponse, jsonTypeFor } from '../../../src/http/graphql/response.ts';

const LEGACY = 'application/json';
const OWN = 'application/graphql-response+json';

describe('GraphQL over HTTP §6.1: the media type of a response', () => {
  it.each([
    ['', LEGACY],
    ['*/*', LEGACY],
    ['application/*', LEGACY],
    [LEGACY, LEGACY],
    [OWN, OWN],
    [`${OWN}, ${LEGACY};q=0.9`, OWN],
    [`${LEGACY}, ${OWN}`, LEGACY],
    ['text/html, Application/JSON; Charset=UTF-8', LEGACY],
    [`${OWN}; charset=utf-8, */*`, OWN],
    [`${LEGACY}; charset=utf-16, ${OWN}`, OWN],
    [`text/event-stream, ${OWN}`, OWN],
  ])('the media type for Accept %j is %s', (accept, type) => {
    expect(jsonTypeFor(accept)).toBe(type);
  });

  it.each(['text/html', 'text/event-stream', 'multipart/mixed', `${LEGACY}; charset=latin1`, 'application/jsonx', ','])(
    'for Accept %j is none of JSON',
    (accept) => {
      expect(jsonTypeFor(accept)).toBeUndefined();
    },
  );
});

describe('GraphQL over HTTP §6.4: the status', () => {
  const errors = [badRequest('No', 'BAD_REQUEST'), unavailable('one')];

  it('the status is the highest of all errors, and their headers are sent but not in the body', () => {
    const { status, headers, body } = jsonResponse({ data: null, errors }, OWN, OWN);
    expect(status).toBe(503);
    expect(headers).toEqual({ 'Content-Type': `${OWN}; charset=utf-8`, 'Retry-After': '1' });
    expect(JSON.parse(body).errors.map(({ extensions }: { extensions: object }) => extensions)).toEqual([
      { code: 'BAD_REQUEST' },
      { code: 'SERVICE_UNAVAILABLE', requestId: 'one' },
    ]);
  });

  it('the status of validation errors is 200 only if the client accepts application/json', () => {
    const mistake = { errors: [new GraphQLError('Syntax Error')] };
    expect(jsonResponse(mistake, LEGACY, LEGACY).status).toBe(200);
    expect(jsonResponse(mistake, '*/*', LEGACY).status).toBe(400);
    expect(jsonResponse(mistake, OWN, OWN).status).toBe(400);
  });
});
