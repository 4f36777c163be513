import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import { parseWaves } from '../../src/migration/waves.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { readPolicy } from '../../src/project/policy-file.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'

/*
 * What docs/versions.md promises: files of every version of the formats are read for good, and rewriting them brings them to the newest one.
 * The files of an old version are never changed; add files for a new version beside them, and let this test write their upgraded forms.
 */
const folder = 'test/fixtures/formats'
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const parse = (text: string) => parseSnapshot([{ file: 'old.snapshot.yaml', text }], kinds)

/** The hash of each file that is kept for good. */
const kept = {
  'v1.snapshot.yaml': 'e32f25f64e75ce3818a19813be766ee118bb306ec5595dba94758cc82a5340e1',
  'v1.overlay.yaml': '3b900f980780b8aacfbb9a2f1849103483111a92e1bd2a8d0c7007ca3ebcd49c',
  'v1.policy.yaml': '91f666f2cb36f9fa4a75a04f325d42a2170a857b6d2b3285e41c304d5eb2f8fd',
  'v1.waves.yaml': '99f38bf9304f18968b2ddb4294bb2a252f86a8168d40b45805a06b299207a8ec',
}

it.each(Object.entries(kept))('%s is the file of that version, unchanged', (name, hash) =>
  expect(
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex'),
  ).toBe(hash),
)

describe.each(['v1'])('a snapshot of format %s', (version) => {
  const old = parse(read(`${version}.snapshot.yaml`))

  it('is read whole, with every kind of a server', () => {
    expect(old.issues.filter(({ severity }) => severity === 'error')).toEqual([])
    const found = new Set(old.snapshot.resources.map(({ kind }) => kind))
    // Those of Prefect Cloud are experimental, and not promised.
    expect(kinds.map(({ name }) => name).filter((name) => !found.has(name))).toEqual(['sla', 'webhook'])
    expect(old.snapshot.resources.length).toBe(125)
  })

  it('becomes the newest format when it is written, which is read to the same', async () => {
    const text = formatSnapshot(old.snapshot)
    await expect(text).toMatchFileSnapshot(`../fixtures/formats/${version}-in-newest.snapshot.yaml`)
    const again = parse(text)
    expect(again.issues.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(formatSnapshot(again.snapshot)).toBe(text)
  })
})

it('a newer format is refused as a whole, with both versions and what to do', () => {
  const { issues } = parse(read('v1.snapshot.yaml').replace('version: 1\n', 'version: 2\n'))
  expect(issues[0]).toMatchObject({ code: 'unsupported-version', severity: 'error' })
  expect(issues[0]?.message).toMatch(/version 1 .* version 2/)
  expect(issues[0]?.fix).toContain('newer release')
})

it('an overlay, a policy file and a waves file of v1 are read', () => {
  const overlay = readOverlay('v1.overlay.yaml', read('v1.overlay.yaml'), { BUCKET: 'b', WORKERS: '3' })
  expect(overlay.issues).toEqual([])
  const home = mkdtempSync(join(tmpdir(), 'prefect-snapshot-formats-'))
  const file = join(home, 'prefect-snapshot.yaml')
  copyFileSync(join(folder, 'v1.policy.yaml'), file)
  const policy = readPolicy(join(home, 'x.snapshot.yaml'), { cwd: home, kinds })
  expect(policy).toMatchObject({ protect: [{ glob: 'block/**' }] })
  const { waves } = parseWaves('v1.waves.yaml', read('v1.waves.yaml'))
  expect(waves.map(({ name }) => name)).toEqual(['base', 'ingest'])
})
