import { describe, expect, it } from 'vitest'
import { applyPlan } from '../../src/apply/apply.ts'
import { fixedLimiter } from '../../src/apply/limiter.ts'
import { settleSameName } from '../../src/apply/settle-same-name.ts'
import type { Kind } from '../../src/kind.ts'
import { readLive } from '../../src/live/read-live.ts'
import { startRecheck } from '../../src/live/recheck.ts'
import type { Change, Id, LiveResource, Recheck, Ref, SameName } from '../../src/model.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { Ambiguous, FakeSystem } from '../support/fake-system.ts'
import { secretValues } from '../support/secret-values.ts'
import { a, resource, server, snapshot, toyKinds } from '../support/toy-kinds.ts'

const values = secretValues(() => true)

/** Plans, lets somebody else work, and looks at every change again. */
async function recheck(
  system: FakeSystem,
  wanted: Parameters<typeof makePlan>[0],
  meanwhile: () => void,
  prune = false,
) {
  const live = await readLive(system, server, toyKinds, {})
  const plan = makePlan(wanted, live, toyKinds, { secretValues: values, prune })
  const ids = new Map<Ref, Id>([...live.resources].map(([ref, { id }]) => [ref, id]))
  const refsOf = ({ refs }: { refs: Readonly<Record<string, Ref>> }) => Object.values(refs)
  const options = { kinds: toyKinds, changes: plan.changes, live, secretValues: values, refsOf }
  const started = await startRecheck(system, system, options)
  meanwhile()
  const found: Record<string, string> = {}
  for (const change of plan.changes) {
    const result = await started.before(change, ids)
    found[change.ref] = result.state === 'moved' ? result.issue.message : result.state
  }
  return found
}

describe('right before its write, a resource', () => {
  it('that was changed, deleted or created is recognized, and another one that only looks so is not', async () => {
    const system = new FakeSystem()
    const ids = Object.fromEntries(
      ['edit', 'gone', 'same', 'kept'].map((name) => [name, system.put('a', name, { count: 1 })]),
    )
    const old = system.put('a', 'old', { count: 1 })
    const wanted = snapshot(
      ...['edit', 'gone', 'same', 'kept', 'new'].map((name) => resource(`a/${name}`, { spec: { count: 2 } })),
    )
    const all = { ...wanted, scope: { ...wanted.scope, include: ['a/*'] } }
    const set = (name: string, count: number) => {
      const id = ids[name] ?? ''
      system.objects.set(id, { ...system.objects.get(id), count } as never)
    }
    const found = await recheck(
      system,
      all,
      () => {
        set('edit', 7)
        set('same', 2)
        system.objects.delete(ids.gone ?? '')
        system.objects.set(old, { ...system.objects.get(old), text: 'kept' } as never)
        system.put('a', 'new', { count: 9 })
      },
      true,
    )
    expect(found).toEqual({
      'a/edit': 'a/edit was changed (/spec/count 1 → 7) after the plan was made, so it is left as it is.',
      'a/gone': 'a/gone was deleted or renamed after the plan was made, so it is left as it is.',
      'a/same': 'as-planned',
      'a/kept': 'unmoved',
      'a/new':
        'a/new was created by somebody else (/spec/count 2 → 9) after the plan was made, so it is left as it is.',
      'a/old': 'a/old was changed (/spec/text (none) → "kept") after the plan was made, so it is left as it is.',
    })
  })

  it('that an undo writes again although it does not differ is written', async () => {
    const system = new FakeSystem()
    system.put('a', 'x', { count: 1 })
    const live = await readLive(system, server, toyKinds, {})
    const wanted = snapshot(resource('a/x', { spec: { count: 1 } }))
    const rewrite = new Map([['a/x' as Ref, ['/spec/count']]])
    const { changes } = makePlan(wanted, live, toyKinds, { secretValues: values, rewrite })
    const options = { kinds: toyKinds, changes, live, secretValues: values, refsOf: () => [] }
    const started = await startRecheck(system, system, options)
    expect(changes.map(({ action }) => action)).toEqual(['update'])
    expect(await started.before(changes[0] as Change, new Map())).toEqual({ state: 'unmoved' })
  })

  it('whose parent was replaced is not written, because it would refer to nothing', async () => {
    const system = new FakeSystem()
    const parent = system.put('a', 'p')
    const wanted = snapshot(resource('a/p'), resource('b/new', { refs: { a: 'a/p' } }))
    const live = await readLive(system, server, toyKinds, {})
    const plan = makePlan(wanted, live, toyKinds, { secretValues: values })
    system.objects.delete(parent)
    system.put('a', 'p')
    const started = await startRecheck(system, system, {
      ...{ kinds: toyKinds, changes: plan.changes, live, secretValues: values },
      refsOf: ({ refs }) => Object.values(refs),
    })
    expect(await started.before(plan.changes[0] as Change, new Map())).toMatchObject({
      state: 'moved',
      issue: { code: 'changed-meanwhile', message: expect.stringContaining('refers to a/p') },
    })
  })
})

