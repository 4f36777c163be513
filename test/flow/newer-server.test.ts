import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { futureVersion, type NewerServer, openNewer } from '../servers/newer-server.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, runCli, writeProfiles } from '../support/cli.ts'
import { command, planOf, type Told } from '../support/command.ts'
import { plainHttp } from '../support/plain-http.ts'
import { serverKinds as kinds } from '../support/server-kinds.ts'
import { everyKind } from '../support/world.ts'

let real: PrefectServer
let newer: NewerServer
const dir = mkdtempSync(join(tmpdir(), 'newer-'))
const allowed = join(dir, 'allowed.snapshot.yaml')

beforeAll(async () => {
  real = await freshServer(newest)
  const { exit, err, issues } = await command(['apply', everyKind, '--api-url', real.url, '--yes'])
  if (exit !== 0) throw new Error(`${err}${JSON.stringify(issues)}`)
  newer = await openNewer(real.url)
})
afterAll(async () => {
  await newer?.close()
  await real?.stop()
})

const exportTo = (path: string, ...flags: readonly string[]): Promise<Told> =>
  command(['export', '--api-url', newer.url, '-o', path, '--quiet', '--overwrite', ...flags])

/** The warning about the server. */
function gapsIn({ err }: Pick<Told, 'err'>): string {
  return /\[newer-server] (.*)/.exec(err)?.[1] ?? ''
}

/** The documents of a snapshot, as texts. */
function documentsIn(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n---\n').slice(1)
}

