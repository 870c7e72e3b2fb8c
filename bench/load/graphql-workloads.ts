import type { Workload } from './drive.ts';
import { get, post } from './http.ts';

const VIEWER = '{ viewer { username groups { nodes { name } } } }';
const USERS = '{ users(first: 10) { nodes { username groups { nodes { name } } } } }';

/** A user's access token and username. */
export interface Bearer {
  readonly token: string;
  readonly username: string;
}

/** The users and groups of every benchmark database. Each user is in two groups. */
export const PEOPLE = Array.from({ length: 100 }, (_, index) => `person-${String(index).padStart(3, '0')}`);
export const GROUPS = Array.from({ length: 10 }, (_, index) => `group-${index}`);
export const groupsOf = (person: number): string[] => [GROUPS[person % 10]!, GROUPS[(person + 1) % 10]!];

const graphql = (query: string, token: string): string =>
  post('/graphql', 'application/json', JSON.stringify({ query }), { Authorization: `Bearer ${token}` });

/** Each request has the token of the next user. The response must be about this user, with two groups. */
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

/** The first ten users, with two groups each. */
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

/** The same data from a peer that has no GraphQL: `/users/…`. */
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
