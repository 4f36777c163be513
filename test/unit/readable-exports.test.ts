import { expect, test } from 'vitest'
import type { Json } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Resource } from '../../src/model.ts'
import { readableOf } from '../../src/operations/readable-resources.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'

const scope = { include: ['**'], exclude: [], incomplete: [] }

function variable(levels: number, wrap: (value: Json) => Json): Resource {
  let value: Json = 1
  for (let level = 0; level < levels; level++) value = wrap(value)
  return { kind: 'variable', key: 'deep', refs: {}, spec: { value }, secrets: {} }
}

const wraps: readonly (readonly [string, (value: Json) => Json])[] = [
  ['lists', (value) => [value]],
  ['mappings', (value) => ({ a: value })],
]

// The document and its spec are two levels.
test.each(wraps)('%s nested as deeply as a file can be read are exported', (_, wrap) => {
  const { resources, issues } = readableOf([variable(198, wrap)], kinds)
  expect(issues).toEqual([])
  const text = formatSnapshot({ version: 1, scope, moved: [], resources })
  expect(parseSnapshot([{ file: 'a', text }], kinds).issues).toEqual([])
})

test.each(wraps)('%s nested more deeply are left out, and named', (_, wrap) => {
  for (const levels of [199, 200, 201, 3000]) {
    const { resources, issues, incomplete } = readableOf([variable(levels, wrap)], kinds)
    expect(resources).toEqual([])
    expect(incomplete).toEqual(['variable'])
    expect(issues).toMatchObject([{ code: 'left-out', severity: 'error', ref: 'variable/deep' }])
    expect(issues[0]?.message).toContain('nested more than 200 levels deep')
  }
})
