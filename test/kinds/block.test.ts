import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/json.ts'
import type { Names } from '../../src/kind.ts'
import type { Api, Id } from '../../src/model.ts'
import { newest } from '../servers/versions.ts'
import { kindOf, recordedResource } from './recorded.ts'

const names: Names = {
  server: { url: 'http://one.test/api', version: '3.8.8' },
  refOf: () => undefined,
  refForField: () => undefined,
  raw: () => undefined,
  holderOf: () => undefined,
}

/** What becomes of the data of a block whose schema has these fields. */
function encoded(data: JsonObject, fields: JsonObject, links: JsonObject = {}) {
  const raw = {
    id: '1',
    name: 'b',
    data,
    block_document_references: links,
    block_schema: { fields },
    is_anonymous: false,
  }
  const { spec, secrets = {} } = kindOf('block').encode(raw, names)
  const values = Object.entries(secrets).map(([pointer, placeholder]): [string, Json] => [
    pointer,
    'plain' in placeholder ? placeholder.plain.reveal() : 'masked' in placeholder,
  ])
  return { data: spec.data, secrets: Object.fromEntries(values) }
}

describe('a block that is refused as a conflict', () => {
  const resource = { kind: 'block', key: 'secret/token', refs: {}, spec: {}, secrets: {} }
  const wanted = { resource, without: [], refs: {}, ids: {}, spec: { data: {} } }
  const creating = async (refusals: number) => {
    let left = refusals
    const bodies: Json[] = []
    const send: Api['send'] = async (_method, _path, body) => {
      bodies.push(body ?? null)
      if (left-- > 0) throw Object.assign(new Error('Data integrity conflict.'), { status: 409 })
      return { status: 201, body: { id: '1' } }
    }
    const api = { url: 'http://one.test/api', get: async () => null, query: async () => [], send }
    const made = kindOf('block').create({ api, server: names.server, idOf: () => '1' as Id }, wanted)
    return { made: await made.catch((error: unknown) => error), bodies }
  }

  test('is retried once, because the server may have been creating its encryption key', async () => {
    const { made, bodies } = await creating(1)
    expect(made).toEqual({ id: '1' })
    expect(bodies).toHaveLength(2)
    expect(bodies[1]).toEqual(bodies[0])
  })

  test('fails if it is refused again', async () => {
    const { made, bodies } = await creating(2)
    expect(made).toBeInstanceOf(Error)
    expect(bodies).toHaveLength(2)
  })
})

describe('the secrets of a block are', () => {
  test('fields at the top, whatever their type, but not null', () => {
    const fields = { secret_fields: ['a', 'b', 'c', 'd'] }
    expect(encoded({ a: 'x', b: { deep: [1] }, c: null, d: 0, e: 'open' }, fields)).toEqual({
      data: { c: null, e: 'open' },
      secrets: { '/data/a': 'x', '/data/b': { deep: [1] }, '/data/d': 0 },
    })
  })

  test('fields of objects, at any depth', () => {
    expect(
      encoded({ one: { two: { three: 'x', four: 'open' }, three: 'open' } }, { secret_fields: ['one.two.three'] }),
    ).toEqual({
      data: { one: { two: { four: 'open' }, three: 'open' } },
      secrets: { '/data/one/two/three': 'x' },
    })
  })

  test('everything below a wildcard, with keys of any form', () => {
    expect(encoded({ h: { 'x/y': 'a', '~': { z: 'b' }, n: null }, i: 'open' }, { secret_fields: ['h.*'] })).toEqual({
      data: { h: { n: null }, i: 'open' },
      secrets: { '/data/h/x~1y': 'a', '/data/h/~0': { z: 'b' } },
    })
  })

  test('fields of the objects in a list', () => {
    expect(
      encoded(
        { items: [{ password: 'a', user: 'u' }, { user: 'v' }, { password: 'b' }] },
        { secret_fields: ['items.password'] },
      ),
    ).toEqual({
      data: { items: [{ user: 'u' }, { user: 'v' }, {}] },
      secrets: { '/data/items/0/password': 'a', '/data/items/2/password': 'b' },
    })
  })

  test('those of an inline child, by its own type', () => {
    const definitions = { Login: { block_type_slug: 'login', secret_fields: ['password', 'more.*'] } }
    const login = (text: string) => ({ block_type_slug: 'login', user: 'u', password: text, more: { k: text } })
    expect(
      encoded({ one: login('a'), list: [login('b')], plain: { password: 'open' } }, { secret_fields: [], definitions }),
    ).toEqual({
      data: {
        one: { block_type_slug: 'login', user: 'u', more: {} },
        list: [{ block_type_slug: 'login', user: 'u', more: {} }],
        plain: { password: 'open' },
      },
      secrets: {
        '/data/one/password': 'a',
        '/data/one/more/k': 'a',
        '/data/list/0/password': 'b',
        '/data/list/0/more/k': 'b',
      },
    })
  })

  test('not those of a linked block', () => {
    const fields = { secret_fields: ['login.password'] }
    const links = { login: { block_document: { id: 'b10c', name: 'l' } } }
    expect(encoded({ login: { user: 'u', password: 'a' } }, fields, links)).toEqual({
      data: { login: { $ref: { block_document_id: 'b10c' } } },
      secrets: {},
    })
  })

  test("never the server's mask", () => {
    expect(encoded({ a: '********' }, { secret_fields: ['a'] })).toEqual({ data: {}, secrets: { '/data/a': true } })
  })
})

test('an anonymous block is named after its owner', async () => {
  const held = await recordedResource(
    newest,
    'block/local-file-system/(deployment%2Flegacy%2Fanonymous%2Fstorage_document_id)',
  )
  expect(held.spec).toEqual({ data: { basepath: '/srv/anonymous' }, is_anonymous: true })
  const raw = { id: '1', name: 'anonymous-1', is_anonymous: true, block_type: { slug: 'secret' } }
  expect(kindOf('block').key(raw, names)).toBeUndefined()
})
