import { describe, expect, it } from 'vitest'
import type { Kind } from '../../src/kind.ts'
import { noteRuns } from '../../src/live/runs.ts'
import type { Change, Id, LiveResource, Plan, Reader } from '../../src/model.ts'
import { reporters } from '../../src/report/index.ts'
import type { PlanReport } from '../../src/report/model/report.ts'
import { styleFor } from '../../src/report/text/style.ts'
import { planReport } from '../report/fixture.ts'
import { a, resource } from '../support/toy-kinds.ts'

const effect = 'its scheduled runs will be rescheduled'

/** The update after the runs were counted. */
async function counted(runs: number): Promise<Change | undefined> {
  const kind: Kind = { ...a, scheduledRuns: { effect, count: async () => runs } }
  const before = { ...resource('a/x'), id: '1' } as unknown as LiveResource
  const update: Change = {
    ref: 'a/x',
    action: 'update',
    before,
    after: resource('a/x'),
    fields: [],
    waits: [],
    notes: ['first', effect],
    remarks: ['next run at noon'],
  }
  const plan = { changes: [update] } as unknown as Plan
  return (await noteRuns(plan, [kind], {} as Reader, 0, { version: '3.9.1' })).changes[0]
}

describe('the number of scheduled runs', () => {
  it('is a note if runs are rescheduled', async () => {
    const change = await counted(2)
    expect(change?.notes).toEqual(['first', '2 runs scheduled in the next 24 hours will be rescheduled'])
    expect(change?.remarks).toEqual(['next run at noon'])
  })

  it('is a remark if there are none', async () => {
    const change = await counted(0)
    expect(change?.notes).toEqual(['first'])
    expect(change?.remarks).toEqual(['next run at noon', 'no run is scheduled in the next 24 hours'])
  })
})

describe('runs that are due', () => {
  /** The notes on an update that switches a resource, with these runs. */
  const notesOf = async (turned: 'on' | 'off', version: string, count = 2): Promise<Plan> => {
    const open = async () => new Map([['1' as Id, { late: 2, lateByHand: 1, inFlight: 1 }]])
    const deletesLate = () => version.startsWith('2')
    const kind: Kind = {
      ...a,
      disabledSpec: { paused: true },
      scheduledRuns: { effect, count: async () => count, open, deletesLate },
    }
    const isOff = turned === 'off'
    const change: Change = {
      ref: 'a/x',
      action: 'update',
      before: { ...resource('a/x'), id: '1' } as unknown as LiveResource,
      after: resource('a/x'),
      fields: [{ pointer: '/spec/paused', before: !isOff, after: isOff }],
      waits: [],
      notes: [effect],
    }
    const plan = { changes: [change], issues: [] } as unknown as Plan
    return noteRuns(plan, [kind], {} as Reader, 0, { version })
  }

  it('are lost on an old server', async () => {
    const { changes, issues } = await notesOf('off', '2.20.27')
    expect(changes[0]?.notes).toEqual([
      '2 runs scheduled in the next 24 hours will be deleted',
      '2 late runs will be deleted: Prefect 2.20.27 does so when the deployment changes',
      '1 late run stays, and a worker still starts it',
      '1 run is in flight and continues on this server',
    ])
    expect(issues).toMatchObject([{ code: 'lost-runs', severity: 'warning' }])
  })

  it('stay on a newer one, whether it is paused or activated', async () => {
    const kept = '3 late runs stay, and a worker still starts them'
    const { changes, issues } = await notesOf('off', '3.9.1', 0)
    expect(changes[0]?.notes).toEqual([kept, '1 run is in flight and continues on this server'])
    expect(issues).toEqual([])
    expect((await notesOf('on', '3.9.1')).changes[0]?.notes).toEqual([
      '2 runs scheduled in the next 24 hours will be rescheduled',
      kept,
    ])
  })
})

describe('a plan', () => {
  const long = 'its schedules get new IDs: Prefect cannot change labels of a deployment without replacing them all'
  const report = (): PlanReport => {
    const plan = planReport(true)
    const [first, ...rest] = plan.changes
    if (!first) throw new Error('the plan has no changes')
    return { ...plan, changes: [{ ...first, notes: [long], remarks: ['no run is scheduled'] }, ...rest] }
  }
  const render = async (format: 'text' | 'markdown' | 'html', width = 60) =>
    (await reporters[format]())(report(), { style: styleFor(false), width })

  it('has a warning sign only on notes, and wraps them beside their sign', async () => {
    expect(await render('text')).toContain(`
    ! its schedules get new IDs: Prefect cannot change
      labels of a deployment without replacing them all
    · no run is scheduled
`)
  })

  it('has remarks in Markdown and on the page too', async () => {
    expect(await render('markdown')).toContain('#   no run is scheduled\n')
    expect(await render('html')).toContain('no run is scheduled')
  })
})
