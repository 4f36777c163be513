import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/json.ts'
import { findBlockSecrets } from '../../src/kinds/block/block-secrets.ts'

const password = { type: 'string', format: 'password', writeOnly: true }
const definitions = {
  Cred: { type: 'object', properties: { user: { type: 'string' }, token: password } },
  Camel: { type: 'object', properties: { userName: { type: 'string' }, apiToken: password } },
  Key: { type: 'object', properties: { kind: { const: 'key' }, key: password } },
  Login: {
    type: 'object',
    properties: { kind: { const: 'login' }, inner: { anyOf: [{ $ref: '#/definitions/Cred' }, { type: 'null' }] } },
  },
  Child: { block_type_slug: 'child', secret_fields: ['tok'], properties: { childTok: password }, type: 'object' },
  RootSecret: password,
  RootList: { type: 'array', items: { $ref: '#/definitions/Cred' } },
}
const cred = (token: string) => ({ user: 'me', token })
const found = (paths: readonly string[], properties: JsonObject, data: JsonObject) => {
  const fields = { type: 'object', properties, secret_fields: paths, definitions }
  const { secrets, guesses } = findBlockSecrets(data, fields)
  return { secrets: [...secrets.keys()].sort(), guesses: guesses.map(({ path }) => path) }
}

describe('a declared secret is found', () => {
  const either = { oneOf: [{ $ref: '#/definitions/Key' }, { $ref: '#/definitions/Login' }] }
  test.each<readonly [string, readonly string[], JsonObject, JsonObject, readonly string[]]>([
    [
      'under an alias',
      ['token'],
      { apiToken: password, n: { type: 'integer' } },
      { apiToken: 's', n: 1 },
      ['/apiToken'],
    ],
    [
      'in a model with generated aliases',
      ['c.api_token'],
      { c: { $ref: '#/definitions/Camel' } },
      { c: { userName: 'u', apiToken: 's' } },
      ['/c/apiToken'],
    ],
    [
      'in a dictionary of models',
      ['d.token'],
      { d: { type: 'object' } },
      { d: { a: cred('s'), b: cred('t') } },
      ['/d/a/token', '/d/b/token'],
    ],
    [
      'in a dictionary of lists of models',
      ['d.token'],
      { d: { type: 'object' } },
      { d: { a: [cred('s'), cred('t')] } },
      ['/d/a/0/token', '/d/a/1/token'],
    ],
    [
      'in a dictionary of dictionaries',
      ['d.token'],
      { d: { type: 'object' } },
      { d: { a: { b: cred('s') } } },
      ['/d/a/b/token'],
    ],
    [
      'in an optional dictionary of optional models',
      ['d.token'],
      { d: { anyOf: [{ type: 'object' }, { type: 'null' }] } },
      { d: { a: cred('s'), b: null } },
      ['/d/a/token'],
    ],
    ['in a root model', ['r.root'], { r: { $ref: '#/definitions/RootSecret' } }, { r: 's' }, ['/r']],
    ['in a root model of a dictionary', ['r.root'], { r: { type: 'object' } }, { r: { a: 's' } }, ['/r']],
    [
      'in a root model of a list',
      ['r.root.token'],
      { r: { $ref: '#/definitions/RootList' } },
      { r: [cred('s')] },
      ['/r/0/token'],
    ],
    [
      'in a discriminated union',
      ['u.key', 'u.inner.token'],
      { u: either },
      { u: { kind: 'login', inner: cred('s') } },
      ['/u/inner/token'],
    ],
    [
      'in a list of unions',
      ['l.key', 'l.inner.token'],
      { l: { type: 'array', items: either } },
      {
        l: [
          { kind: 'key', key: 's' },
          { kind: 'login', inner: cred('t') },
        ],
      },
      ['/l/0/key', '/l/1/inner/token'],
    ],
    [
      'in a block inside a dictionary',
      ['kids.tok'],
      { kids: { type: 'object' } },
      { kids: { a: { childTok: 's', block_type_slug: 'child' } } },
      ['/kids/a/childTok'],
    ],
    ['in a dictionary under a key with a dot', ['h.*'], { h: { type: 'object' } }, { h: { 'a.b': 's' } }, ['/h/a.b']],
    ['by the schema alone', [], { a: { type: 'array', items: password } }, { a: ['s'] }, ['/a/0']],
    [
      'through allOf and a tuple',
      [],
      { a: { allOf: [{ prefixItems: [{ type: 'string' }, password] }] } },
      { a: ['x', 's'] },
      ['/a/1'],
    ],
  ])('%s', (_, paths, properties, data, secrets) => {
    expect(found(paths, properties, data)).toEqual({ secrets, guesses: [] })
  })
})

