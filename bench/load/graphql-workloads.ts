import type { Workload } from './drive.ts';
import { get, post } from './http.ts';

const VIEWER_QUERY = '{ viewer { username groups { nodes { name } } } }';
const USERS_QUERY = '{ users(first: 10) { nodes { username groups { nodes { name } } } } }';

/** A user's access token and username. */
export interface Bearer {
  readonly token: string;
  readonly username: string;
}

/** The users and groups of every benchmark database. Each user is in two groups. */
export const USERNAMES = Array.from({ length: 100 }, (_, index) => `user-${String(index).padStart(3, '0')}`);
export const GROUPS = Array.from({ length: 10 }, (_, index) => `group-${index}`);
export const groupsOf = (user: number): string[] => [GROUPS[user % 10]!, GROUPS[(user + 1) % 10]!];

const graphql = (query: string, token: string): string =>
  post('/graphql', 'application/json', JSON.stringify({ query }), { Authorization: `Bearer ${token}` });

/** Each request has the token of the next user. The response must be about this user, with two groups. */
export function viewerQueries(bearers: readonly Bearer[]): Workload {
  return alternating(
    bearers,
    ({ token }) => graphql(VIEWER_QUERY, token),
    (body, { username }) => {
      const { viewer } = JSON.parse(body).data;
      return viewer.username === username && viewer.groups.nodes.length === 2;
    },
  );
}

/** The first ten users, with two groups each. */
export function userQueries(bearers: readonly Bearer[]): Workload {
  return alternating(
    bearers,
    ({ token }) => graphql(USERS_QUERY, token),
    (body) => {
      const { nodes } = JSON.parse(body).data.users;
      return (
        nodes.length === 10 && nodes.every((user: { groups: { nodes: unknown[] } }) => user.groups.nodes.length === 2)
      );
    },
  );
}

/** The same data from a peer that has no GraphQL: `/users/…`. */
export function restRequests(bearers: readonly Bearer[], path: string, isCorrect: (body: string) => boolean): Workload {
  return alternating(bearers, ({ token }) => get(path, { Authorization: `Bearer ${token}` }), isCorrect);
}

function alternating(
  bearers: readonly Bearer[],
  request: (bearer: Bearer) => string,
  isCorrect: (body: string, bearer: Bearer) => boolean,
): Workload {
  const requests = bearers.map(request);
  const current: Bearer[] = [];
  let count = 0;
  return {
    next(connection) {
      const index = ++count % bearers.length;
      current[connection] = bearers[index]!;
      return requests[index];
    },
    accepts: (connection, status, body) => status === 200 && isCorrect(body, current[connection]!),
  };
}
