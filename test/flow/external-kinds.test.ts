import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap, type Tap } from '../servers/tap.ts'
import { testVersions } from '../servers/versions.ts'
import { cliIn, journalIn, newHome, writeProfiles } from '../support/cli.ts'
import type { Row } from '../support/plain-http.ts'
import { makePlatform, type Platform } from '../support/platform.ts'
import { seed } from '../worlds/seed.ts'

/* What is external, kind by kind, on the oldest and the newest version: compared by plain HTTP. */
describe.each(testVersions)('external resources on %s', (version) => {
  const home = newHome()
  const { cli, good } = cliIn(home)
  const write = (name: string, text: string): void => writeFileSync(join(home, name), text)
  const read = (name: string): string => readFileSync(join(home, name), 'utf8')
  const header = (external: string) => `kind: snapshot\nversion: 1\nexternal: ${external}\n`
  let [source, prod, world]: PrefectServer[] = []
  let tap: Tap
  let here: Platform
  let there: Platform

  beforeAll(async () => {
    ;[source, prod, world] = await Promise.all([freshServer(version), freshServer(version), freshServer(version)])
    tap = await openTap(prod?.url ?? '')
    await seed('every_kind', version, world?.url ?? '')
    here = await makePlatform(source?.url ?? '', 2, 'dev')
    there = await makePlatform(prod?.url ?? '', 7, 'prod')
    writeProfiles(home, { source: source?.url ?? '', prod: tap.url, world: world?.url ?? '' })
  })
  afterAll(async () => {
    await tap?.close()
    for (const server of [source, prod, world]) await server?.stop()
  })

  /** Applies twice: the second time writes nothing. Returns the journal of the first. */
  async function applied(file: string): Promise<string> {
    const first = await good('apply', file, '--profile', 'prod', '--yes')
    tap.clear()
    await good('apply', file, '--profile', 'prod', '--yes')
    expect(tap.writes()).toEqual([])
    // 10: the production server has more than the file.
    expect((await cli('verify', file, '--profile', 'prod')).exit).toBe(10)
    return journalIn(first)
  }

  test('a deployment is promoted to the pool, the flow, the limit and the block of the destination', async () => {
    write(
      'deployment.yaml',
      `${header('[flow/etl, work-pool/k8s/**, block/secret/prod-token, variable/bucket, concurrency-limit/db]')}---
kind: deployment
key: etl/prod
refs: {flow: flow/etl, queue: work-queue/k8s/high, limit: concurrency-limit/db}
spec:
  parameters: {bucket: "{{ prefect.variables.bucket }}"}
  job_variables: {token: "{{ prefect.blocks.secret.prod-token }}"}
`,
    )
    const before = await there.state()
    const journal = await applied('deployment.yaml')
    const [row] = await there.http.list('/deployments/filter', {})
    expect(row).toMatchObject({
      flow_id: there.flow,
      work_pool_name: 'k8s',
      work_queue_name: 'high',
      global_concurrency_limit: { id: there.limit },
    })
    expect(await there.state()).toEqual(before)
    await good('undo', journal, '--profile', 'prod', '--yes')
    expect(await there.http.list('/deployments/filter', {})).toEqual([])
    expect(await there.state()).toEqual(before)
  })

  test('a queue with a document is written into an external pool; other queues stay, also with --prune', async () => {
    write(
      'queue.yaml',
      `${header('[work-pool/k8s]')}---\nkind: work-queue\nkey: k8s/fast\nrefs: {pool: work-pool/k8s}\nspec: {concurrency_limit: 4, priority: 5}\n`,
    )
    const rows = async () =>
      Object.fromEntries(
        (await there.http.list('/work_pools/k8s/queues/filter', {})).map((row) => [row.name, withoutTimes(row)]),
      )
    const before = await rows()
    const pool = await there.http.get('/work_pools/k8s')
    const journal = await applied('queue.yaml')
    const { stdout } = await good('apply', 'queue.yaml', '--profile', 'prod', '--prune', '--yes')
    expect(stdout).toContain('Nothing to do')
    const { fast, ...others } = await rows()
    expect(fast).toMatchObject({ concurrency_limit: 4 })
    expect(Object.keys(others)).toEqual(Object.keys(before))
    expect(withoutTimes(await there.http.get('/work_pools/k8s'))).toEqual(withoutTimes(pool))
    await good('undo', journal, '--profile', 'prod', '--yes')
    expect(Object.keys(await rows())).toEqual(Object.keys(before))
  })

  test('a block links to the external block of the destination, which keeps its own values', async () => {
    const only = ['--from', 'world', '--to', 'prod', '--yes', '--include'] as const
    await good('transfer', ...only, 'block/warehouse-login/loader')
    const [login] = await blocks('warehouse-login')
    await there.http.patch(`/block_documents/${login?.id}`, { data: { user: 'of-prod', password: 'of-prod' } })
    const before = await blocks('warehouse-login')
    const transferred = await good(
      'transfer',
      ...only,
      'block/warehouse/linked',
      '--external',
      'block/warehouse-login/*',
    )
    const [linked] = await blocks('warehouse')
    expect(linked).toMatchObject({
      data: {
        host: 'wh.example',
        headers: { 'x-key': 'header-secret' },
        login: { user: 'of-prod', password: 'of-prod' },
      },
      block_document_references: { login: { block_document: { id: login?.id } } },
    })
    expect(await blocks('warehouse-login')).toEqual(before)
    await good('undo', journalIn(transferred), '--profile', 'prod', '--yes')
    expect([await blocks('warehouse'), await blocks('warehouse-login')]).toEqual([[], before])
  })

  const guard = (ref: string) => `---
kind: automation
key: guard
spec:
  trigger: {type: event, posture: Reactive, expect: [prefect.flow-run.Failed]}
  actions: [{type: pause-automation, source: selected, automation_id: '<ref:${ref}>'}]
`
  const watch = (event: string): Row => ({
    name: 'watch',
    trigger: { type: 'event', posture: 'Reactive', expect: [event], threshold: 1, within: 0 },
    actions: [{ type: 'cancel-flow-run' }],
  })

  test('of automations with one name, none is taken for the external one; a key with a discriminator is', async () => {
    const first = await there.http.post('/automations/', watch('first'))
    write('guard.yaml', header('[automation/watch]') + guard('automation/watch'))
    const journal = await applied('guard.yaml')
    const guards = async () => (await there.http.list('/automations/filter', {})).filter(({ name }) => name === 'guard')
    expect(await guards()).toMatchObject([{ actions: [{ automation_id: first.id }] }])
    await good('undo', journal, '--profile', 'prod', '--yes')

    const second = await there.http.post('/automations/', watch('second'))
    const { exit, stderr } = await cli('apply', 'guard.yaml', '--profile', 'prod', '--yes')
    expect([exit, stderr]).toEqual([
      3,
      expect.stringMatching(
        /guard\.yaml:9.*ambiguous-name.*automation\/watch.*several of kind automation named watch/s,
      ),
    ])
    expect(await guards()).toEqual([])

    const text = (await good('export', '--profile', 'prod', '--kind', 'automation')).stdout
    const [key] = /watch#\w+(?=\n(?:.*\n)+? +expect: \[second\])/.exec(text) ?? []
    write('guard.yaml', header(`['automation/watch#*']`) + guard(`automation/${key}`))
    await applied('guard.yaml')
    expect(await guards()).toMatchObject([{ actions: [{ automation_id: second.id }] }])
  })

  async function blocks(type: string): Promise<Row[]> {
    const rows = await there.http.list('/block_documents/filter', {
      include_secrets: true,
      block_documents: { is_anonymous: { eq_: false } },
    })
    return rows.filter(({ block_type_name }) => String(block_type_name).toLowerCase().replaceAll(' ', '-') === type)
  }

  describe('an update of a file without dependencies', () => {
    const update = () => good('export', '--profile', 'source', '-o', 'alone.yaml', '--update')
    const make = (name: string, more: Row) => here.http.post('/deployments/', { name, flow_id: here.flow, ...more })

    test('adds the names of new dependencies, removes obsolete ones, and adds no documents', async () => {
      await make('prod', { work_pool_name: 'k8s' })
      const choice = ['--include', 'deployment/etl/*', '--no-dependencies'] as const
      await good('export', '--profile', 'source', ...choice, '-o', 'alone.yaml')
      expect(read('alone.yaml')).toContain('\n  dependencies: false\n')
      expect(read('alone.yaml')).toContain('\nexternal: [flow/etl, work-queue/k8s/default]\n')
      const before = read('alone.yaml')
      await update()
      expect(read('alone.yaml')).toBe(before)
      await good('export', '--profile', 'source', '-o', 'alone.yaml', '--check')

      write('alone.yaml', before.replace('external: [', 'external: [work-pool/later/**, '))
      await make('prod', {
        work_pool_name: 'k8s',
        work_queue_name: 'high',
        parameters: { b: '{{ prefect.variables.bucket }}' },
      })
      await update()
      expect(read('alone.yaml')).toContain(
        '\nexternal: [work-pool/later/**, flow/etl, work-queue/k8s/high, variable/bucket]\n',
      )
      expect(kindsIn('alone.yaml')).toEqual(['deployment'])
      await good('validate', 'alone.yaml')
    })

    test('of one resource does the same, and so do an export into a directory and --accept-remote', async () => {
      await make('prod', { work_pool_name: 'k8s', work_queue_name: 'high', description: 'new', concurrency_limit: 3 })
      await good('export', '--profile', 'source', '-o', 'alone.yaml', '--update', '--include', 'deployment/etl/prod')
      expect(kindsIn('alone.yaml')).toEqual(['deployment'])
      await good('export', '--profile', 'source', '-o', 'alone/', '--include', 'deployment/etl/*', '--no-dependencies')
      await make('prod', { work_pool_name: 'k8s', parameters: { b: '{{ prefect.variables.bucket }}' } })
      await good('export', '--profile', 'source', '-o', 'alone/', '--include', 'deployment/etl/*')
      expect(read('alone/snapshot.yaml')).toMatch(/dependencies: false(.|\n)*external: .*variable\/bucket/)
      const accept = ['--accept-remote', 'deployment/etl/*', '--profile', 'source'] as const
      write(
        'accept.yaml',
        read('alone.yaml')
          .replace(/external: .*/, 'external: [flow/etl]')
          .replace(/ {2}queue: .*\n/, ''),
      )
      await good('plan', 'accept.yaml', ...accept)
      expect(kindsIn('accept.yaml')).toEqual(['deployment'])
      expect(read('accept.yaml')).toContain('external: [flow/etl, work-queue/k8s/default, variable/bucket]')
    })

    test('of a complete file, --no-dependencies keeps the documents that the file has', async () => {
      await good('export', '--profile', 'source', '--include', 'deployment/etl/*', '-o', 'whole.yaml')
      const before = read('whole.yaml')
      await make('prod', { work_pool_name: 'k8s', description: 'newer' })
      const one = ['--include', 'deployment/etl/*', '--no-dependencies'] as const
      await good('export', '--profile', 'source', '-o', 'whole.yaml', '--update', ...one)
      expect(read('whole.yaml')).toContain('description: newer')
      expect(kindsIn('whole.yaml')).toEqual(expect.arrayContaining(['flow', 'work-pool', 'deployment']))
      expect(read('whole.yaml')).not.toContain('external:')
      expect(before).toContain('kind: flow')
    })
  })

  function kindsIn(name: string): string[] {
    return [...new Set([...read(name).matchAll(/^---\nkind: (\S+)$/gm)].map(([, kind = '']) => kind))]
  }
})

function withoutTimes(row: Row): Row {
  const { updated: _, status: __, last_polled: ___, ...rest } = row
  return rest
}
