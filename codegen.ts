import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents from schema.graphql, for whoever writes a client of this API; our own tests are the first. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: 'test/graphql/journey.graphql',
  generates: {
    'test/graphql/journey.generated.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        disableDescriptions: true,
        useTypeImports: true,
        enumType: 'string-literal',
        scalars: { DateTime: 'string', JSONObject: 'Record<string, unknown>', ID: 'string' },
      },
    },
  },
};

export default config;
