import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openFaulty } from '../servers/faults.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap } from '../servers/tap.ts'
import { newest, testVersions } from '../servers/versions.ts'
import { cliIn, journalIn, newHome } from '../support/cli.ts'
import { planOf } from '../support/command.ts'
import { differingFields, plainRows, type Rows } from '../support/plain-rows.ts'
import { makeLeftovers, makeStates, toldLeftovers } from './restore-states.ts'

/** Edits of each deployment's document, and the fields in which the server then differs. */
const edits: readonly [string, (text: string) => string, RegExp][] = [
  ['labels', (text) => text.replace(/^spec:\n( {2}labels:\n)?/m, 'spec:\n  labels:\n    more: true\n'), / labels: /],
  ['description', (text) => text.replace(/^spec:\n/m, 'spec:\n  description: new\n'), / description: /],
  ['tags', (text) => text.replace(/^spec:\n/m, 'spec:\n  tags: [new]\n'), / tags: /],
  [
    'the queue',
    (text) =>
      text.replace(/queue: .*/, (ref) =>
        ref.includes('fast') ? ref.replace('fast', 'default') : `${ref.slice(0, ref.lastIndexOf('/'))}/fast`,
      ),
    / work_queue_(name|id): /,
  ],
  [
    'the queue and labels',
    (text) => edits[3]?.[1](edits[0]?.[1](text) ?? '') ?? '',
    / (work_queue_(name|id)|labels): /,
  ],
  ['job variables', (text) => text.replace(/^( {2}job_variables:\n {4})/m, '$1more: 1\n    '), / job_variables: /],
  [
    'its own limit',
    (text) =>
      text.includes('limit: concurrency-limit')
        ? text
        : text.replace(/^( {2}concurrency_limit: .*\n)/m, '').replace(/^spec:\n/m, 'spec:\n  concurrency_limit: 9\n'),
    / global_concurrency_limit: |^limit\//,
  ],
  [
    'the enforcement of parameters',
    (text) => text.replace(/^spec:\n/m, 'spec:\n  enforce_parameter_schema: false\n'),
    / enforce_parameter_schema: /,
  ],
  [
    'a deployment that leaves its queue',
    (text) => text.replace(/^ {2}queue: .*\n/m, ''),
    / work_(queue|pool)_(name|id): /,
  ],
]

/*
 * Servers hold what their own create refuses. All of it is restored on an empty server, and what no request can make is
 * told in the plan, before the first write.
 */
