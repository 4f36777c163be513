import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { cliIn, newHome, writeProfiles } from '../support/cli.ts'
import { twoTeams } from '../support/teams.ts'
import { worldOf } from '../support/world.ts'

let source: PrefectServer
let target: PrefectServer
const home = newHome()
const { cli, good } = cliIn(home)
const write = (name: string, text: string): void => writeFileSync(join(home, name), text)
const namesOn = async (server: PrefectServer): Promise<Record<string, string[]>> => {
  const world = (await worldOf(server.url)) as Record<string, Record<string, unknown>>
  const own = Object.entries(world).filter(
    ([kind]) => !['block-type', 'block-schema', 'default-result-storage'].includes(kind),
  )
  return Object.fromEntries(
    own.map(([kind, named]) => [kind, Object.keys(named).sort()]).filter(([, names]) => names?.length),
  )
}
const send = (path: string, body: unknown): Promise<Response> =>
  fetch(`${target.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

beforeAll(async () => {
  source = await freshServer(newest)
  target = await freshServer(newest)
  writeProfiles(home, { old: source.url, new: target.url })
  write('teams.yaml', twoTeams)
  await good('apply', 'teams.yaml', '--profile', 'old', '--yes')
})
afterAll(async () => {
  await source?.stop()
  await target?.stop()
})

describe("one team's resources", () => {
  test('are transferred with their dependencies, and nothing else', async () => {
    await good('transfer', '--from', 'old', '--to', 'new', '--tag', 'red', '--yes', '--activation', 'snapshot')
    expect(await namesOn(target)).toEqual({
      variable: ['red_threshold'],
      'work-pool': ['shared'],
      'work-queue': ['shared/default', 'shared/red'],
      flow: ['red-etl'],
      deployment: ['red-etl/prod'],
      automation: ['red again'],
    })
    const [from, to] = [await worldOf(source.url), await worldOf(target.url)] as Record<
      string,
      Record<string, unknown>
    >[]
    expect(to?.deployment?.['red-etl/prod']).toEqual(from?.deployment?.['red-etl/prod'])
    expect(to?.automation?.['red again']).toEqual(from?.automation?.['red again'])
  })

  test('are a scope that limits pruning', async () => {
    await good('apply', 'teams.yaml', '--profile', 'new', '--yes')
    const before = await namesOn(target)
    await good('export', '--profile', 'old', '--tag', 'red', '-o', 'red.yaml')
    expect(readFileSync(join(home, 'red.yaml'), 'utf8')).toContain('tags: [red]\n')
    await send('/variables/', { name: 'red_old', value: 1, tags: ['red'] })
    await send('/variables/', { name: 'blue_new', value: 1, tags: ['blue'] })
    await send('/variables/', { name: 'unowned', value: 1 })
    const plan = await good('plan', 'red.yaml', '--profile', 'new', '--prune', '-f', 'json')
    const { changes, scope } = JSON.parse(plan.stdout) as { changes: { action: string; ref: string }[]; scope: object }
    expect(changes.map(({ action, ref }) => `${action} ${ref}`)).toEqual(['delete variable/red_old'])
    expect(scope).toMatchObject({ tags: ['red'] })
    await good('apply', 'red.yaml', '--profile', 'new', '--prune', '--yes')
    expect(await namesOn(target)).toEqual({
      ...before,
      variable: [...(before.variable ?? []), 'blue_new', 'unowned'].sort(),
    })
  })

  test('limit what a narrower selection of their snapshot may prune; a saved plan keeps this', async () => {
    await send('/variables/', { name: 'red_gone', value: 1, tags: ['red'] })
    await good('plan', 'red.yaml', '--profile', 'new', '--prune', '--kind', 'variable', '--out', 'plan.json')
    const applied = await good('apply', 'plan.json', '--profile', 'new', '--yes')
    expect(applied.stdout).toMatch(/1 to delete/)
    expect((await namesOn(target)).variable).toEqual(['blue_new', 'blue_threshold', 'red_threshold', 'unowned'])
  })

  test('--dependents adds the dependents', async () => {
    const { stdout } = await good(
      'graph',
      'teams.yaml',
      '--include',
      'work-queue/shared/blue',
      '--dependents',
      '-f',
      'json',
    )
    const { resources } = JSON.parse(stdout) as { resources: { ref: string }[] }
    expect(resources.map(({ ref }) => ref)).toEqual([
      'work-pool/shared',
      'work-queue/shared/blue',
      'flow/blue-etl',
      'deployment/blue-etl/prod',
      'automation/blue again',
    ])
  })
})

describe('a selection that matches nothing', () => {
  test.each([
    [
      ['export', '--profile', 'old', '--tag', 'rde'],
      /\[empty-selection\] Nothing matches --tag rde\.\n.*Did you mean red\?/,
    ],
    [
      ['plan', 'teams.yaml', '--profile', 'new', '--kind', 'deploymnt'],
      /\[unknown-kind\].*deploymnt.*\n.*Did you mean deployment\?/,
    ],
    [
      ['transfer', '--from', 'old', '--to', 'new', '--include', 'deployment/rde-etl/**', '--yes'],
      /Did you mean deployment\/red-etl\/\*\*\?/,
    ],
  ])('%j says what is near, and exits with 3', async (args, told) => {
    const { exit, stdout, stderr } = await cli(...args)
    expect(stderr).toMatch(told)
    expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' })
  })
})
