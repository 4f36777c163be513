import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Json, type JsonObject, sameJson, writeJson } from '../../src/json.ts'
import { splitRef } from '../../src/ref.ts'
import { formatDocument } from '../../src/snapshot/format.ts'
import { atLeast } from '../../src/version.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap, type Tap } from '../servers/tap.ts'
import { newest, testVersions } from '../servers/versions.ts'
import { command, planOf } from '../support/command.ts'
import { differencesOf, good } from '../support/journey.ts'
import { worldOf } from '../support/world.ts'
import { newerValues, type State, storageTrack, type Track, tracks } from './update-tracks.ts'

/** Values of the placeholders, needed only to create blocks. */
const secrets = { TOKEN: 'track-token', HEADER: 'track-header' }

const without = <T>(fields: Readonly<Record<string, T | null>>): Record<string, T> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, T] => entry[1] !== null))

/** The state of a resource after a number of steps. */
function documentAt({ ref, states }: Track, step: number): JsonObject {
  const said = states.slice(0, step + 1)
  const laid = <T>(part: (state: State) => Readonly<Record<string, T>> | undefined) =>
    Object.assign({}, ...said.map(part)) as Record<string, T | null>
  const spec = laid(({ spec }) => spec)
  // Null is a value for a variable; elsewhere it means no value.
  return {
    kind: splitRef(ref).kind,
    key: splitRef(ref).key,
    refs: without(laid(({ refs }) => refs)),
    spec: ref.startsWith('variable/') && spec.tags !== null ? (spec as JsonObject) : without(spec),
    secrets: without(laid(({ secrets }) => secrets)),
  }
}

const steps = Math.max(...tracks.map(({ states }) => states.length))

describe.each(testVersions)('every field of every kind is updated on a %s', (version) => {
  const all = [...tracks, ...(version === newest ? [storageTrack, ...newerValues] : [])].map(({ ref, states }) => ({
    ref,
    states: states.filter(({ since }) => atLeast(version, since)),
  }))
  let server: PrefectServer
  let tap: Tap
  const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-'))

  function snapshotAt(step: number): string {
    const file = join(folder, `${step}.snapshot.yaml`)
    const header: JsonObject = { kind: 'snapshot', version: 1 }
    writeFileSync(
      file,
      [header, ...all.map((track) => documentAt(track, step))]
        .map((document) => formatDocument(document))
        .join('---\n'),
    )
    return file
  }

  beforeAll(async () => {
    server = await freshServer(version)
    tap = await openTap(server.url)
    good(await command(['apply', snapshotAt(0), '--api-url', tap.url, '--yes', '--quiet'], secrets))
  })
  afterAll(async () => {
    await tap?.close()
    await server?.stop()
  })

  for (let step = 1; step < steps; step++) {
    test(`step ${step}: the plan shows exactly the changes, and none are left after the apply`, async () => {
      const file = snapshotAt(step)
      const { changes, issues } = await planOf(tap.url, file, '--override-change-limit')
      expect(changes.map(({ ref, fields }) => `${ref}: ${fieldsOf(fields).join(', ')}`).sort()).toEqual(
        expected(all, step),
      )
      expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
      tap.clear()
      const applied = await command(['apply', file, '--api-url', tap.url, '--yes', '--override-change-limit'])
      expect(applied, applied.err).toMatchObject({ exit: 0 })
      expect((await planOf(tap.url, file, '--override-change-limit')).changes).toEqual([])
      const puts = tap.writes().filter(({ method, path }) => method === 'PUT' && path.startsWith('/automations/'))
      expect(puts).toHaveLength(
        expected(all, step).filter((line) => /^automation/.test(line) && !/: enabled$/.test(line)).length,
      )
    })
  }

  test('the result of all steps equals a direct create', async () => {
    const last = await freshServer(version)
    try {
      good(await command(['apply', snapshotAt(steps), '--api-url', last.url, '--yes', '--quiet'], secrets))
      const [created, updated] = [await worldOf(last.url), await worldOf(server.url)].map(withoutRecentStarts)
      expect(differencesOf(created, updated)).toEqual([])
    } finally {
      await last.stop()
    }
  })
})

/** Without the DTSTART that a server adds to rules of minutes: the time of the write, in full intervals. */
function withoutRecentStarts(world: unknown): unknown {
  return JSON.parse(JSON.stringify(world).replace(/DTSTART:\d{8}T\d{6}\\n(?=FREQ=MINUTELY)/g, ''))
}

function fieldsOf(fields: readonly { readonly pointer: string }[]): string[] {
  return [...new Set(fields.map(({ pointer }) => pointer.split('/')[2] ?? ''))].sort()
}

/** The fields that differ between two steps, from the documents alone. */
function expected(all: readonly Track[], step: number): string[] {
  const lines = all.map((track) => {
    const [before, after] = [documentAt(track, step - 1), documentAt(track, step)]
    const changed = (['refs', 'spec'] as const).flatMap((part) => {
      const [a, b] = [before[part] as JsonObject, after[part] as JsonObject]
      return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => !same(a[name], b[name]))
    })
    return changed.length > 0 ? `${track.ref}: ${changed.sort().join(', ')}` : ''
  })
  return lines.filter(Boolean).sort()
}

/** An empty list or object equals none. */
function same(a: Json | undefined, b: Json | undefined): boolean {
  const empty = (value: Json | undefined) =>
    value === undefined || writeJson(value) === '[]' || writeJson(value) === '{}'
  return sameJson(a, b) || (empty(a) && empty(b))
}
