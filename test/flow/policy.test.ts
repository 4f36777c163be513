import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest, old } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { deletePlatform } from '../support/plain-http.ts'

let server: PrefectServer
let home: string
const cli = (...args: readonly string[]): Promise<Ran> =>
  runCli([...args, '--api-url', server.url], { env: { HOME: home }, cwd: home })
const write = (name: string, text: string): string => {
  writeFileSync(join(home, name), text)
  return join(home, name)
}
const status = async (path: string): Promise<number> => (await fetch(`${server.url}${path}`)).status
const json = async (path: string): Promise<Record<string, unknown>> =>
  (await (await fetch(`${server.url}${path}`)).json()) as Record<string, unknown>
const apply = async (text: string, ...flags: readonly string[]): Promise<Ran> => {
  const ran = await cli('apply', write('s.yaml', text), '--yes', ...flags)
  if (ran.exit !== 0) throw new Error(ran.stderr + ran.stdout)
  return ran
}

const header = (scope = ''): string => `kind: snapshot\nversion: 1\n${scope}`
const variables = (from: number, to: number, value = 'v'): string =>
  Array.from(
    { length: to - from },
    (_, i) => `---\nkind: variable\nkey: v${String(from + i).padStart(2, '0')}\nspec: {value: ${value}}\n`,
  ).join('')
const flow = (name: string): string => `---\nkind: flow\nkey: ${name}\n`
const deployment = (name: string, spec = 'paused: false', refs = ''): string =>
  `---\nkind: deployment\nkey: ${name}\nrefs: {flow: flow/${name.split('/')[0]}${refs}}\nspec: {${spec}}\n`
const pool = `---\nkind: work-pool\nkey: pool\nspec: {type: process, is_paused: false}\n`
const queue = (name: string, spec = 'priority: 1'): string =>
  `---\nkind: work-queue\nkey: pool/${name}\nrefs: {pool: work-pool/pool}\nspec: {${spec}}\n`
const limit = (name: string): string => `---\nkind: concurrency-limit\nkey: ${name}\nspec: {limit: 3}\n`

beforeAll(async () => {
  server = await freshServer(newest)
})
afterAll(() => server?.stop())
beforeEach(async () => {
  home = newHome()
  await deletePlatform(server.url)
})

