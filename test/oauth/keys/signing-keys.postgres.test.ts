import { describe, expect, it } from 'vitest';
import { emptyDatabase } from '../../support/database.ts';
import { jwksOf } from '../../support/id-tokens.ts';
import { startServer, type TestServer } from '../../support/server.ts';

describe('Five nodes that start at once on an empty database', () => {
  it('five nodes create each key once and publish the same keys', async () => {
    const home = await emptyDatabase();
    const nodes: TestServer[] = [];
    try {
      nodes.push(...(await Promise.all(Array.from({ length: 5 }, () => startServer({}, home)))));
      const sets = await Promise.all(nodes.map(jwksOf));
      expect(sets[0]?.keys).toHaveLength(3);
      for (const set of sets) expect(set).toEqual(sets[0]);
      const rows = await nodes[0]?.database.em().execute('SELECT algorithm, generation FROM signing_keys ORDER BY 1');
      expect(rows).toEqual([
        { algorithm: 'ES256', generation: 1 },
        { algorithm: 'EdDSA', generation: 1 },
        { algorithm: 'RS256', generation: 1 },
      ]);
    } finally {
      for (const node of nodes) await node.close();
      await home.remove();
    }
  });
});
