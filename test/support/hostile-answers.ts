import type { ServerResponse } from 'node:http'
import { isObject, type Json, type JsonObject } from '../../src/json.ts'
import type { Asked, Decide, Given } from './recorded-server.ts'

/** One way in which something answers like no Prefect server. */
export interface Hostile {
  readonly name: string
  /** Which requests are answered so. */
  readonly at: (asked: Asked) => boolean
  readonly give: (good: Json, asked: Asked) => Given
  /** The exit code of a command that makes such a request. */
  readonly exit: number
  /** What the error says. */
  readonly says: RegExp
  /** Settings for the command. */
  readonly env?: Readonly<Record<string, string>>
}

const isList = ({ path }: Asked) => path.endsWith('/filter')
const isCount = ({ path }: Asked) => path.endsWith('/count') && !path.startsWith('/flow_runs')
const of = (path: string) => (asked: Asked) => asked.path === path
const json = (value: Json) => (): Given => ({ json: value })
const text = (value: string, type?: string) => (): Given => ({ text: value, ...(type ? { type } : {}) })
/** The good list with its first object changed; an empty list gets an object. */
const first =
  (change: (row: JsonObject) => Json) =>
  (good: Json): Given => {
    const rows = Array.isArray(good) ? good : []
    return { json: [change(isObject(rows[0]) ? rows[0] : { name: 'x', value: 1 }), ...rows.slice(1)] }
  }

const notList: readonly [string, (good: Json) => Given, RegExp][] = [
  [
    'an object with an error',
    json({ error: 'session expired' }),
    /an object with error instead of a list.*session expired/,
  ],
  ['an empty object', json({}), /an object instead of a list/],
  ['null', json(null), /nothing instead of a list/],
  ['no body', text(''), /nothing instead of a list/],
  ['text', json('maintenance'), /text instead of a list/],
  ['a number', json(5), /5 instead of a list/],
  ['no JSON', text('upstream timed out', 'text/plain'), /is not JSON/],
  ['half of its JSON', text('[{"id":"1","name":"x"'), /was incomplete: its JSON ends early/],
  ['a login page', text('<!doctype html><title>Log in</title>', 'text/html'), /is a web page/],
  ['a list of numbers', json([1, 2]), /a number at \[0\] instead of an object/],
  ['a list of nothing', json([null]), /nothing at \[0\] instead of an object/],
  ['a list in a list', json([[]]), /a list at \[0\] instead of an object/],
  ['objects without IDs', first(({ id: _, ...row }) => row), /lacks "id"/],
  ['an ID that is a number', first((row) => ({ ...row, id: 7 })), /a number at \[0\]\.id/],
  ['an empty ID', first((row) => ({ ...row, id: '' })), /empty text at \[0\]\.id/],
  ['an object twice', (good) => ({ json: doubled(good) }), /two objects with the same ID|lacks|instead of/],
  ['three thousand levels', () => ({ text: `${'['.repeat(3000)}${']'.repeat(3000)}` }), /deeper than 1000 levels/],
]

function doubled(good: Json): Json {
  const [row] = Array.isArray(good) ? good : []
  return isObject(row) ? [row, row] : [{ id: 'a' }, { id: 'a' }]
}

const wrongCounts: readonly [string, Json, RegExp][] = [
  ['an object', { count: 3 }, /an object with count instead of a whole number/],
  ['null', null, /nothing instead of a whole number/],
  ['text', '12', /text instead of a whole number/],
  ['below zero', -1, /-1, which is not >= 0/],
  ['true', true, /true instead of a whole number/],
  ['half an object', 1.5, /1\.5 instead of a whole number/],
  ['1,000,000,000,000,000', 1_000_000_000_000_000, /which is not <= 100000000/],
  ['never reached', 99_999, /but the server counts 99999/],
  ['zero, with rows', 0, /but the server counts 0/],
  ['too low', 1, /but the server counts 1/],
]

/** A row with another ID for every object and every request: a list without end. */
function endless(): (good: Json, asked: Asked) => Given {
  return (good, { body }) => {
    const [row] = Array.isArray(good) ? good : []
    const rows = Array.from({ length: 200 }, (_, n) => ({
      ...(isObject(row) ? row : { name: 'x', value: 1 }),
      id: `e-${Number(body.offset ?? 0) + n}`,
    }))
    return { json: rows }
  }
}