describe('prune', () => {
  test('deletes resources that exist only on the server, dependents first, of kinds in the snapshot, and nothing without the flag', async () => {
    await apply(header() + flow('a') + flow('b') + deployment('a/x') + deployment('b/y') + limit('l') + variables(0, 3))
    const less = header() + flow('a') + deployment('a/x')
    const kept = await cli('plan', write('less.yaml', less))
    expect(kept.stdout).toMatch(/Nothing to do/)
    const pruned = await cli('apply', write('less.yaml', less), '--yes', '--prune')
    expect(pruned.exit, pruned.stderr).toBe(0)
    expect(pruned.stdout).toMatch(/2 to delete/)
    expect(await status('/flows/name/b')).toBe(404)
    expect(await status('/flows/name/a')).toBe(200)
    // The snapshot does not manage kinds that it does not contain.
    expect(await status('/v2/concurrency_limits/l')).toBe(200)
    expect(await status('/variables/name/v00')).toBe(200)
  })

  test('stays within the scope of the snapshot', async () => {
    await apply(header() + flow('team-a') + flow('team-b') + deployment('team-a/x') + deployment('team-b/y'))
    const scoped =
      header(`scope: {include: ['flow/team-a', 'deployment/team-a/**'], exclude: [], incomplete: []}\n`) +
      flow('team-a')
    const pruned = await cli('apply', write('a.yaml', scoped), '--yes', '--prune')
    expect(pruned.exit, pruned.stderr).toBe(0)
    expect(await status('/deployments/name/team-a/x')).toBe(404)
    expect(await status('/deployments/name/team-b/y')).toBe(200)
  })

  test('does not delete kinds that could not be read completely', async () => {
    await apply(header() + variables(0, 3))
    const partial = header(`scope: {include: ['**'], exclude: [], incomplete: [variable]}\n`) + variables(0, 1)
    expect((await cli('plan', write('p.yaml', partial), '--prune')).stdout).toMatch(/Nothing to do/)
  })

  test('reports all refused deletes together: a default queue, dependencies of others, protected resources', async () => {
    await apply(
      header() +
        flow('a') +
        flow('b') +
        pool +
        // A default queue that nobody has changed needs no document.
        queue('default', "description: The work pool's default queue., priority: 1, concurrency_limit: 7") +
        queue('fast', 'priority: 2') +
        limit('shared') +
        limit('free') +
        limit('gold') +
        deployment('a/x', 'paused: false', ', limit: concurrency-limit/shared'),
    )
    write('prefect-snapshot.yaml', 'protect: [concurrency-limit/gold]\n')
    const scope = `scope: {include: ['concurrency-limit/**', 'work-queue/**', 'work-pool/**'], exclude: [], incomplete: []}\n`
    const text = header(scope) + pool + queue('fast', 'priority: 2')
    const refused = await cli('apply', write('s.yaml', text), '--yes', '--prune')
    expect(refused.exit).toBe(7)
    expect(refused.stderr).toMatch(/\[default-queue\].*work-queue\/pool\/default/)
    expect(refused.stderr).toMatch(/\[in-use\].*concurrency-limit\/shared.*deployment\/a\/x/)
    expect(refused.stderr).toMatch(/\[protected\].*concurrency-limit\/gold/)
    expect(refused.stderr).not.toMatch(/concurrency-limit\/free/)
    for (const name of ['shared', 'free', 'gold']) expect(await status(`/v2/concurrency_limits/${name}`)).toBe(200)
  })

  test('is refused if the policy file is there and cannot be read', async () => {
    await apply(header() + limit('gold') + limit('free'))
    mkdirSync(join(home, 'prefect-snapshot.yaml'))
    const refused = await cli('apply', write('s.yaml', header()), '--yes', '--prune')
    expect(refused.exit).toBe(3)
    expect(refused.stderr).toMatch(/Cannot read .*prefect-snapshot\.yaml: it is a directory/)
    for (const name of ['gold', 'free']) expect(await status(`/v2/concurrency_limits/${name}`)).toBe(200)
  })

  test('of a deployment keeps its shared limit', async () => {
    await apply(
      header() +
        flow('a') +
        limit('shared') +
        deployment('a/x', 'paused: false', ', limit: concurrency-limit/shared') +
        deployment('a/y', 'paused: false', ', limit: concurrency-limit/shared'),
    )
    await apply(
      header() + flow('a') + limit('shared') + deployment('a/y', 'paused: false', ', limit: concurrency-limit/shared'),
      '--prune',
    )
    expect(await status('/v2/concurrency_limits/shared')).toBe(200)
    expect(((await json('/deployments/name/a/y')).global_concurrency_limit as { name: string }).name).toBe('shared')
  })

  test('the change limit stops more than 30 % deletes and more than 50 % updates of ten or more; it is raised for one kind of change, or overridden', async () => {
    await apply(header() + variables(0, 10))
    expect((await cli('plan', write('p.yaml', header() + variables(0, 7)), '--prune')).exit).toBe(0)
    const four = await cli('plan', write('p.yaml', header() + variables(0, 6)), '--prune')
    expect(four.exit).toBe(7)
    expect(four.stderr).toMatch(/\[change-limit\].*delete 4 of 10/)
    expect((await cli('plan', write('p.yaml', header() + variables(0, 5, 'w') + variables(5, 10)))).exit).toBe(0)
    const six = await cli('apply', write('p.yaml', header() + variables(0, 6, 'w') + variables(6, 10)), '--yes')
    expect(six.exit).toBe(7)
    expect(six.stderr).toMatch(/\[change-limit\].*update 6 of 10/)
    expect((await json('/variables/name/v00')).value).toBe('v')
    // The message has the option for just this, which leaves the limit on deletes as it is.
    const [, raise = ''] = /pass --raise-change-limit (update:variable=6)\./.exec(six.stderr) ?? []
    expect((await cli('plan', 'p.yaml', '--raise-change-limit', raise)).exit).toBe(0)
    expect((await cli('plan', 'p.yaml', '--raise-change-limit', 'update:variable=5')).exit).toBe(7)
    const fewer = write('few.yaml', header() + variables(0, 6, 'w'))
    const both = await cli('apply', fewer, '--yes', '--prune', '--raise-change-limit', raise)
    expect(both.exit).toBe(7)
    expect(both.stderr).toMatch(/\[change-limit\].*delete 4 of 10[\s\S]*--raise-change-limit delete:variable=4/)
    const typo = await cli('plan', 'p.yaml', '--raise-change-limit', 'update:variables=6')
    expect(typo.exit).toBe(3)
    expect(typo.stderr).toMatch(/\[usage\] --raise-change-limit update:variables=6/)
    expect(
      (await cli('apply', write('p.yaml', header() + variables(0, 6)), '--yes', '--prune', '--override-change-limit'))
        .exit,
    ).toBe(0)
    expect(await status('/variables/name/v09')).toBe(404)
  })

  test('the change limit counts all resources on the server, not only those in the file', async () => {
    await apply(header() + variables(0, 30))
    // Eleven of the eleven that are read, but of thirty on the server.
    expect((await cli('plan', write('p.yaml', header() + variables(0, 11, 'w')))).exit).toBe(0)
    const most = await cli('plan', write('p.yaml', header() + variables(0, 16, 'w')))
    expect(most.exit).toBe(7)
    expect(most.stderr).toMatch(/\[change-limit\].*update 16 of 30 \(53 %\) of kind variable/)
  })

  test('a policy file that cannot be read stops everything', async () => {
    write('prefect-snapshot.yaml', 'protect: 5\nprotekt: []\n')
    const bad = await cli('plan', write('p.yaml', header() + variables(0, 1)))
    expect(bad.exit).toBe(3)
    expect(bad.stderr.match(/invalid-policy/g)).toHaveLength(2)
  })
})

