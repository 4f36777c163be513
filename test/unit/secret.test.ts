import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseJson, writeJson } from '../../src/json.ts'
import { Secret } from '../../src/secret.ts'

const value = 'hunter2-is-the-value'
const secret = new Secret(value)

describe('a secret is not visible', () => {
  const ways: Readonly<Record<string, () => unknown>> = {
    'in a template': () => `${secret}`,
    'as a string': () => String(secret),
    'joined in a list': () => [secret].join(),
    'added to text': () => `key: ${String(secret)}`,
    'in JSON': () => JSON.stringify({ secret, list: [secret] }),
    'in JSON without loss': () => writeJson({ secret } as never),
    inspected: () => inspect({ secret }, { showHidden: true, depth: 9, getters: true }),
    'inspected in a map': () => inspect(new Map([['secret', new Set([secret])]])),
    'formatted with %s, %o, %O, %j, %d': () => format('%s %o %O %j %d', secret, secret, secret, { secret }, secret),
    'formatted with nothing': () => format('text', secret, { secret }),
    spread: () => JSON.stringify({ ...secret }),
    'by its properties': () =>
      JSON.stringify([Object.entries(secret), Object.getOwnPropertyNames(secret), Reflect.ownKeys(secret)]),
    cloned: () => inspect(structuredClone(secret)),
    assigned: () => inspect(Object.assign({}, secret)),
    'in an error': () => inspect(new Error(`failed with ${secret}`, { cause: secret })),
  }
  it.each(Object.entries(ways))('%s', (_, show) => {
    expect(String(show())).not.toContain(value)
  })
})

describe('a secret', () => {
  it('reveals its value only explicitly', () => {
    expect(secret.reveal()).toBe(value)
  })

  it('compares with another secret', () => {
    expect(secret.equals(new Secret(value))).toBe(true)
    expect(secret.equals(new Secret('other'))).toBe(false)
    expect(new Secret(parseJson('{"a":5.0}')).equals(new Secret(parseJson('{"a":5.0}')))).toBe(true)
    expect(new Secret(parseJson('5.0')).equals(new Secret(5))).toBe(false)
  })
})
