import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/json.ts'
import type { Field, Kind } from '../../src/kind.ts'
import type { Candidate } from '../../src/live/candidate.ts'
import { mostSimilar } from '../../src/live/most-similar.ts'
import type { Resource } from '../../src/model.ts'
import { toyKinds } from '../support/toy-kinds.ts'

const kind = toyKinds.find(({ name }) => name === 'a') as Kind

const item = (n: number) => `item ${n}`
/** A resource whose tags are mostly its own. */
const resource = (key: string, n: number, last: number): Resource => ({
  kind: 'a',
  key,
  refs: {},
  spec: { tags: ['common', ...Array.from({ length: 50 }, (_, at) => `${item(n)} ${at}`), item(last)] },
  secrets: {},
})

const count = 120
const candidates = Array.from(
  { length: count },
  (_, n): Candidate => ({ id: String(n), resource: resource('x', n, n) }),
)
/** Every one changed, and in another order. */
const wanted = Array.from({ length: count }, (_, n) => resource(`x#${count - 1 - n}`, count - 1 - n, n + count))
const keysOf = (sure: ReadonlyMap<Candidate, Resource>) =>
  [...sure].map(([{ id }, { key }]) => [`x#${id}`, key] as const)

describe('many changed resources of one name', () => {
  it('are matched by the values that few of them have, without comparing each with each', () => {
    let compared = 0
    const compare = (value: Json) => {
      compared++
      return value
    }
    const counted: Kind = { ...kind, fields: { ...kind.fields, tags: { ...kind.fields.tags, compare } as Field } }
    const { sure, unsure } = mostSimilar(counted, wanted, candidates)
    expect(unsure).toEqual([])
    expect(keysOf(sure).filter(([own, key]) => own !== key)).toEqual([])
    expect(sure.size).toBe(count)
    expect(compared).toBeLessThan(10 * count)
  })

  it('are matched where one candidate alone is the most similar, if there are more candidates', () => {
    const { sure, unsure } = mostSimilar(kind, wanted.slice(0, -1), candidates)
    expect([unsure, sure.size]).toEqual([[], count - 1])
    expect(keysOf(sure).filter(([own, key]) => own !== key)).toEqual([])
  })

  it('are unsure if candidates are equally similar, or none is similar, and there are more of them', () => {
    const twins = [...candidates, { id: 'twin', resource: resource('x', 0, 0) }]
    expect(mostSimilar(kind, wanted, twins).unsure.map(({ key }) => key)).toEqual(['x#0'])
    const strange = [...wanted.slice(0, -2), resource('x#strange', 5000, 5000)]
    expect(mostSimilar(kind, strange, candidates).unsure.map(({ key }) => key)).toEqual(['x#strange'])
  })

  it('are matched in order where nothing tells them apart, if there are as many candidates', () => {
    const same = candidates.map(({ id }) => ({ id, resource: resource('x', 0, 0) }))
    const edited = same.map(({ id }) => resource(`x#${id}`, 0, 1))
    const { sure, unsure } = mostSimilar(kind, edited, same)
    expect([unsure, new Set(sure.values()).size]).toEqual([[], count])
  })
})