describe('saved plans', () => {
  test('apply makes exactly the approved changes', async () => {
    await apply(header() + variables(0, 2))
    const planned = await cli(
      'plan',
      write('s.yaml', header() + variables(0, 1, 'w') + variables(1, 3)),
      '--out',
      join(home, 'plan.json'),
    )
    expect(planned.exit).toBe(0)
    const applied = await cli('apply', join(home, 'plan.json'), '--yes')
    expect(applied.exit, applied.stderr).toBe(0)
    expect((await json('/variables/name/v00')).value).toBe('w')
    expect(await status('/variables/name/v02')).toBe(200)
  })

  test('is refused if the server has changed, naming each difference, and nothing is written', async () => {
    await apply(header() + variables(0, 3))
    await cli(
      'plan',
      write('s.yaml', header() + variables(0, 1, 'w') + variables(1, 5)),
      '--out',
      join(home, 'plan.json'),
    )
    const send = (method: string, path: string, body?: string) =>
      fetch(`${server.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body ? { body } : {}),
      })
    await send('PATCH', '/variables/name/v00', '{"value": "by hand"}')
    await send('DELETE', '/variables/name/v01')
    await send('POST', '/variables/', '{"name": "v04", "value": 1}')
    const stale = await cli('apply', join(home, 'plan.json'), '--yes')
    expect(stale.exit).toBe(6)
    expect(stale.stderr).toMatch(/\[stale-plan\] variable\/v00 was changed: \/spec\/value "v" → "by hand"/)
    expect(stale.stderr).toMatch(/\[stale-plan\] variable\/v01 was deleted/)
    expect(stale.stderr).toMatch(/\[stale-plan\] variable\/v04 was created/)
    expect(await status('/variables/name/v03')).toBe(404)
  })

  test('keeps its flags', async () => {
    await apply(header() + variables(0, 3))
    await cli('plan', write('s.yaml', header() + variables(0, 2)), '--prune', '--out', join(home, 'plan.json'))
    expect((await cli('apply', join(home, 'plan.json'), '--yes')).exit).toBe(0)
    expect(await status('/variables/name/v02')).toBe(404)
  })

  test('the JSON report of a plan is not a saved plan', async () => {
    const bad = await cli('apply', write('plan.json', '{"schema": "prefect-snapshot/plan"}'), '--yes')
    expect(bad.exit).toBe(3)
    expect(bad.stderr).toMatch(/invalid-plan/)
  })
})

describe('activation', () => {
  const world = (paused: string, active: string): string =>
    `${header()}${flow('a')}${deployment('a/x', `paused: ${paused}, schedules: [{cron: 0 6 * * *, active: ${active}}]`)}---\nkind: automation\nkey: auto\nspec: {enabled: true, trigger: {type: event, posture: Reactive, expect: [never]}}\n`
  const state = async () => {
    const { paused, schedules } = await json('/deployments/name/a/x')
    const [automation] = (await (
      await fetch(`${server.url}/automations/filter`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
    ).json()) as [{ enabled: boolean }]
    return { paused, active: (schedules as { active: boolean }[])[0]?.active, enabled: automation?.enabled }
  }

  test('paused: resources are created paused or disabled, with unchanged schedules', async () => {
    await apply(world('false', 'true'), '--activation', 'paused')
    expect(await state()).toEqual({ paused: true, active: true, enabled: false })
    expect((await cli('plan', join(home, 's.yaml'), '--activation', 'paused')).stdout).toMatch(/Nothing to do/)
  })

  test('keep: existing resources keep their switches, which are not compared', async () => {
    await apply(world('true', 'false'))
    expect(await state()).toEqual({ paused: true, active: false, enabled: true })
    expect((await cli('plan', write('n.yaml', world('false', 'true')), '--activation', 'keep')).stdout).toMatch(
      /Nothing to do/,
    )
    await apply(world('false', 'true').replace('0 6 * * *', '0 7 * * *'), '--activation', 'keep')
    expect((await state()).paused).toBe(true)
  })

  test("snapshot: switches are set to the snapshot's values", async () => {
    await apply(world('true', 'false'))
    await apply(world('false', 'true'))
    expect(await state()).toEqual({ paused: false, active: true, enabled: true })
  })

  test('an operational field that is not in the snapshot is not changed', async () => {
    await apply(world('true', 'false'))
    await apply(
      `${header()}${flow('a')}${deployment('a/x', 'description: new, schedules: [{cron: 0 6 * * *, active: false}]')}`,
    )
    expect((await state()).paused).toBe(true)
  })
})

describe('renames', () => {
  test('a queue and a variable are renamed in place, and references to them are not changed', async () => {
    await apply(
      header() +
        flow('a') +
        pool +
        queue('slow') +
        variables(0, 1) +
        deployment('a/x', 'paused: false', ', queue: work-queue/pool/slow'),
    )
    const before = await json('/work_pools/pool/queues/slow')
    const moved = header(
      'moved: [{from: work-queue/pool/slow, to: work-queue/pool/fast}, {from: variable/v00, to: variable/renamed}]\n',
    )
    const text = `${moved}${flow('a')}${pool}${queue('fast')}---\nkind: variable\nkey: renamed\nspec: {value: v}\n${deployment('a/x', 'paused: false', ', queue: work-queue/pool/fast')}`
    const planned = await cli('plan', write('m.yaml', text))
    expect(planned.stdout).toMatch(/0 to create, 2 to update, 0 to delete/)
    await apply(text)
    expect((await json('/work_pools/pool/queues/fast')).id).toBe(before.id)
    expect((await json('/deployments/name/a/x')).work_queue_name).toBe('fast')
    expect(await status('/variables/name/v00')).toBe(404)
    expect((await cli('plan', join(home, 's.yaml'))).stdout).toMatch(/Nothing to do/)
  })

  test('a deployment cannot be renamed: a new one is created and the old one deleted, without --prune', async () => {
    await apply(header() + flow('a') + deployment('a/old', 'paused: false, description: d'))
    await apply(
      header('moved: [{from: deployment/a/old, to: deployment/a/new}]\n') +
        flow('a') +
        deployment('a/new', 'paused: false, description: d'),
    )
    expect(await status('/deployments/name/a/old')).toBe(404)
    expect(await status('/deployments/name/a/new')).toBe(200)
  })

  test('a delete and a create with the same content are reported as a likely rename', async () => {
    await apply(header() + flow('a') + deployment('a/old', 'paused: false, description: d, version: "1", tags: [t]'))
    const planned = await cli(
      'plan',
      write(
        'r.yaml',
        header() + flow('a') + deployment('a/new', 'paused: false, description: d, version: "1", tags: [t]'),
      ),
      '--prune',
    )
    expect(planned.stderr).toMatch(/likely-rename.*deployment\/a\/old.*deployment\/a\/new/)
    expect(planned.stderr).toMatch(/moved: \[\{from: deployment\/a\/old, to: deployment\/a\/new\}\]/)
  })
})

describe('read-back', () => {
  test('a field that was not stored is reported with both values, and the exit code is 5', async () => {
    // Servers before 3.8.7 ignore an empty job_variables, and 3.4.14 drops unknown fields of an action.
    const older = await freshServer(old)
    const text = `${header()}---\nkind: automation\nkey: a\nspec:\n  enabled: false\n  trigger: {type: event, posture: Reactive, expect: [never]}\n  actions: [{type: do-nothing, unknown_to_server: 5}]\n`
    const ran = await runCli(['apply', write('s.yaml', text), '--api-url', older.url, '--yes'], { env: { HOME: home } })
    expect(ran.exit).toBe(5)
    expect(ran.stderr + ran.stdout).toMatch(/not converged/i)
    expect(ran.stderr + ran.stdout).toMatch(/unknown_to_server/)
    await older.stop()
  })
})

describe('rules', () => {
  const rules = `environments: {prod: []}
rules:
  - {name: often, match: deployment/**, schema: {properties: {spec: {properties: {schedules: {items: {minimumInterval: 300}}}}}}, message: Not often.}
  - {name: owner, match: deployment/a/**, schema: {properties: {spec: {properties: {tags: {minItems: 1}}}}}, message: Owned., severity: warning, environments: [prod]}
`
  const each = (seconds: number) =>
    header() + flow('a') + deployment('a/x', `schedules: [{interval: ${seconds}, active: true}]`) + limit('l')

  test('refuse a plan and an apply with exit code 7, show the plan, and write nothing; a warning is shown', async () => {
    write('prefect-snapshot.yaml', rules)
    const file = write('s.yaml', each(60))
    const plan = await cli('plan', file, '--out', 'plan.json')
    expect([plan.exit, plan.stdout]).toEqual([7, expect.stringMatching(/3 to create/)])
    expect(plan.stderr).toMatch(
      /s\.yaml:\d+:\d+ error \[rule-violation\] deployment\/a\/x schedules\[0\]: Not often \(rule often\)/,
    )
    expect(existsSync(join(home, 'plan.json'))).toBe(false)
    const json = JSON.parse((await cli('plan', file, '-f', 'json')).stdout) as { issues: { rule?: string }[] }
    expect(json.issues.map(({ rule }) => rule)).toEqual(['often'])
    expect((await cli('plan', file, '-f', 'markdown')).stdout).toContain('rule-violation')
    // What is not selected is not judged.
    expect((await cli('plan', file, '--include', 'concurrency-limit/*')).exit).toBe(0)
    expect((await cli('apply', file, '--yes')).exit).toBe(7)
    expect(await status('/flows/name/a')).toBe(404)
    write('s.yaml', each(300))
    const applied = await cli('apply', file, '--yes', '-E', 'prod')
    expect([applied.exit, applied.stderr]).toEqual([0, expect.stringContaining('warning [rule-violation]')])
    expect(await status('/deployments/name/a/x')).toBe(200)
  })

  test('leave what copies a state as it is alone: export, restore, and a saved plan that met them', async () => {
    await apply(each(60))
    write('prefect-snapshot.yaml', rules)
    expect((await cli('export', '-o', 'copy.snapshot.yaml')).exit).toBe(0)
    expect((await runCli(['validate', 'copy.snapshot.yaml'], { cwd: home, env: { HOME: home } })).exit).toBe(7)
    const restored = await cli('restore', 'copy.snapshot.yaml', '--yes')
    expect(restored.exit, restored.stderr).toBe(0)
  })
})
