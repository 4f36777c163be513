import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodeOf, exitCodes } from '../../src/cli/exit-codes.ts'
import { inputFor, withOwnSnapshots } from '../../src/commands/fleet-input.ts'
import { createSeats } from '../../src/commands/fleet-seats.ts'
import type { ExitStatus, Io } from '../../src/commands/io.ts'
import { worstOf } from '../../src/commands/worst-status.ts'
import type { Event } from '../../src/model.ts'
import { type FleetTarget, runTargets } from '../../src/operations/fleet.ts'
import { markdownFleet } from '../../src/report/markdown/markdown-fleet.ts'
import type { FleetReport } from '../../src/report/model/fleet-report.ts'
import { fleetText } from '../../src/report/text/fleet-text.ts'
import { targetsText } from '../../src/report/text/progress.ts'
import { styleFor } from '../../src/report/text/style.ts'
import { folderOf } from '../../src/snapshot/file-name.ts'
import { planReport } from '../report/fixture.ts'

const target = (name: string): FleetTarget => ({ name, folder: folderOf(name), target: { profile: name } })
const view = { style: styleFor(false), width: 80 }
const targets = ['a', 'b', 'c'].map(target)

describe('the worst status', () => {
  it('is chosen from all there are', () => {
    expect(worstOf([])).toBe('ok')
    expect(worstOf(Object.keys(exitCodes) as ExitStatus[])).toBe('interrupted')
    for (const status of Object.keys(exitCodes) as ExitStatus[]) expect(worstOf(['ok', status])).toBe(status)
  })

  it('is what was left half done before what failed, and what failed before what differs', () => {
    expect(exitCodeOf(worstOf(['failed', 'partial', 'changes']))).toBe(5)
    expect(exitCodeOf(worstOf(['server-only', 'auth', 'changes']))).toBe(4)
    expect(exitCodeOf(worstOf(['server-only', 'changes', 'ok']))).toBe(2)
  })
})

describe('the options for one of several servers', () => {
  it('have a path of its own for what is written, and {name} wherever it is', () => {
    const input = {
      profile: 't*',
      parallel: 2,
      output: 'out/',
      out: 'plans',
      journal: 'j/{name}/x',
      overlay: ['o/{name}.yaml', 'all.yaml'],
    }
    expect(inputFor({ ...input, environment: '{name}', snapshot: 'base.yaml' }, target('T eam'))).toEqual({
      profile: 'T eam',
      output: 'out/T+eam=1/',
      out: 'plans/T+eam=1.json',
      journal: 'j/T+eam=1/x',
      overlay: ['o/T+eam=1.yaml', 'all.yaml'],
      environment: 'T eam',
      snapshot: 'base.yaml',
    })
  })

  it('have the snapshot of the server only if the folder is none itself', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'prefect-snapshot-fleet-'))
    const own = (snapshot: string) => withOwnSnapshots({ snapshot }, targets, cwd).snapshot
    mkdirSync(join(cwd, 'all/b'), { recursive: true })
    mkdirSync(join(cwd, 'plans'))
    writeFileSync(join(cwd, 'plans/c.json'), '')
    expect(['all', 'plans', 'none', '-', 'git:HEAD:all'].map(own)).toEqual([
      'all/{name}',
      'plans/{name}.json',
      'none',
      '-',
      'git:HEAD:all',
    ])
    writeFileSync(join(cwd, 'all/snapshot.yaml'), '')
    expect(own('all')).toBe('all')
  })
})