/** Sends pieces of a list until the client hangs up. */
function drip(piece: string, everyMs: number): Given {
  return {
    send(response: ServerResponse) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('[')
      const more = () => {
        if (response.destroyed) return
        if (everyMs > 0) setTimeout(more, everyMs)
        if (response.write(piece) && everyMs === 0) setImmediate(more)
        else if (everyMs === 0) response.once('drain', more)
      }
      more()
    },
  }
}

/** Every way to answer a read wrongly that ends at once. */
export const hostileAnswers: readonly Hostile[] = [
  ...notList.map(([name, give, says]): Hostile => ({ name: `every list: ${name}`, at: isList, give, exit: 8, says })),
  ...['variables', 'automations', 'flows', 'block_schemas', 'deployments', 'v2/concurrency_limits'].map(
    (list): Hostile => ({
      name: `only ${list}: an error`,
      at: of(`/${list}/filter`),
      give: json({ error: 'no' }),
      exit: 8,
      says: new RegExp(`POST /${list}/filter failed with status 200`),
    }),
  ),
  ...wrongCounts.map(
    ([name, value, says]): Hostile => ({ name: `every count: ${name}`, at: isCount, give: json(value), exit: 8, says }),
  ),
  {
    name: 'a tag list with a number',
    at: of('/variables/filter'),
    give: first((row) => ({ ...row, tags: 5 })),
    exit: 8,
    says: /a number at \[0\]\.tags instead of a list or nothing/,
  },
  {
    name: 'a name that is an object',
    at: of('/flows/filter'),
    give: first((row) => ({ ...row, name: { first: 'x' } })),
    exit: 8,
    says: /an object at \[0\]\.name instead of text/,
  },
  {
    name: 'a block without the schema that says what is secret',
    at: of('/block_documents/filter'),
    give: first(({ block_schema: _, ...row }) => row),
    exit: 8,
    says: /lacks "block_schema"/,
  },
  {
    name: 'saved searches: the same page for ever',
    at: of('/saved_searches/filter'),
    give: (_, { body }) => ({ json: [{ id: 'a', name: 'x', filters: [] }], ...(body.offset ? {} : {}) }),
    exit: 8,
    says: /the same objects again after 1/,
  },
  {
    name: 'variables: new IDs for ever',
    at: of('/variables/filter'),
    give: endless(),
    exit: 8,
    says: /does not end|MiB|took more/,
  },
  {
    name: 'the default storage: a list',
    at: of('/admin/storage'),
    give: json([]),
    exit: 8,
    says: /a list instead of an object/,
  },
  {
    name: 'the default storage: an error',
    at: of('/admin/storage'),
    give: json({ detail: 'no' }),
    exit: 8,
    says: /lacks "default_result_storage_block_id"/,
  },
  { name: 'a CSRF token: an error', at: of('/csrf-token'), give: json({ error: 'no' }), exit: 8, says: /has no token/ },
  ...(['{}', 'null', '""', '5', '"3.8.8\\u001b[31m"', '"3.8.8\\n"', `"${'9'.repeat(500)}"`] as const).map(
    (version): Hostile => ({
      name: `the version: ${version.slice(0, 20)}`,
      at: of('/admin/version'),
      give: text(version),
      exit: 1,
      says: /not from the Prefect API/,
    }),
  ),
]

/** Those that need time: bodies that do not end. */
export const slowAnswers: readonly Hostile[] = [
  {
    name: 'variables: a byte every tenth of a second',
    at: of('/variables/filter'),
    give: () => drip(' ', 100),
    exit: 8,
    says: /took more than 5 s.*/,
    env: { PREFECT_API_REQUEST_TIMEOUT: '0.5' },
  },
  {
    name: 'every list: chunks without end',
    at: isList,
    give: () => drip(' '.repeat(1024 * 1024), 0),
    exit: 8,
    says: /has more than 134217728 bytes/,
  },
]

/** The answers of a server that is hostile in one way, and whether it was asked for them. */
export function hostile({ at, give }: Hostile): { readonly decide: Decide; readonly hits: () => number } {
  let hits = 0
  return {
    hits: () => hits,
    decide(asked, good) {
      if (!at(asked)) return undefined
      hits++
      return give(good, asked)
    },
  }
}