describe('a server of the future', () => {
  let refused: Told
  const path = join(dir, 'refused.snapshot.yaml')
  beforeAll(async () => {
    refused = await exportTo(path)
  })

  test('is asked for its document once, and what is new in it is one warning', () => {
    expect(newer.documents()).toBe(1)
    const gaps = gapsIn(refused)
    expect(gaps).toMatch(new RegExp(`^Prefect ${futureVersion} has \\d+ fields that this version .* does not know: `))
    expect(refused.err.match(/\[newer-server]/g)).toHaveLength(1)
    expect(gaps).toContain('deployment.concurrency_options.collision_strategy REPLACE')
    expect(gaps).toContain('deployment.schedules.schedule SolarSchedule')
    expect(gaps).toContain('automation.trigger weather')
    expect(gaps).toContain('1 kind that this version of prefect-snapshot does not know: /widgets/filter')
  })

  test.each(kinds.map(({ name }) => name))('has a field that is named for each %s that has a value', (kind) => {
    const documents = documentsIn(path).filter((text) => text.startsWith(`kind: ${kind}\n`))
    expect(documents.length).toBeGreaterThan(0)
    for (const text of documents) {
      const key = (/^key: (.*)$/m.exec(text)?.[1] ?? '').replace(/^["'](.*)["']$/, '$1')
      const line = refused.err.split('\n').find((one) => one.includes(`] ${kind}/${key} has a value for `))
      expect(line, `${kind}/${key}`).toMatch(/error.* has a value for ([\w.]+, )*future/)
    }
    expect(refused.exit).toBe(8)
  })

  test('has values in objects inside of others, which are named by their path', () => {
    expect(refused.err).toMatch(/work-pool\/\S+ has a value for .*storage_configuration\.future/)
    expect(refused.err).toMatch(/deployment\/\S+ has a value for .*schedules\.future/)
  })

  test('names as many as plain requests count', async () => {
    const plain = plainHttp(newer.url)
    const rows = (await plain.list('/variables/filter', {})) as readonly { future?: string }[]
    expect(rows.filter(({ future }) => future === 'on')).toHaveLength(
      (refused.err.match(/\] variable\/\S+ has a value for future/g) ?? []).length,
    )
  })

  test('is exported with --allow-unknown; forms and values are carried as they are, and the file is valid', async () => {
    const told = await exportTo(allowed, '--allow-unknown')
    expect(told.exit, told.err).toBe(0)
    expect(told.err).toContain('[unknown-value]')
    const text = readFileSync(allowed, 'utf8')
    expect(text).toMatch(/form:\n\s+solar: sunset\n\s+timezone: UTC/)
    expect(text).toMatch(/other:\n\s+jitter: 5/)
    expect(text).toMatch(/other:\n\s+collision_strategy: REPLACE/)
    expect(text).toMatch(/trigger:\n +place: Berlin\n +type: weather/)
    expect(text).not.toContain('future')
    // Each command asks once.
    expect(newer.documents()).toBe(2)
    expect((await command(['validate', allowed])).exit).toBe(0)
    // The same server has the same; one that is known has not.
    const { changes, unsupported } = await planOf(newer.url, allowed)
    expect({ changes, unsupported }).toEqual({ changes: [], unsupported: [] })
    const known = await command(['plan', allowed, '--api-url', real.url])
    expect(known.exit).toBe(9)
    expect(known.out).toMatch(/form\n +! not possible: no Prefect up to [\d.]+ has it/)
  })

  test('keeps what a plan cannot see, and the plan says so', async () => {
    const changed = join(dir, 'changed.snapshot.yaml')
    const text = readFileSync(allowed, 'utf8')
    const before = /kind: variable\nkey: (\S+)\nspec:\n {2}value: (\S+)\n/.exec(text)
    expect(before).not.toBeNull()
    writeFileSync(changed, text.replace(before?.[0] ?? '', `${before?.[0].replace(/value: \S+/, 'value: other')}`))
    const plan = await command(['plan', changed, '--api-url', newer.url])
    expect(plan.exit, plan.err).toBe(0)
    expect(plan.out).toMatch(/the server may reset future/)
    expect(gapsIn(plan)).not.toBe('')
    const verified = await command(['verify', allowed, '--api-url', newer.url])
    expect(verified.out).toMatch(/future not compared, because this version does not know it/)
  })

  test('does not show its document: what its answers show is named, by the built tool too', async () => {
    newer.show(false)
    const hidden = await openNewer(real.url)
    hidden.show(false)
    try {
      const home = newHome()
      writeProfiles(home, { new: hidden.url, other: hidden.url })
      const env = { HOME: home, PREFECT_HOME: home }
      const out = join(dir, 'hidden.snapshot.yaml')
      const ran = await runCli(['export', '--profile', 'new', '-o', out, '--quiet'], { env })
      expect(ran.exit, ran.stderr).toBe(8)
      // The two kinds of limits are in one list.
      const listed = kinds.filter(({ name }) => name !== 'tag-concurrency-limit')
      for (const { name } of listed) expect(gapsIn({ err: ran.stderr })).toContain(`${name}.future`)
      for (const { name } of kinds) expect(ran.stderr).toMatch(new RegExp(`\\] ${name}/.* has a value for .*future`))
      expect(gapsIn({ err: ran.stderr })).toContain('deployment.schedules.schedule.jitter')
      expect((await command(['validate', out])).exit).toBe(0)
      const doctor = await runCli(['doctor', '--from', 'new'], { env })
      expect(doctor.stdout).toMatch(/! source: API\s+Prefect 3\.99\.0 has \d+ fields/)
      const transfer = ['transfer', '--from', 'new', '--to', 'other', '--allow-same-server', '--dry-run']
      const lost = await runCli(transfer, { env })
      expect(lost.stdout + lost.stderr).toMatch(/has a value for .*what is transferred does not have it/)
    } finally {
      newer.show(true)
      await hidden.close()
    }
  })
})

test('a release that was compared is not asked for its document, and gives no warning', async () => {
  const told = await command(['export', '--api-url', real.url, '-o', '-', '--verbose'])
  expect(told.exit).toBe(0)
  expect(told.err).not.toContain('openapi')
  expect(told.err).not.toMatch(/newer-server|unknown-value/)
})
