import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/json.ts'
import type { Names } from '../../src/kind.ts'
import { block } from '../../src/kinds/block.ts'
import { secretPaths } from '../../src/kinds/block-schema.ts'

const names: Names = {
  server: { url: 'http://one.test/api', version: '3.8.8' },
  refOf: () => undefined,
  slot: (kind) => `${kind}/x`,
  raw: () => undefined,
  holderOf: () => undefined,
}

/** What is left in clear of a block's data, and what became a secret. */
function encoded(fields: JsonObject, data: JsonObject, references: JsonObject = {}) {
  const schema = { fields }
  const raw = { data, block_schema: schema, block_document_references: references, is_anonymous: false }
  const { spec, secrets = {} } = block.encode(raw, names)
  const values = Object.entries(secrets).map(([pointer, hole]) => [
    pointer,
    'plain' in hole ? hole.plain.reveal() : '(masked)',
  ])
  return { data: spec.data, secrets: Object.fromEntries(values) as Record<string, Json> }
}

test('the paths of a schema, and of the types that may stand inline', () => {
  const child = { title: 'Child', block_type_slug: 'child', secret_fields: ['token', 'deep.er'] }
  const { own, ofType } = secretPaths({
    secret_fields: ['a', 'h.*'],
    definitions: { Child: child, Mode: { enum: [] } },
  })
  expect(own).toEqual([['a'], ['h', '*']])
  expect([...ofType]).toEqual([['child', [['token'], ['deep', 'er']]]])
  expect(secretPaths({})).toEqual({ own: [], ofType: new Map() })
})

test('top, nested and wildcard fields, whatever the JSON type of the value', () => {
  const fields = { secret_fields: ['top', 'deep.token', 'h.*', 'value', 'absent.x'] }
  const data = {
    top: 't',
    deep: { token: 1.5, name: 'n' },
    h: { a: 'x', 'b/c': { d: 1 } },
    value: [1, { a: 2 }],
    open: 'o',
  }
  expect(encoded(fields, data)).toEqual({
    data: { deep: { name: 'n' }, h: {}, open: 'o' },
    secrets: {
      '/data/top': 't',
      '/data/deep/token': 1.5,
      '/data/h/a': 'x',
      '/data/h/b~1c': { d: 1 },
      '/data/value': [1, { a: 2 }],
    },
  })
})

test('a null is no secret, an empty text and a false are', () => {
  expect(encoded({ secret_fields: ['a', 'b', 'c'] }, { a: null, b: '', c: false })).toEqual({
    data: { a: null },
    secrets: { '/data/b': '', '/data/c': false },
  })
})

test('what the server masks is no value', () => {
  expect(encoded({ secret_fields: ['a'] }, { a: '********' }).secrets).toEqual({ '/data/a': '(masked)' })
})

test('items of a list have the secret fields of what they are', () => {
  expect(encoded({ secret_fields: ['list.token'] }, { list: [{ token: 'a', n: 1 }, { token: 'b' }] })).toEqual({
    data: { list: [{ n: 1 }, {}] },
    secrets: { '/data/list/0/token': 'a', '/data/list/1/token': 'b' },
  })
})

test('a child that stands inline has the secrets of its type, at any depth; one that is linked has none here', () => {
  const child = { title: 'Child', block_type_slug: 'child', secret_fields: ['token'] }
  const inline = { block_type_slug: 'child', token: 's', n: 1 }
  const data = { one: inline, deep: { two: inline }, linked: { token: 'of the other', n: 2 } }
  const links = { linked: { block_document: { id: '3fa85f64-5717-4562-b3fc-2c963f66afa6' } } }
  const found = encoded({ secret_fields: ['linked.token'], definitions: { Child: child } }, data, links)
  const open = { block_type_slug: 'child', n: 1 }
  expect(found.secrets).toEqual({ '/data/one/token': 's', '/data/deep/two/token': 's' })
  expect(found.data).toEqual({
    one: open,
    deep: { two: open },
    linked: { $ref: { block_document_id: '3fa85f64-5717-4562-b3fc-2c963f66afa6' } },
  })
})
