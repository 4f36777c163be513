import { describe, expect, it } from 'vitest'
import { type ApplyOptions, applyPlan, changeId } from '../../src/apply/apply.ts'
import { adaptiveLimiter, fixedLimiter } from '../../src/apply/limiter.ts'
import { compareBack, written } from '../../src/apply/read-back.ts'
import { Failure } from '../../src/issue.ts'
import {
  endLine,
  type Head,
  headLine,
  intentLine,
  type Journal,
  parseJournal,
  resultLine,
} from '../../src/journal/journal.ts'
import type { Kind } from '../../src/kind.ts'
import { readLive } from '../../src/live/read-live.ts'
import type { Change, Id, LiveResource, Outcome, Ref, Resource, Snapshot } from '../../src/model.ts'
import { makePlan, type PlanOptions } from '../../src/plan/plan.ts'
import { refOf } from '../../src/ref.ts'
import { Secret } from '../../src/secret.ts'
import { Ambiguous, FakeSystem, type Trouble } from '../support/fake-system.ts'
import { secretValues } from '../support/secret-values.ts'
import { a, b, c, resource, server, snapshot, toyKinds } from '../support/toy-kinds.ts'

type Asked = Partial<ApplyOptions> & { readonly plan?: Partial<PlanOptions>; readonly kinds?: readonly Kind[] }

const wire = (system: FakeSystem) => ({
  api: system,
  secretOf: () => undefined,
  issueOf: (error: unknown) => ({ code: 'rejected', severity: 'error', message: String(error) }) as const,
  ambiguous: (error: unknown) => error instanceof Ambiguous,
})

/** Reads, plans, and applies. */
async function apply(system: FakeSystem, wanted: Snapshot, { plan: how = {}, kinds = toyKinds, ...more }: Asked = {}) {
  const live = await readLive(system, server, kinds, {})
  const plan = makePlan(wanted, live, kinds, { secretValues: secretValues(() => true), ...how })
  const { outcomes, ids } = await applyPlan(plan, {
    ...wire(system),
    kinds,
    live,
    limiter: fixedLimiter(4),
    ...more,
  })
  return { plan, outcomes, ids, live }
}
const summary = (outcomes: readonly Outcome[]) => outcomes.map(({ status, change }) => `${status} ${changeId(change)}`)
const failing =
  (...names: readonly string[]): Trouble =>
  ({ body }) =>
    names.some((name) => JSON.stringify(body ?? '').includes(`"${name}"`)) ? 'before' : undefined
const chain = snapshot(
  resource('a/1'),
  resource('b/1', { refs: { a: 'a/1' } }),
  resource('c/1', { refs: { to: 'b/1' } }),
  resource('a/2'),
)
const namesOf = (system: FakeSystem) => [...system.objects.values()].map(({ of, name }) => `${of}/${name}`)

