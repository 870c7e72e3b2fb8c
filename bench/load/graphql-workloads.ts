import type { Workload } from './drive.ts';
import { get, post } from './http.ts';

const VIEWER = '{ viewer { username groups { nodes { name } } } }';
const USERS = '{ users(first: 10) { nodes { username groups { nodes { name } } } } }';

/** Somebody's access token, and what they are called. */
export interface Bearer {
  readonly token: string;
  readonly username: string;
}

/** People and groups that every directory of the bench holds: each person is in two groups. */
export const PEOPLE = Array.from({ length: 100 }, (_, index) => `person-${String(index).padStart(3, '0')}`);
export const GROUPS = Array.from({ length: 10 }, (_, index) => `group-${index}`);
export const groupsOf = (person: number): string[] => [GROUPS[person % 10]!, GROUPS[(person + 1) % 10]!];

const graphql = (query: string, token: string): string =>
  post('/graphql', 'application/json', JSON.stringify({ query }), { Authorization: `Bearer ${token}` });

/** One request after the other, each with the next bearer; the answer must be about them, with their two groups. */
export function viewing(bearers: readonly Bearer[]): Workload {
  return inTurn(
    bearers,
    ({ token }) => graphql(VIEWER, token),
    (body, { username }) => {
      const { viewer } = JSON.parse(body).data;
      return viewer.username === username && viewer.groups.nodes.length === 2;
    },
  );
}

/** The first ten people, with two groups each. */
export function listing(bearers: readonly Bearer[]): Workload {
  return inTurn(
    bearers,
    ({ token }) => graphql(USERS, token),
    (body) => {
      const { nodes } = JSON.parse(body).data.users;
      return (
        nodes.length === 10 && nodes.every((user: { groups: { nodes: unknown[] } }) => user.groups.nodes.length === 2)
      );
    },
  );
}

/** A peer's page over HTTP: `/users/…`. */
export function reading(bearers: readonly Bearer[], path: string, rightBody: (body: string) => boolean): Workload {
  return inTurn(bearers, ({ token }) => get(path, { Authorization: `Bearer ${token}` }), rightBody);
}

function inTurn(
  bearers: readonly Bearer[],
  request: (bearer: Bearer) => string,
  rightBody: (body: string, bearer: Bearer) => boolean,
): Workload {
  const requests = bearers.map(request);
  const asked: Bearer[] = [];
  let turn = 0;
  return {
    next(connection) {
      const index = ++turn % bearers.length;
      asked[connection] = bearers[index]!;
      return requests[index];
    },
    accepts: (connection, status, body) => status === 200 && rightBody(body, asked[connection]!),
  };
}