describe('an update whose answer was lost', () => {
  it.each([true, false])('is completed by what is missing; carried out: %s', async (isDone) => {
    const system = new FakeSystem()
    const id = system.put('a', 'x', { count: 1, text: 'old' })
    const sent: string[][] = []
    const update: Kind['update'] = async (_, before, after, fields) => {
      sent.push(fields.map(({ pointer }) => pointer))
      if (sent.length > 1 || isDone)
        system.objects.set(before.id, { ...system.objects.get(before.id), ...after.spec } as never)
      if (sent.length === 1) throw new Ambiguous('lost')
      return undefined
    }
    const kinds = [{ ...a, update }]
    const live = await readLive(system, server, kinds, {})
    const wanted = snapshot(resource('a/x', { spec: { count: 2, text: 'new' } }))
    const { changes } = makePlan(wanted, live, kinds, { secretValues: values })
    const options = { kinds, changes, live, secretValues: values, refsOf: () => [] }
    const recheck = await startRecheck(system, system, options)
    const { outcomes } = await applyPlan(
      { ...makePlan(wanted, live, kinds, { secretValues: values }), changes },
      {
        ...{ api: system, kinds, live, recheck, secretOf: () => undefined, limiter: fixedLimiter(1) },
        issueOf: (error) => ({ code: 'rejected', severity: 'error', message: String(error) }),
        ambiguous: (error) => error instanceof Ambiguous,
      },
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['done'])
    expect(sent).toEqual(
      isDone
        ? [['/spec/text', '/spec/count']]
        : [
            ['/spec/text', '/spec/count'],
            ['/spec/text', '/spec/count'],
          ],
    )
    expect(system.objects.get(id)).toMatchObject({ count: 2, text: 'new' })
  })
})

describe('of two resources of one name that were created at the same time', () => {
  const change = { ref: 'a/x', action: 'create', after: resource('a/x'), waits: [], notes: [], without: [] } as const
  const made = (id: string, createdAt: string): SameName => ({
    resource: { ...resource('a/x'), id: id as Id, carriedOver: {}, createdAt } as LiveResource,
    same: true,
  })
  /** Settles what `mine` created while `other` is on the server, as often as `stays` says. */
  async function settle(mine: SameName, other: SameName, stays: number) {
    const sent: string[] = []
    let looks = 0
    const recheck: Recheck = {
      before: async () => ({ state: 'as-planned', id: other.resource.id }),
      again: async () => ({ state: 'unmoved' }),
      now: async () => undefined,
      sameName: async () => (looks++ < stays ? [mine, other] : [mine]),
    }
    const system = new FakeSystem()
    const ids = new Map<Ref, Id>([['a/x', mine.resource.id]])
    const kinds = [{ ...a, remove: async (_: unknown, before: LiveResource) => void sent.push(before.id) }]
    const live = await readLive(system, server, kinds, {})
    const options = { api: system, kinds, live, secretOf: () => undefined, ambiguous: () => false, recheck, pauseMs: 1 }
    return { result: await settleSameName(change, ids, options), sent, looks }
  }

  it('the younger one is taken back', async () => {
    const { result, sent } = await settle(made('1', '2030-01-01T00:00:02Z'), made('2', '2030-01-01T00:00:01Z'), 9)
    expect([result, sent]).toEqual([{ state: 'as-planned', id: '2' }, ['1']])
  })

  it('the older one stays, and the other creator is waited for', async () => {
    const { result, sent, looks } = await settle(
      made('1', '2030-01-01T00:00:01Z'),
      made('2', '2030-01-01T00:00:02Z'),
      3,
    )
    expect([result, sent, looks]).toEqual([{ state: 'unmoved' }, [], 4])
  })

  it('of the same time, both creators choose the same one', async () => {
    const [one, two] = [made('1', '2030-01-01T00:00:01Z'), made('2', '2030-01-01T00:00:01Z')]
    expect((await settle(two, one, 99)).sent).toEqual(['2'])
    expect((await settle(one, two, 2)).sent).toEqual([])
  })

  it('the older one is taken back if the other stays, since its creator has not seen it', async () => {
    const { result, sent } = await settle(made('1', '2030-01-01T00:00:01Z'), made('2', '2030-01-01T00:00:02Z'), 99)
    expect([result, sent]).toEqual([{ state: 'as-planned', id: '2' }, ['1']])
  })
})
