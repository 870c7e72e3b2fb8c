import { type Page, pagedList, readPage } from '../../store/connection/keyset.ts';
import { type Sql, statement } from '../../store/connection/sql.ts';
import { ATTRIBUTE_NAMES, type AttributeName, type ClientMetadata, INITIAL, known, perAttribute } from './metadata.ts';

/** The fields of a client in the API, except its attributes. */
interface Registration {
  readonly id: string;
  readonly clientId: string;
  readonly disabled: boolean;
  readonly builtIn: boolean;
  readonly createdAt: Date;
  readonly approvedAt: Date | null;
  readonly ownerId: string | null;
}

/** A client as the API shows it. */
export type RegisteredClient = Registration & ClientMetadata;

type Row = Registration & { readonly [Name in AttributeName]: unknown };

/** The fields of a secret in the API. The secret itself is returned only when it is created. */
export interface RegisteredSecret {
  readonly id: string;
  readonly parent: string;
  readonly label: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** MikroORM's naming strategy: `clientUri` is `client_uri`. */
const columnOf = (property: string): string => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const PROPERTIES = ['id', 'clientId', 'disabled', 'builtIn', 'createdAt', 'approvedAt', 'ownerId', ...ATTRIBUTE_NAMES];
const CLIENT = PROPERTIES.map((property) => `c.${columnOf(property)} AS "${property}"`).join(', ');

const selectClients = statement<Row>(
  'find-registered-clients',
  `SELECT ${CLIENT} FROM clients c WHERE c.id = ANY($1::uuid[])`,
);

const selectByClientId = statement<Row>(
  'find-registered-client',
  `SELECT ${CLIENT} FROM clients c WHERE c.client_id = $1`,
);

const selectSecrets = statement<RegisteredSecret>(
  'find-registered-secrets',
  `SELECT s.id, s.client_id AS parent, s.label, s.created_at AS "createdAt", s.expires_at AS "expiresAt",
          s.last_used_at AS "lastUsedAt"
   FROM client_secrets s WHERE s.client_id = ANY($1::uuid[]) AND (s.expires_at IS NULL OR s.expires_at > $2)
   ORDER BY s.created_at, s.id`,
);

const allClients = pagedList<Row>(
  'list-clients',
  'c.created_at',
  'c.id',
  ({ window, cut }) => `SELECT ${CLIENT} FROM clients c WHERE ${window} ${cut}`,
);

const ownClients = pagedList<Row>(
  'list-own-clients',
  'c.created_at',
  'c.id',
  ({ window, cut }) => `SELECT ${CLIENT} FROM clients c WHERE c.owner_id = $6::uuid AND ${window} ${cut}`,
);

export const findRegisteredClients = async (sql: Sql, ids: readonly string[]): Promise<RegisteredClient[]> =>
  (await sql(selectClients, [ids])).map(toRegistered);

export async function findRegisteredClient(sql: Sql, clientId: string): Promise<RegisteredClient | undefined> {
  return (await sql(selectByClientId, [clientId])).map(toRegistered)[0];
}

/** The clients that the owner registered. Without an owner: all clients. */
export async function listClients(sql: Sql, page: Page, ownerId: string | undefined): Promise<RegisteredClient[]> {
  const rows = ownerId === undefined ? readPage(sql, allClients, page) : readPage(sql, ownClients, page, [ownerId]);
  return (await rows).map(toRegistered);
}

/** Omits values that only a newer version knows, because the API has no name for them. */
const toRegistered = (row: Row): RegisteredClient => ({
  ...row,
  ...perAttribute<ClientMetadata>((name) => known(name, row[name]) ?? INITIAL[name]),
});

/** The secrets of these clients that have not expired. */
export const listSecrets = (sql: Sql, clientIds: readonly string[], now: Date): Promise<RegisteredSecret[]> =>
  sql(selectSecrets, [clientIds, now]);
