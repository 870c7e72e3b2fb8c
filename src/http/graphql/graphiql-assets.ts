import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** A file under /graphiql/. Files with a hash in their name are cached forever; browsers revalidate the others. */
export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly immutable: boolean;
  /** Compressed at the first request for the encoding and then cached: GraphiQL is 5 MB of script. */
  encoded(encoding: Encoding): Promise<Buffer>;
}

export type Encoding = 'br' | 'gzip' | 'identity';

export interface GraphiqlAssets {
  readonly byName: ReadonlyMap<string, Asset>;
  /** The URLs of GraphiQL's files. */
  readonly urls: Readonly<Record<'script' | 'style' | 'editorWorker' | 'jsonWorker' | 'graphqlWorker', string>>;
}

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** Our own scripts and styles. Browsers get them unchanged: there is no build step. */
const OWN_FILES = {
  'console.js': SCRIPT,
  'bar.js': SCRIPT,
  'access.js': SCRIPT,
  'editor.js': SCRIPT,
  'operations.js': SCRIPT,
  'confirm-mutation.js': SCRIPT,
  'curl.js': SCRIPT,
  'event-stream.js': SCRIPT,
  'session.js': SCRIPT,
  'sign-in.js': SCRIPT,
  'fetcher.js': SCRIPT,
  'default-tabs.js': SCRIPT,
  'callback.js': SCRIPT,
  'console.css': STYLE,
};

let loading: Promise<GraphiqlAssets> | undefined;

/** Loads the files at the first request, so that servers without GraphiQL users do not keep 9 MB in memory. */
export function graphiqlAssets(): Promise<GraphiqlAssets> {
  loading ??= load();
  return loading;
}

async function load(): Promise<GraphiqlAssets> {
  const graphiql = await import('@graphql-yoga/render-graphiql/graphiql');
  const byName = new Map<string, Asset>();
  const add = (stem: string, extension: string, type: string, text: string): string => {
    const content = Buffer.from(text);
    const name = `${stem}.${hash(content)}.${extension}`;
    byName.set(name, asset(content, type, true));
    return `/graphiql/${name}`;
  };
  const urls = {
    script: add('graphiql', 'js', SCRIPT, graphiql.js),
    style: add('graphiql', 'css', STYLE, graphiql.css),
    editorWorker: add('editor-worker', 'js', SCRIPT, graphiql.editorWorkerService),
    jsonWorker: add('json-worker', 'js', SCRIPT, graphiql.jsonWorker),
    graphqlWorker: add('graphql-worker', 'js', SCRIPT, graphiql.graphqlWorker),
  };
  for (const [name, type] of Object.entries(OWN_FILES))
    byName.set(name, asset(await readFile(new URL(`./graphiql/${name}`, import.meta.url)), type, false));
  return { byName, urls };
}

const hash = (content: Buffer): string => createHash('sha256').update(content).digest('hex').slice(0, 16);

function asset(content: Buffer, type: string, immutable: boolean): Asset {
  const compressed = new Map<Encoding, Promise<Buffer>>();
  return {
    type,
    etag: `"${hash(content)}"`,
    immutable,
    encoded(encoding) {
      const result = compressed.get(encoding) ?? compress(content, encoding);
      compressed.set(encoding, result);
      return result;
    },
  };
}

function compress(content: Buffer, encoding: Encoding): Promise<Buffer> {
  // The first visitor waits for the compression. Quality 5 is four times as fast as the best one, and at most 10 % larger.
  if (encoding === 'br') return promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  if (encoding === 'gzip') return promisify(gzip)(content);
  return Promise.resolve(content);
}