describe('an apply', () => {
  it('makes the server match the snapshot, and a second apply sends nothing', async () => {
    const system = new FakeSystem()
    const wanted = snapshot(
      resource('a/1', { spec: { text: 'x' } }),
      resource('b/1', { refs: { a: 'a/1' }, spec: { link: 'see <ref:a/1>', later: { '<ref:c/1>': 1 } } }),
      resource('c/1', { refs: { to: 'b/1' }, spec: { later: '<ref:c/1>' } }),
    )
    const first = await apply(system, wanted)
    expect(first.outcomes.every(({ status }) => status === 'done')).toBe(true)
    const live = await readLive(system, server, toyKinds, {})
    const current = [...live.resources.values()].map(
      ({ kind, key, refs, spec, secrets }): Resource => ({ kind, key, refs, spec, secrets }),
    )
    expect(snapshot(...current)).toEqual(wanted)
    const before = system.sent.length
    const second = await apply(system, wanted)
    expect(second.plan.changes).toEqual([])
    expect(system.sent.length).toBe(before)
  })

  it('creates dependencies first', async () => {
    const system = new FakeSystem()
    await apply(system, chain, { limiter: fixedLimiter(8) })
    expect(namesOf(system).filter((name) => name !== 'a/2')).toEqual(['a/1', 'b/1', 'c/1'])
  })

  it('limits the number of concurrent writes', async () => {
    for (const limit of [1, 2, 5]) {
      const system = new FakeSystem()
      await apply(system, snapshot(...Array.from({ length: 30 }, (_, n) => resource(`a/${n}`))), {
        limiter: fixedLimiter(limit),
      })
      expect(system.most).toBe(limit)
    }
  })

  it('has one outcome for each change, in the order of the plan, whatever fails', async () => {
    for (const names of [[], ['1'], ['2'], ['1', '2']]) {
      const system = new FakeSystem()
      system.trouble = failing(...names)
      const { plan, outcomes } = await apply(system, chain)
      expect(outcomes.map(({ change }) => changeId(change))).toEqual(plan.changes.map(changeId))
    }
  })

  it('skips the dependents of a failed change, names the cause, and continues with the rest', async () => {
    const system = new FakeSystem()
    system.trouble = ({ path }) => (path === '/b/' ? 'before' : undefined)
    const { outcomes } = await apply(system, chain)
    expect(summary(outcomes).toSorted()).toEqual(['done a/1', 'done a/2', 'failed b/1', 'skipped c/1'])
    expect(outcomes.find(({ status }) => status === 'skipped')).toMatchObject({ because: 'b/1' })
    expect(outcomes.find(({ status }) => status === 'failed')).toMatchObject({ issue: { ref: 'b/1' } })
  })

  it('never runs a change that waits for a change outside of the plan', async () => {
    const system = new FakeSystem()
    const live = await readLive(system, server, toyKinds, {})
    const plan = makePlan(snapshot(resource('a/1'), resource('a/2')), live, toyKinds, {
      secretValues: secretValues(() => true),
    })
    const changes = plan.changes.map((change) => (change.ref === 'a/1' ? { ...change, waits: ['b/missing'] } : change))
    const { outcomes } = await applyPlan(
      { ...plan, changes },
      { ...wire(system), kinds: toyKinds, live, limiter: fixedLimiter(4) },
    )
    expect(summary(outcomes)).toEqual(['failed a/1', 'done a/2'])
    expect(outcomes[0]).toMatchObject({ issue: { code: 'unknown-id', message: expect.stringContaining('b/missing') } })
    expect(namesOf(system)).toEqual(['a/2'])
  })

  it('is continued by applying again', async () => {
    const system = new FakeSystem()
    system.trouble = failing('1')
    await apply(system, chain)
    system.trouble = () => undefined
    expect(summary((await apply(system, chain)).outcomes)).toEqual(['done a/1', 'done b/1', 'done c/1'])
  })

  it('does not skip a change that only follows a failed one, if its ID is known', async () => {
    const system = new FakeSystem()
    const id = system.put('a', '1', { count: 1 })
    system.put('b', '1', { a: id })
    system.trouble = ({ path }) => (path === `/a/${id}` ? 'before' : undefined)
    const wanted = snapshot(
      resource('a/1', { spec: { count: 2 } }),
      resource('b/1', { refs: { a: 'a/1' }, spec: { count: 2 } }),
    )
    expect(summary((await apply(system, wanted)).outcomes)).toEqual(['failed a/1', 'done b/1'])
    expect(system.sent.map(({ path }) => path.slice(0, 3))).toEqual(['/a/', '/b/'])
  })

  it('treats unchanged dependencies as done', async () => {
    const system = new FakeSystem()
    system.put('a', '1')
    expect(summary((await apply(system, chain)).outcomes).toSorted()).toEqual(['done a/2', 'done b/1', 'done c/1'])
  })

  it('deletes dependents first, and treats missing resources as deleted', async () => {
    const system = new FakeSystem()
    const id = system.put('a', 'old')
    system.put('b', 'old', { a: id })
    const alreadyDeleted: Kind = {
      ...b,
      remove: () => Promise.reject(Object.assign(new Error('gone'), { status: 404, detail: 'b not found' })),
    }
    const { outcomes } = await apply(
      system,
      { ...snapshot(), scope: { include: ['a/*', 'b/*'], exclude: [], incomplete: [] } },
      { plan: { prune: true }, kinds: [a, alreadyDeleted, c] },
    )
    expect(summary(outcomes)).toEqual(['done b/old', 'done a/old'])
  })

  it('completes a resource that was created without a field, unless its create failed', async () => {
    const wanted = snapshot(
      resource('c/1', { spec: { later: '<ref:c/2>', link: 'x' } }),
      resource('c/2', { refs: { to: 'c/1' } }),
    )
    const system = new FakeSystem()
    const { outcomes, ids } = await apply(system, wanted)
    expect(summary(outcomes)).toEqual(['done c/1', 'done c/2', 'done c/1#patch-cycle'])
    expect(system.sent[0]?.body).toMatchObject({ name: '1', link: 'x' })
    expect(system.sent[0]?.body).not.toHaveProperty('later')
    expect(system.objects.get(ids.get('c/1') ?? '')).toMatchObject({ later: ids.get('c/2') })
    const other = new FakeSystem()
    other.trouble = failing('2')
    expect(summary((await apply(other, wanted)).outcomes)).toEqual([
      'done c/1',
      'failed c/2',
      'skipped c/1#patch-cycle',
    ])
  })

  it('renames in place, and references to the new name are resolved', async () => {
    const system = new FakeSystem()
    const id = system.put('a', 'old')
    const update: Kind['update'] = async ({ api }, before, { resource }) =>
      void (await api.send('PATCH', `/a/${before.id}`, { name: resource.key }))
    const kinds = [{ ...a, renames: () => true, update }, b, c]
    const wanted = {
      ...snapshot(resource('a/new'), resource('b/x', { refs: { a: 'a/new' } })),
      moved: [{ from: 'a/old', to: 'a/new' }] as const,
    }
    const { outcomes } = await apply(system, wanted, { kinds })
    expect(summary(outcomes)).toEqual(['done a/new', 'done b/x'])
    expect(namesOf(system)).toEqual(['a/new', 'b/x'])
    expect([...system.objects.values()][1]).toMatchObject({ a: id })
  })

  it('updates a resource that the server created together with another one', async () => {
    const system = new FakeSystem()
    const withChild: Kind = {
      ...a,
      create: async (write, after) => ({
        ...(await a.create(write, after)),
        createdIds: { 'b/child': system.put('b', 'child', { count: 7 }) },
      }),
    }
    const kinds = [withChild, { ...b, defaultSpec: () => ({ count: 7 }) }, c]
    const asBorn = resource('b/child', { refs: { a: 'a/x' }, spec: { count: 7 } })
    expect(summary((await apply(system, snapshot(resource('a/x'), asBorn), { kinds })).outcomes)).toEqual([
      'done a/x',
      'done b/child',
    ])
    expect(system.sent.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /a/'])
    const changed = new FakeSystem()
    const also: Kind = {
      ...withChild,
      create: async (write, after) => ({
        ...(await a.create(write, after)),
        createdIds: { 'b/child': changed.put('b', 'child', { count: 7 }) },
      }),
    }
    await apply(changed, snapshot(resource('a/x'), { ...asBorn, spec: { count: 8 } }), {
      kinds: [also, { ...b, defaultSpec: () => ({ count: 7 }) }, c],
    })
    expect(changed.sent.at(-1)).toMatchObject({ method: 'PATCH', body: { count: 8 } })
    expect(namesOf(changed)).toEqual(['a/x', 'b/child'])
  })

  it('completes 3,000 changes that wait for one another', async () => {
    const list = Array.from({ length: 3000 }, (_, n) =>
      resource(`c/${n}`, n === 0 ? {} : { refs: { to: `c/${n - 1}` as Ref } }),
    )
    const { outcomes } = await apply(new FakeSystem(), snapshot(...list))
    expect(outcomes.every(({ status }) => status === 'done')).toBe(true)
  })
})

describe('a create with unknown outcome', () => {
  const once = (how: 'before' | 'after', times = 1): Trouble => {
    let remaining = times
    return ({ method }) => (method === 'POST' && remaining-- > 0 ? how : undefined)
  }
  it('is not sent again before a lookup, and never creates a duplicate', async () => {
    const system = new FakeSystem()
    system.trouble = once('after')
    const { outcomes, ids } = await apply(system, snapshot(resource('a/x', { spec: { count: 3 } })))
    expect(summary(outcomes)).toEqual(['done a/x'])
    expect(namesOf(system)).toEqual(['a/x'])
    expect(system.sent.filter(({ method }) => method === 'POST')).toHaveLength(1)
    expect(ids.get('a/x')).toBe([...system.objects.keys()][0])
  })

  it('is sent again if nothing was created', async () => {
    const system = new FakeSystem()
    const failing: Kind = {
      ...a,
      create: async (write, after) => {
        if (system.sent.length > 0) return a.create(write, after)
        system.sent.push({ method: 'POST', path: '/a/', body: null })
        throw new Ambiguous('lost')
      },
    }
    const { outcomes } = await apply(system, snapshot(resource('a/x')), { kinds: [failing, b, c] })
    expect(summary(outcomes)).toEqual(['done a/x'])
    expect(namesOf(system)).toEqual(['a/x'])
  })

  it('fails after a limited number of attempts', async () => {
    const system = new FakeSystem()
    let tries = 0
    const create = async () => {
      tries++
      throw new Ambiguous('lost')
    }
    const failing: Kind = { ...a, create }
    expect(summary((await apply(system, snapshot(resource('a/x')), { kinds: [failing, b, c] })).outcomes)).toEqual([
      'failed a/x',
    ])
    expect(tries).toBe(4)
  })

  it('is told as one that the server may have executed, also if a later request fails', async () => {
    const system = new FakeSystem()
    system.trouble = ({ method }) => (method === 'POST' ? 'after' : method === 'PATCH' ? 'before' : undefined)
    const { outcomes } = await apply(system, snapshot(resource('a/x', { spec: { count: 3 } })))
    expect(outcomes).toMatchObject([{ status: 'failed', unanswered: ['POST /a/'] }])
    expect(outcomes[0]).toMatchObject({
      issue: { message: expect.stringMatching(/It may have completed these, which got no answer: POST \/a\/\.$/) },
    })
  })

  it('is not sent again if it certainly failed', async () => {
    const system = new FakeSystem()
    system.trouble = once('before')
    const { outcomes } = await apply(system, snapshot(resource('a/x')))
    expect(summary(outcomes)).toEqual(['failed a/x'])
    expect(outcomes[0]).not.toHaveProperty('unanswered')
    expect(system.sent).toHaveLength(1)
  })
})

describe('secrets', () => {
  it('replace their placeholders, and existing ones on the server are kept', async () => {
    const system = new FakeSystem()
    const placeholder = { '/data/token': { env: 'TOKEN' } }
    await apply(system, snapshot(resource('c/x', { spec: { data: { user: 'me' } }, secrets: placeholder })), {
      secretOf: () => 's3cret',
    })
    expect(system.sent[0]?.body).toMatchObject({ data: { user: 'me', token: 's3cret' } })
  })
})

describe('an abort', () => {
  it('starts no further change, completes those in progress, and reports the rest as not started', async () => {
    const system = new FakeSystem()
    const stop = new AbortController()
    system.trouble = () => void stop.abort()
    const { outcomes } = await apply(system, snapshot(...Array.from({ length: 9 }, (_, n) => resource(`a/${n}`))), {
      signal: stop.signal,
      limiter: fixedLimiter(2),
    })
    expect(summary(outcomes).map((text) => text.split(' ')[0])).toEqual([
      'done',
      'done',
      ...Array.from({ length: 7 }, () => 'not-started'),
    ])
    expect(namesOf(system)).toHaveLength(2)
  })
})

describe('the journal', () => {
  const lines = (): Journal & { readonly log: string[] } => {
    const log: string[] = []
    return {
      log,
      intent: async (change) => void log.push(`intent ${changeId(change)}`),
      write: async (_, { method, path }) => void log.push(`write ${method} ${path}`),
      wrote: async (_, { method, path }, status) => void log.push(`wrote ${method} ${path} ${status ?? 'unknown'}`),
      result: async ({ status, change }, id) =>
        void log.push(`${status} ${changeId(change)} ${id === undefined ? '' : 'id'}`.trim()),
    }
  }

  it('has every intent before the first request, a line before and after each request, and the result after the last', async () => {
    const system = new FakeSystem()
    const journal = lines()
    system.trouble = ({ path }) => {
      journal.log.push(`request ${path}`)
      return path === '/b/' ? 'before' : undefined
    }
    await apply(system, chain, { journal, limiter: fixedLimiter(1) })
    expect(journal.log).toEqual([
      'intent a/1',
      'write POST /a/',
      'request /a/',
      'wrote POST /a/ 200',
      'done a/1 id',
      'intent a/2',
      'write POST /a/',
      'request /a/',
      'wrote POST /a/ 200',
      'done a/2 id',
      'intent b/1',
      'write POST /b/',
      'request /b/',
      'wrote POST /b/ unknown',
      'failed b/1',
    ])
  })

  it('that cannot be written stops the apply before the next request', async () => {
    const system = new FakeSystem()
    let written = 0
    const full = () =>
      ++written > 2
        ? Promise.reject(new Failure([{ code: 'unwritable-file', severity: 'error', message: 'the disk is full' }]))
        : Promise.resolve()
    const { outcomes } = await apply(system, snapshot(...Array.from({ length: 5 }, (_, n) => resource(`a/${n}`))), {
      journal: { intent: full, write: async () => {}, wrote: async () => {}, result: full },
      limiter: fixedLimiter(1),
    })
    expect(summary(outcomes).map((text) => text.split(' ')[0])).toEqual([
      'done',
      'failed',
      'failed',
      'failed',
      'failed',
    ])
    expect(outcomes[1]).toMatchObject({ issue: { code: 'unwritable-file' } })
    expect(system.sent).toHaveLength(1)
  })

  it('that cannot record a request stops the change, and the outcome lists the completed requests', async () => {
    const system = new FakeSystem()
    const [first] = toyKinds
    const twice: Kind = {
      ...(first as Kind),
      create: async (write, after) => {
        const created = await (first as Kind).create(write, after)
        await write.api.send('PATCH', `/a/${created.id}`, { text: 'second' })
        return created
      },
    }
    const journal = lines()
    const full: Journal = {
      ...journal,
      write: async (_, { method }) => {
        if (method === 'PATCH') throw new Error('full')
      },
    }
    const { outcomes } = await apply(system, snapshot(resource('a/1')), { journal: full, kinds: [twice] })
    expect(outcomes).toMatchObject([{ status: 'failed', written: ['POST /a/'] }])
    expect(outcomes[0]).toMatchObject({
      issue: { message: expect.stringContaining('requests of the change: POST /a/.') },
    })
    expect(system.sent.map(({ method }) => method)).toEqual(['POST'])
  })

  const head: Head = { tool: '1.0.0', server, of: 'x.yaml', time: 1, changes: 2 }
  const create = {
    action: 'create' as const,
    ref: 'a/x' as Ref,
    waits: [],
    notes: [],
    without: [],
    after: resource('a/x', { spec: { any: 1 } }),
  }
  const done: Outcome = { change: create, ms: 1, status: 'done' }
  const text = headLine(head) + intentLine(create) + resultLine(done, 'id-1' as Id)

  it('is read back as written', () => {
    const { head: read, entries, ended } = parseJournal('j', text + endLine())
    expect(read).toMatchObject(head)
    expect(ended).toBe(true)
    expect(entries).toMatchObject([
      {
        ref: 'a/x',
        action: 'create',
        status: 'done',
        id: 'id-1',
        after: { kind: 'a', key: 'x', spec: { any: 1 }, secrets: [] },
      },
    ])
  })

  it('contains no secret', () => {
    const secret = { ...create, after: resource('c/x', { secrets: { '/data/a': { plain: new Secret('s3cret') } } }) }
    expect(intentLine(secret)).not.toContain('s3cret')
    expect(parseJournal('j', headLine(head) + intentLine(secret)).entries[0]?.after?.secrets).toEqual(['/data/a'])
  })

  it('can be read wherever its last line was truncated', () => {
    const lastLine = text.lastIndexOf('\n', text.length - 2) + 1
    for (let end = lastLine; end < text.length; end++) {
      const { entries, ended } = parseJournal('j', text.slice(0, end))
      expect([entries.length, entries[0]?.status, ended]).toEqual([1, undefined, false])
    }
  })

  it.each([
    ['nothing', ''],
    ['another file', 'hello\n'],
    ['a cut head', headLine(head).slice(0, 20)],
    ['no head', intentLine(create)],
    ['another version', headLine(head).replace('"version":1', '"version":2')],
  ])('of %s is rejected', (_, text) => {
    expect(() => parseJournal('j.ndjson', text)).toThrow(/j\.ndjson/)
  })
})

describe('reading back', () => {
  it('finds changes without effect, and missing resources', async () => {
    const system = new FakeSystem()
    const { outcomes } = await apply(
      system,
      snapshot(resource('a/x', { spec: { count: 3 } }), resource('a/y'), resource('a/z')),
    )
    expect(written(outcomes).map(refOf)).toEqual(['a/x', 'a/y', 'a/z'])
    for (const [id, object] of system.objects) {
      if (object.name === 'x') system.objects.set(id, { ...object, count: 4 })
      if (object.name === 'z') system.objects.delete(id)
    }
    const back = compareBack(
      outcomes,
      await readLive(system, server, toyKinds, {}),
      toyKinds,
      secretValues(() => true),
    )
    expect(summary(back)).toEqual(['not-converged a/x', 'done a/y', 'not-converged a/z'])
    expect(back[0]).toMatchObject({ fields: [{ pointer: '/spec/count', before: 4, after: 3 }] })
  })

  it('expects no reference to what the same apply deleted', async () => {
    const system = new FakeSystem()
    await apply(system, snapshot(resource('c/z')))
    const now = await readLive(system, server, toyKinds, {})
    const before = now.resources.get('c/z') as LiveResource
    const after = resource('c/z', { refs: { to: 'a/gone' } })
    const update = { ref: 'c/z', action: 'update', before, after, fields: [], waits: [], notes: [] } as const
    const gone = { ...before, ...resource('a/gone') }
    const remove = { ref: 'a/gone', action: 'delete', before: gone, waits: [], notes: [] } as const
    const done = { ms: 1, status: 'done' } as const
    const back = (...changes: readonly Change[]) =>
      summary(
        compareBack(
          changes.map((change) => ({ ...done, change })),
          now,
          toyKinds,
          secretValues(() => true),
        ),
      )
    expect(back(update, remove)).toEqual(['done c/z', 'done a/gone'])
    expect(back(update)).toEqual(['not-converged c/z'])
  })

  it('compares a create only after its second half', async () => {
    const { outcomes } = await apply(new FakeSystem(), snapshot(resource('c/1', { spec: { later: '<ref:c/1>' } })))
    expect(summary(outcomes)).toEqual(['done c/1', 'done c/1#patch-cycle'])
    expect(written(outcomes)).toHaveLength(1)
  })
})

it('an apply works with the adaptive limiter', async () => {
  const { outcomes } = await apply(
    new FakeSystem(),
    snapshot(...Array.from({ length: 60 }, (_, n) => resource(`a/${n}`))),
    { limiter: adaptiveLimiter(() => performance.now()) },
  )
  expect(outcomes.every(({ status }) => status === 'done')).toBe(true)
})
