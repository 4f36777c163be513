import { setImmediate, setTimeout } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/json.ts'
import type { Field, Kind } from '../../src/kind.ts'
import { disambiguate } from '../../src/live/disambiguate.ts'
import { readLive } from '../../src/live/read-live.ts'
import type { Event, Ref, Resource } from '../../src/model.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { nameInKey, refOf } from '../../src/ref.ts'
import { FakeSystem } from '../support/fake-system.ts'
import { runs } from '../support/property-runs.ts'
import { secretValues } from '../support/secret-values.ts'
import { a, b, c, resource, server, snapshot, toyKinds } from '../support/toy-kinds.ts'

const kind: Kind = { ...a, ambiguous: true }
const candidate = (id: string, name: string, count: number) => ({
  id,
  resource: resource(`a/${name}`, { spec: { count } }),
})
const keysOf = (found: readonly ReturnType<typeof candidate>[], wanted?: readonly Resource[]) =>
  disambiguate(kind, found, wanted).keys

describe('resources with the same name', () => {
  const found = [candidate('i1', 'x', 1), candidate('i2', 'x', 2), candidate('i3', 'y', 1)]

  it('get keys by their content, and a single one is called by its name', () => {
    const keys = keysOf(found)
    expect(keys.get('i3')).toBe('y')
    for (const id of ['i1', 'i2']) expect(keys.get(id)).toMatch(/^x#[0-9a-f]{8}$/)
    expect(keys.get('i1')).not.toBe(keys.get('i2'))
  })

  it('get the same keys whatever their order and other changes', () => {
    const keys = keysOf(found)
    expect(keysOf(found.toReversed())).toEqual(new Map([...keys].toReversed()))
    const changed = keysOf([candidate('i1', 'x', 1), candidate('i2', 'x', 7), candidate('i4', 'x', 9)])
    expect(changed.get('i1')).toBe(keys.get('i1'))
    expect(changed.get('i2')).not.toBe(keys.get('i2'))
  })

  it('with the same content get different keys', () => {
    const keys = [...keysOf([candidate('i1', 'x', 1), candidate('i2', 'x', 1), candidate('i3', 'x', 1)]).values()]
    expect(new Set(keys).size).toBe(3)
    for (const key of keys) expect(nameInKey(key)).toBe('x')
  })

  it('keep a name that looks like a key', () => {
    for (const key of keysOf([candidate('i1', 'x#12345678', 1), candidate('i2', 'x', 1)]).values())
      expect(['x', 'x#12345678']).toContain(nameInKey(key))
    const keys = keysOf([candidate('i1', 'x#12345678', 1)])
    expect(nameInKey(keys.get('i1') ?? '')).toBe('x#12345678')
    const both = keysOf([candidate('i1', 'x#12345678', 1), candidate('i2', 'x', 1)])
    expect(nameInKey(both.get('i1') ?? '')).toBe('x#12345678')
    expect(both.get('i2')).toBe('x')
  })

  it('get the keys of the snapshot: equal content first, then the most similar', () => {
    const keys = keysOf(found)
    const [one, two] = [keys.get('i1') ?? '', keys.get('i2') ?? '']
    const wanted = [resource(`a/${one}`, { spec: { count: 2 } }), resource(`a/${two}`, { spec: { count: 5 } })]
    const paired = keysOf(found, wanted)
    expect([paired.get('i2'), paired.get('i1')]).toEqual([one, two])
  })

  it('that are equally similar are reported as ambiguous, and keep their own keys', () => {
    const wanted = resource('a/x', { spec: { count: 5 } })
    const assigned = disambiguate(kind, found, [wanted])
    expect(assigned.unsure).toEqual(['x'])
    for (const id of ['i1', 'i2']) expect(assigned.keys.get(id)).toMatch(/^x#/)
    // All are wanted: whichever is which, none is left to be lost.
    const both = disambiguate(kind, found, [wanted, resource('a/x#00000001', { spec: { count: 6 } })])
    expect([both.unsure, new Set(both.keys.values())]).toEqual([[], new Set(['x', 'x#00000001', 'y'])])
    // The key says which one it was.
    const key = keysOf(found).get('i2') ?? ''
    expect(disambiguate(kind, found, [resource(`a/${key}`, { spec: { count: 5 } })]).keys.get('i2')).toBe(key)
    // One is more alike than the other.
    const near = { id: 'i1', resource: resource('a/x', { spec: { count: 1, text: 'other' } }) }
    expect(disambiguate(kind, [near, ...found.slice(1)], [wanted]).keys.get('i2')).toBe('x')
  })

  it('get a key of the snapshot for one, and keys of their own for the others', () => {
    const paired = keysOf(found, [resource('a/x', { spec: { count: 2 } })])
    expect(paired.get('i2')).toBe('x')
    expect(paired.get('i1')).toMatch(/^x#/)
  })

  it('are compared with each other only if content and keys do not identify them', () => {
    let compared = 0
    const compare = (value: Json) => {
      compared++
      return value
    }
    const counted: Kind = { ...kind, fields: { ...kind.fields, count: { ...a.fields.count, compare } as Field } }
    const many = Array.from({ length: 3000 }, (_, n) => candidate(`i${n}`, 'x', n))
    const first = disambiguate(counted, many).keys
    const wanted = many.map(({ id, resource }) => ({ ...resource, key: first.get(id) ?? '' }))
    const edited = wanted.map((one, n) => (n % 2 === 0 ? { ...one, spec: { ...one.spec, text: 'new' } } : one))
    expect(disambiguate(counted, many, edited).keys).toEqual(first)
    const replaced = wanted.map((one) => ({ ...one, key: 'x#00000000', spec: { count: -1 } }))
    disambiguate(
      counted,
      many,
      replaced.map((one, n) => ({ ...one, key: `x#${String(n).padStart(8, '0')}` })),
    )
    expect(compared).toBeLessThan(2 * 3000)
  })

  it('that change are updated, not created again', async () => {
    const system = new FakeSystem()
    system.put('a', 'x', { count: 1 })
    system.objects.set('second', { id: 'second', of: 'a', name: 'x', count: 2 })
    const kinds = [kind, b, c]
    const before = await readLive(system, server, kinds, {})
    const resources = [...before.resources.values()].map(({ kind, key, refs, spec, secrets }) => ({
      kind,
      key,
      refs,
      spec,
      secrets,
    }))
    const wanted = snapshot(
      ...resources.map((one) => (one.spec.count === 2 ? { ...one, spec: { count: 2, text: 'new' } } : one)),
    )
    const again = await readLive(system, server, kinds, { wanted: wanted.resources })
    const { changes, unchanged } = makePlan(wanted, again, kinds, { secretValues: secretValues(() => true) })
    expect(changes).toMatchObject([{ action: 'update', before: { id: 'second' }, fields: [{ pointer: '/spec/text' }] }])
    expect(unchanged).toHaveLength(1)
  })
})

describe('reading a server', () => {
  const world = () => {
    const system = new FakeSystem()
    const one = system.put('a', 'one', { count: 5, text: '' })
    const two = system.put('b', 'two', { a: one, link: { [`key ${one}`]: [`is ${one}`, '<ref: text'] }, later: null })
    return { system, one, two }
  }

  it('returns no IDs in values, only in the field for it', async () => {
    const { system, one, two } = world()
    const { resources, complete, issues } = await readLive(system, server, toyKinds, {})
    expect([...resources.keys()]).toEqual(['a/one', 'b/two'])
    expect(resources.get('a/one')).toMatchObject({ id: one, spec: { count: 5 } })
    expect(resources.get('b/two')).toMatchObject({
      id: two,
      refs: { a: 'a/one' },
      spec: { link: { 'key <ref:a/one>': ['is <ref:a/one>', '<<ref: text'] } },
    })
    for (const { id: _, ...resource } of resources.values())
      expect(JSON.stringify(resource)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
    expect([complete.size, issues]).toEqual([3, []])
  })

  it('is limited to the wanted resources, and then no kind is complete', async () => {
    const { system } = world()
    const { resources, complete } = await readLive(system, server, toyKinds, { wanted: [resource('a/one')] })
    expect([...resources.keys()]).toEqual(['a/one'])
    expect(complete.size).toBe(0)
    expect(system.reads).toEqual(['/a/filter'])
    expect(
      (await readLive(system, server, toyKinds, { wanted: [resource('a/one')], everything: true })).complete.size,
    ).toBe(3)
  })

  it("shares equal values in memory, and keeps the server's value otherwise", async () => {
    const system = new FakeSystem()
    system.put('a', 'x', { any: { deep: [1] }, tags: ['p', 'q'] })
    const wanted = resource('a/x', { spec: { any: { deep: [1] }, tags: ['q', 'p'] } })
    const live = (await readLive(system, server, toyKinds, { wanted: [wanted] })).resources.get('a/x')
    expect(live?.spec).toEqual({ any: { deep: [1] }, tags: ['p', 'q'] })
    expect(live?.spec.any).toBe(wanted.spec.any)
  })

  it('sends no write requests, and emits events', async () => {
    const { system } = world()
    const events: Event[] = []
    await readLive(system, server, toyKinds, { on: (event) => events.push(event) })
    expect(system.sent).toEqual([])
    expect(events).toMatchObject([
      { type: 'read', kind: 'a', count: 1 },
      { kind: 'b', count: 1 },
      { kind: 'c', count: 0 },
    ])
  })

  it('reports unknown IDs where one is expected', async () => {
    const system = new FakeSystem()
    system.put('c', 'x', {
      link: { a_id: '0000000a-aaaa-4bbb-8ccc-000000000001', note: '0000000a-aaaa-4bbb-8ccc-000000000001' },
    })
    const { issues } = await readLive(system, server, toyKinds, {})
    expect(issues).toMatchObject([
      { code: 'unresolved-id', severity: 'warning', ref: 'c/x', pointer: '/spec/link/a_id' },
    ])
  })

  it('does not request kinds that an older server does not support', async () => {
    const { system } = world()
    const { complete } = await readLive(system, { ...server, version: '3.4.14' }, [a, { ...b, since: '3.5.0' }, c], {})
    expect(system.reads).toEqual(['/a/filter', '/c/filter'])
    expect([...complete]).toEqual(['a', 'c'])
  })

  it('does not depend on the order of arrival, and passes on each resource once', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `0000000a-aaaa-4bbb-8ccc-${String(n).padStart(12, '0')}`)
    const raws = ids.map((id, n): JsonObject => {
      const other = ids[(n * 7 + 1) % 60] ?? id
      const of = ['a', 'b', 'c'][n % 3] ?? 'a'
      // Of `a` for all `b`; some point to what nobody has.
      const owner = ids[((n * 3) % 20) * 3] ?? id
      const name = of === 'c' ? `n${n % 2}` : `n${n}`
      return { id, of, name, a: owner, to: n % 11 === 0 ? 'gone' : other, link: [`see ${other}`], count: 1 }
    })
    const listed = (of: string) => raws.filter((raw) => raw.of === of)
    // Those of one name are told apart by what they point to.
    const plain = [a, b, { ...c, ambiguous: true as const }]
    const letGo = plain.map((kind): Kind => ({ ...kind, dropAfterEncode: true }))
    const read = async (all: readonly Kind[], list: Kind['list'], early?: (one: Resource) => void) => {
      const kinds = all.map((kind): Kind => ({ ...kind, list: (...args) => list.call(kind, ...args) }))
      return readLive(new FakeSystem(), server, kinds, early ? { early } : {})
    }
    const complete = await read(plain, async function (this: Kind) {
      return listed(this.name)
    })
    expect(complete.resources.size).toBe(60)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.infiniteStream(fc.nat(6)), async (size, waits) => {
        const passedOn: Ref[] = []
        const paged = await read(
          letGo,
          async function (this: Kind, _reader, _server, _wanted, onPage) {
            const all = listed(this.name)
            for (let from = 0; from < all.length; from += size) {
              for (let turns = waits.next().value; turns > 0; turns--) await setImmediate()
              // Somebody writes meanwhile: the last object of a page comes again with the next one.
              onPage?.(all.slice(Math.max(0, from - 1), from + size))
            }
            return []
          },
          (one) => passedOn.push(refOf(one)),
        )
        expect([...paged.resources]).toEqual([...complete.resources])
        expect(new Set(passedOn).size).toBe(passedOn.length)
        expect(passedOn.length).toBeGreaterThan(0)
      }),
      { numRuns: runs(50) },
    )
  })

  it('omits objects that were deleted while their list was read, and references to them', async () => {
    const [kept, gone] = ['0000000a-aaaa-4bbb-8ccc-000000000001', '0000000a-aaaa-4bbb-8ccc-000000000002']
    const many: Kind = {
      ...a,
      many: true,
      async list(_reader, _server, _wanted, onPage) {
        onPage?.([kept, gone].map((id) => ({ id, name: id, link: 'x' })))
        // Time enough to encode both, and what points to them.
        await setTimeout(20)
        onPage?.([], [gone])
        return []
      },
    }
    const pointing: Kind = { ...c, list: async () => [{ id: 'c1', name: 'c1', link: [`see ${gone}`, `see ${kept}`] }] }
    const counts: Event[] = []
    const { resources } = await readLive(new FakeSystem(), server, [many, pointing], { on: (one) => counts.push(one) })
    expect([...resources.keys()]).toEqual([`a/${kept}`, 'c/c1'])
    expect(resources.get('c/c1')?.spec.link).toEqual([`see ${gone}`, `see <ref:a/${kept}>`])
    expect(counts).toContainEqual({ type: 'read', kind: 'a', count: 1 })
  })
})