describe('several servers', () => {
  const signal = new AbortController().signal

  it('are at work at the same time, as many as allowed, and none is stopped by the error of another', async () => {
    let [now, most] = [0, 0]
    const ended: string[] = []
    const run = async ({ name }: FleetTarget) => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setImmediate(resolve))
      now--
      if (name === 'a') throw new Error('broken')
      return name
    }
    const note = ({ name }: FleetTarget, result: object) => void ended.push(`${name} ${Object.keys(result)}`)
    await runTargets(targets, { parallel: 2, run, ended: note }, { signal })
    expect(most).toBe(2)
    expect(ended.sort()).toEqual(['a issues', 'b result', 'c result'])
  })

  it('do not begin after an abort', async () => {
    const stopping = new AbortController()
    const begun: string[] = []
    const run = async ({ name }: FleetTarget) => {
      begun.push(name)
      stopping.abort()
    }
    const codes: string[] = []
    const ended = (_: FleetTarget, result: object) =>
      void codes.push('issues' in result ? ((result.issues as { code: string }[])[0]?.code ?? '') : 'done')
    await runTargets(targets, { parallel: 1, run, ended }, { signal: stopping.signal })
    expect([begun, codes]).toEqual([['a'], ['done', 'interrupted', 'interrupted']])
  })

  it.each([true, false])('ask one question after all plans are printed, also one at a time: %s', async (answer) => {
    const said: string[] = []
    const events: Event[] = []
    const io = {
      out: (text: string) => void said.push(text),
      onEvent: (event: Event) => void events.push(event),
      ask: async (question: string) => {
        said.push(question)
        return answer
      },
      exitCodeOf,
      style: styleFor(false),
      quiet: false,
    } as unknown as Io
    const seats = createSeats(targets, io, true)
    const answers: unknown[] = []
    await runTargets<ExitStatus>(
      targets,
      {
        parallel: 1,
        run: async (one, turn) => {
          const own = seats.take(one, turn)
          own.out(`plan ${one.name}\n`)
          if (one.name === 'b') return 'ok'
          own.collect?.(planReport())
          answers.push(await own.ask?.('?'))
          return 'ok'
        },
        ended: seats.end,
      },
      { signal },
    )
    const changes = 2 * planReport().changes.length
    expect(said).toEqual([
      '── a ──\nplan a\n\n',
      '── b ──\nplan b\n\n',
      '── c ──\nplan c\n\n',
      `Apply ${changes} changes to 2 servers (a, c)?`,
    ])
    expect(answers).toEqual([answer, answer])
    expect(events.filter(({ type }) => type === 'target-end').map(({ target: name }) => name)).toEqual(['b', 'a', 'c'])
  })
})

it('the environments of all servers share the rate limits of the process, and no journal', () => {
  const rateLimits = {}
  const io = { rateLimits, pid: 7, onEvent: () => {}, exitCodeOf, quiet: false } as unknown as Io
  const seats = createSeats(targets, io, true)
  const turn = { meanwhile: <T>(wait: Promise<T>) => wait }
  const own = targets.map((one) => seats.take(one, turn))
  expect(own.every((each) => each.rateLimits === rateLimits)).toBe(true)
  expect(own.map(({ pid }) => pid)).toEqual(['7-a', '7-b', '7-c'])
})

describe('the report of several servers', () => {
  const issue = { code: 'unreachable-server', severity: 'error', message: 'Nothing | listens <there>.' } as const
  const report: FleetReport = {
    ...{ schema: 'prefect-snapshot/fleet', version: 1, tool: '1', exit: 1, issues: [] },
    ...{ command: 'plan', by: 'profile', pattern: 'team-*' },
    targets: [
      { name: 'team-a', exit: 0, issues: [], report: planReport() },
      { name: 'team-<b>', exit: 1, issues: [issue] },
    ],
  }

  it('is a table with a line for each, within the width', () => {
    const lines = fleetText(report, view).split('\n')
    expect(lines[0]).toBe('profile   exit  result')
    expect(lines[2]).toBe('team-<b>     1  unreachable-server: Nothing | listens <there>.')
    expect(lines[3]).toBe('plan for 2 profiles: 1 ended with exit code 0. The worst exit code is 1.')
    expect(Math.max(...lines.slice(0, 3).map(({ length }) => length))).toBeLessThanOrEqual(80)
  })

  it('has one marker as a comment, and as many reports as fit', async () => {
    const comment = await markdownFleet(report, view)
    expect(comment.match(/<!--/g)).toHaveLength(1)
    expect(comment).toContain('| `team-<b>` | 1 | unreachable-server: Nothing \\| listens &lt;there&gt;. |')
    expect(comment).toContain('<summary>team-&lt;b></summary>')
    const many = {
      ...report,
      targets: Array.from({ length: 200 }, () => report.targets[0] as (typeof report.targets)[0]),
    }
    const long = await markdownFleet(many, view)
    expect(long.length).toBeLessThan(65_536)
    expect(long).toMatch(/\d+ reports left out, because the comment would be too long/)
  })

  it('has a line of progress for each server at work, and a count of the rest', () => {
    const progress = { phase: 'reading', done: 7, since: 0, again: 0, what: 'flow' }
    const running = ['a', 'long-name', 'c'].map((name) => [name, progress] as const)
    expect(targetsText(running, 1000, 60, 9)).toMatch(
      /^a: {9}reading 7 so far · 7.0\/s · 1 s · flow\nlong-name: reading .*\nc: {9}reading/,
    )
    expect(targetsText(running, 1000, 60, 2).split('\n')).toEqual([expect.stringMatching(/^a:/), 'and 2 more'])
  })
})
