import type { CodegenConfig } from '@graphql-codegen/cli';

const plugins = ['typescript-operations', 'typed-document-node'];

/** Generates typed documents from schema.graphql for the tests, as a developer of a client would. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  config: {
    disableDescriptions: true,
    useTypeImports: true,
    enumType: 'string-literal',
    scalars: { DateTime: 'string', JSONObject: 'Record<string, unknown>', ID: 'string' },
  },
  generates: {
    'test/graphql/journey.generated.ts': { documents: 'test/graphql/journey.graphql', plugins },
    'test/graphql/client-journey.generated.ts': { documents: 'test/graphql/client-journey.graphql', plugins },
  },
};

export default config;