describe('a declared secret without a match', () => {
  test.each<readonly [string, readonly string[], JsonObject, JsonObject, readonly string[]]>([
    [
      'means the values that the schema does not describe',
      ['token'],
      { token: password, n: { type: 'integer' } },
      { serToken: 's', n: 1 },
      ['/serToken'],
    ],
    [
      'means a dictionary under an alias',
      ['h.*'],
      { httpHeaders: { type: 'object' }, host: { type: 'string' } },
      { httpHeaders: { k: 's' }, host: 'h' },
      ['/httpHeaders/k'],
    ],
    [
      'means the values of its last name',
      ['c.token'],
      { creds: { type: 'object' } },
      { creds: { a: cred('s') } },
      ['/creds/a/token'],
    ],
    ['means any value where the schema shows no password', ['pin'], { p: { type: 'integer' } }, { p: 1234 }, ['/p']],
  ])('%s', (_, paths, properties, data, secrets) => {
    expect(found(paths, properties, data)).toEqual({ secrets, guesses: paths })
  })

  test.each<readonly [string, readonly string[], JsonObject, JsonObject]>([
    ['that is not set means nothing', ['token'], { token: password, opts: { type: 'object' } }, { opts: { a: 1 } }],
    ['that is null means nothing', ['token'], { token: password }, { token: null }],
    [
      'in another alternative of a union means nothing',
      ['u.key'],
      { u: { oneOf: [{ $ref: '#/definitions/Key' }, { $ref: '#/definitions/Login' }] } },
      { u: { kind: 'login', inner: null } },
    ],
  ])('%s', (_, paths, properties, data) => {
    expect(found(paths, properties, data)).toEqual({ secrets: [], guesses: [] })
  })
})

test('values keep their types', () => {
  const { secrets } = findBlockSecrets({ a: [1, true] as Json }, { secret_fields: ['a'] })
  expect(secrets.get('/a')).toEqual([1, true])
})

describe('a schema that refers to itself', () => {
  const node = {
    type: 'object',
    properties: {
      token: password,
      next: { $ref: '#/definitions/Node' },
      children: { type: 'array', items: { $ref: '#/definitions/Node' } },
      named: { type: 'object', additionalProperties: { $ref: '#/definitions/Node' } },
    },
  }
  const fieldsOf = (more: JsonObject): JsonObject => ({
    type: 'object',
    properties: { tree: { $ref: '#/definitions/Node' } },
    definitions: { Node: node },
    ...more,
  })
  const deep = (levels: number): JsonObject =>
    levels === 0
      ? { token: 's' }
      : { token: 's', next: deep(levels - 1), children: [{ token: 's' }], named: { a: { token: 's' } } }

  test('has its secrets found at every depth', () => {
    const { secrets, guesses } = findBlockSecrets({ tree: deep(50) }, fieldsOf({}))
    expect([secrets.size, guesses]).toEqual([151, []])
    const declared = fieldsOf({ secret_fields: ['tree.token', 'tree.next.token', 'tree.children.*.token'] })
    expect(findBlockSecrets({ tree: deep(50) }, declared).secrets.size).toBe(151)
  })

  test.each<[string, JsonObject]>([
    ['to its own root', { properties: { token: password, next: { $ref: '#' } } }],
    [
      'through a definition of itself',
      {
        properties: { next: { $ref: '#/definitions/A' } },
        definitions: { A: { allOf: [{ $ref: '#/definitions/A' }], properties: { token: password } } },
      },
    ],
    [
      'in a circle',
      {
        properties: { next: { $ref: '#/definitions/A' } },
        definitions: {
          A: { anyOf: [{ $ref: '#/definitions/B' }] },
          B: { oneOf: [{ $ref: '#/definitions/A' }, { properties: { token: password } }] },
        },
      },
    ],
    [
      'in a list of itself',
      {
        properties: { next: { $ref: '#/definitions/L' } },
        definitions: {
          L: { anyOf: [{ type: 'array', items: { $ref: '#/definitions/L' } }, { properties: { token: password } }] },
        },
      },
    ],
  ])('%s', (_, fields) => {
    expect([...findBlockSecrets({ next: { token: 's' } }, fields).secrets.keys()]).toEqual(['/next/token'])
  })

  test('and leads nowhere, is no endless search', () => {
    const fields = {
      properties: { next: { $ref: '#/definitions/A' } },
      definitions: { A: { $ref: '#/definitions/A' } },
    }
    expect(findBlockSecrets({ next: { a: [1, { b: 2 }] } }, fields).secrets.size).toBe(0)
  })
})
