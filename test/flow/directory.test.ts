import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { command, planOf } from '../support/command.ts'
import { good } from '../support/journey.ts'
import { type Plain, plainHttp } from '../support/plain-http.ts'

describe('a repository with a directory of snapshots', () => {
  let server: PrefectServer
  let other: PrefectServer
  let api: Plain
  const root = mkdtempSync(join(tmpdir(), 'prefect-snapshot-repository-'))
  const folder = join(root, 'platform')
  const env = { HOME: root }
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@n.test', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: root },
    })
  const files = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(yaml|md)$/.test(file))
      .sort()
  const exported = (...flags: readonly string[]) =>
    command(['export', '--api-url', server.url, '-o', `${folder}/`, ...flags], env).then(good)
  const automation = (name: string) => ({
    name,
    enabled: false,
    trigger: { type: 'event', posture: 'Reactive', expect: ['nothing'], threshold: 1, within: 0 },
    actions: [{ type: 'do-nothing' }],
  })

  beforeAll(async () => {
    ;[server, other] = await Promise.all([freshServer(newest), freshServer(newest)])
    api = plainHttp(server.url)
    for (const name of ['region', 'team']) await api.post('/variables/', { name, value: 'x' })
    for (const name of ['ETL', 'etl', 'Täglich: Bericht', '..', 'CON']) await api.post('/flows/', { name, tags: [] })
    await api.post('/automations/', automation('When a run fails'))
    git('init', '--quiet')
  })
  afterAll(() => Promise.all([server?.stop(), other?.stop()]))

  test('an export writes one file per resource, with a portable name', async () => {
    await exported()
    expect(files()).toEqual(
      [
        'automation/When+a+run+fails=1.yaml',
        'flow/%2E%2E.yaml',
        'flow/%43ON=3.yaml',
        'flow/Täglich%3A+Bericht=3l.yaml',
        'flow/ETL=7.yaml',
        'flow/etl.yaml',
        'snapshot.yaml',
        'variable/region.yaml',
        'variable/team.yaml',
      ].sort(),
    )
    expect(await command(['validate', folder], env)).toMatchObject({ exit: 0, issues: [] })
    git('add', '--all')
    git('commit', '--quiet', '--message', 'first')
  })

  test('a second export changes nothing', async () => {
    const { err } = await exported()
    expect(err).toContain('0 files written, 9 unchanged, 0 removed')
    expect(git('status', '--porcelain')).toBe('')
  })

  test('an export after a change touches only the changed files, and no others', async () => {
    writeFileSync(join(folder, 'README.md'), '# Ours\n')
    writeFileSync(join(folder, 'kustomization.yaml'), 'kind: Kustomization\n')
    await api.delete('/variables/name/team')
    await api.patch('/variables/name/region', { value: 'y' })
    await api.post('/variables/', { name: 'stage', value: 1 })
    const { err } = await exported()
    expect(err).toContain('1 removed (variable/team.yaml)')
    expect(git('status', '--porcelain', '--untracked-files=all').split('\n').sort()).toEqual([
      '',
      ' D platform/variable/team.yaml',
      ' M platform/variable/region.yaml',
      '?? platform/README.md',
      '?? platform/kustomization.yaml',
      '?? platform/variable/stage.yaml',
    ])
  })

  test('a partial export keeps the rest and the scope', async () => {
    await api.delete('/variables/name/stage')
    await api.post('/flows/', { name: 'not-yet', tags: [] })
    await exported('--include', 'variable/**')
    expect(files().filter((file) => file.startsWith('variable/'))).toEqual(['variable/region.yaml'])
    expect(files().filter((file) => file.startsWith('flow/'))).toHaveLength(5)
    expect(readFileSync(join(folder, 'snapshot.yaml'), 'utf8')).toContain('include: ["**"]')
    const { counts } = await planOf(server.url, folder, '--prune')
    // The flow that the partial export does not have is in scope, so prune would delete it.
    expect(counts).toMatchObject({ create: 0, update: 0, delete: 1 })
  })

  test('a git revision is compared with one server, and its bundle applied to another', async () => {
    const before = 'git:HEAD:platform/'
    const { exit, out, issues } = await command(
      ['plan', before, '--api-url', server.url, '-f', 'json', '--exit-code'],
      env,
      root,
    )
    expect(exit, JSON.stringify(issues)).toBe(2)
    const refs = (JSON.parse(out) as { changes: { ref: string }[] }).changes.map(({ ref }) => ref)
    expect(refs).toEqual(['variable/region', 'variable/team'])
    const bundle = join(root, 'acme.tar.gz')
    good(await command(['bundle', before, '-o', bundle], env, root))
    good(await command(['apply', bundle, '--api-url', other.url, '--yes'], env))
    const flows = await plainHttp(other.url).list('/flows/filter', { limit: 50 })
    expect(flows.map(({ name }) => name).sort()).toEqual(['..', 'Täglich: Bericht', 'CON', 'ETL', 'etl'].sort())
    const again = await planOf(other.url, bundle, '--prune')
    expect(again.counts).toMatchObject({ create: 0, update: 0, delete: 0, unchanged: 8 })
  })
})