describe.each(testVersions)('what a %s holds and its create refuses', (version) => {
  let source: PrefectServer
  let target: PrefectServer
  let states: Rows
  const home = newHome()
  const { cli, good } = cliIn(home)
  const file = join(home, 'states.yaml')
  const apply = (url: string, from = file, ...more: string[]) =>
    cli('apply', from, '--api-url', url, '--yes', '--allow-unresolved', ...more)

  beforeAll(async () => {
    ;[source, target] = await Promise.all([freshServer(version), freshServer(version)])
    await makeStates(source)
    states = await plainRows(source.url)
    await good('export', '--api-url', source.url, '-o', file)
  })
  afterAll(async () => {
    await source?.stop()
    await target?.stop()
  })

  test('is restored on an empty server, identical by plain HTTP, and a second apply writes nothing', async () => {
    const applied = await apply(target.url)
    expect([applied.exit, applied.stderr]).toEqual([0, expect.not.stringMatching(/FAILED|skipped/)])
    expect(differingFields(states, await plainRows(target.url))).toEqual([])
    const tap = await openTap(target.url)
    expect((await apply(tap.url)).exit).toBe(0)
    expect(tap.writes()).toEqual([])
    await tap.close()
  })

  test.each(edits.filter(([what]) => version === newest || what !== 'a deployment that leaves its queue'))(
    'an update of %s changes nothing else, and is reverted',
    async (what, edit, differs) => {
      const documents = readFileSync(file, 'utf8').split(/^---\n/m)
      const edited = join(home, `${what.replaceAll(' ', '-')}.yaml`)
      writeFileSync(
        edited,
        documents.map((text) => (text.startsWith('kind: deployment') ? edit(text) : text)).join('---\n'),
      )
      const changed = await apply(target.url, edited, '--override-change-limit')
      expect([changed.exit, changed.stderr]).toEqual([0, expect.not.stringMatching(/FAILED|skipped/)])
      const found = differingFields(states, await plainRows(target.url))
      expect(found.length).toBeGreaterThan(4)
      expect(found.filter((line) => !differs.test(line))).toEqual([])
      const undone = await cli('undo', journalIn(changed), '--api-url', target.url, '--yes')
      expect([undone.exit, undone.stderr]).toEqual([0, expect.not.stringMatching(/FAILED|left as it is/)])
      expect(differingFields(states, await plainRows(target.url))).toEqual([])
    },
  )

  test('is reverted after a stop between the two requests of a create', async () => {
    const empty = await freshServer(version)
    const before = await plainRows(empty.url)
    // The second request of each create that takes two is refused: the first one is carried out.
    const halves = new Map<string, number>()
    let isFaulty = true
    const proxy = await openFaulty(empty.url, ({ method, path, mutating }) => {
      if (!mutating || !isFaulty) return undefined
      const isSecond = method === 'PATCH' && path.startsWith('/work_pools/invalid')
      const posts = (halves.get(path) ?? 0) + (method === 'POST' && path === '/deployments/' ? 1 : 0)
      halves.set(path, posts)
      return isSecond || (path === '/deployments/' && posts > 12) ? 'forbidden' : undefined
    })
    const stopped = await apply(proxy.url)
    isFaulty = false
    expect(stopped.exit).toBe(5)
    const undone = await cli('undo', journalIn(stopped), '--api-url', proxy.url, '--yes')
    expect([undone.exit, undone.stderr]).toEqual([0, expect.not.stringMatching(/FAILED|left as it is/)])
    await proxy.close()
    expect(differingFields(before, await plainRows(empty.url))).toEqual([])
    expect((await apply(empty.url)).exit).toBe(0)
    expect(differingFields(states, await plainRows(empty.url))).toEqual([])
    await empty.stop()
  })

  test('and what no request can make is told in the plan, and everything else is restored', async () => {
    const [old, empty] = await Promise.all([freshServer(version), freshServer(version)])
    await makeLeftovers(old)
    const held = await plainRows(old.url)
    const leftovers = join(home, 'leftovers.yaml')
    await good('export', '--api-url', old.url, '-o', leftovers)
    const plan = await planOf(empty.url, leftovers)
    const told = Object.fromEntries(plan.unsupported.map(({ ref, reason }) => [ref, reason]))
    const run = plan.changes.find(({ ref }) => ref === 'automation/run-it')
    expect(run?.notes.join()).toMatch(
      /work-pool\/tight does not fit .* deployment\/old\/run \(cpu is not of type integer\)/,
    )
    for (const [ref, reason] of Object.entries(toldLeftovers)) expect(told[ref], ref).toMatch(reason)
    expect((await planOf(old.url, leftovers)).changes).toEqual([])
    expect((await planOf(old.url, leftovers)).unsupported).toEqual([])
    const applied = await apply(empty.url, leftovers, '--skip-unsupported')
    expect(applied.stderr.match(/\+ .* FAILED/g)).toEqual([expect.stringContaining('automation run-it')])
    expect(applied.exit).toBe(5)
    const found = differingFields(held, await plainRows(empty.url))
    const rest = found.filter((line) => !line.endsWith(': missing'))

    expect(rest).toEqual(version === newest ? [expect.stringMatching(/bare_rule schedules: .*DTSTART/)] : [])
    await Promise.all([old.stop(), empty.stop()])
  })
})
