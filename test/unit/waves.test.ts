import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Failure, type Issue } from '../../src/issue.ts'
import { kinds } from '../../src/kinds/all.ts'
import { membershipOf } from '../../src/migration/membership.ts'
import { journalBeside, openMigrationJournal, readMigration } from '../../src/migration/migration-file.ts'
import type { MigrationHead, SwitchStep } from '../../src/migration/migration-journal.ts'
import { switchedIn, syncedIn } from '../../src/migration/wave-state.ts'
import { parseWaves } from '../../src/migration/waves.ts'
import type { Resource } from '../../src/model.ts'

const folder = mkdtempSync(join(tmpdir(), 'waves-'))
afterAll(() => rmSync(folder, { recursive: true }))

function issuesOf(run: () => unknown): readonly Issue[] {
  try {
    run()
    return []
  } catch (error) {
    if (error instanceof Failure) return error.issues
    throw error
  }
}

const good = `from: old
to: new
overlay: prod.yaml
waves:
  - {name: base, tag: base}
  - name: ingest
    include: [deployment/etl/**, automation/etl *]
    exclude: deployment/etl/manual
    after: base
`

describe('a waves file', () => {
  it('is read with one text or a list of them', () => {
    const { from, to, overlays, waves } = parseWaves('waves.yaml', good)
    expect([from, to, overlays]).toEqual(['old', 'new', ['prod.yaml']])
    expect(waves.map(({ name, tag, include, exclude, after }) => ({ name, tag, include, exclude, after }))).toEqual([
      { name: 'base', tag: ['base'], include: [], exclude: [], after: [] },
      {
        name: 'ingest',
        tag: [],
        include: ['deployment/etl/**', 'automation/etl *'],
        exclude: ['deployment/etl/manual'],
        after: ['base'],
      },
    ])
  })

  it.each([
    ['', 1, 'The waves file is empty.'],
    ['from: a\nto: b\nwaves: []\n', 3, 'waves must be a list'],
    ['from: a\nto: b\nwave: []\nwaves: [{name: x, tag: t}]\n', 3, 'There is no field "wave" here.'],
    ['from: a\nto: b\nwaves:\n  - name: x\n', 4, 'A wave needs tag or include'],
    ['from: a\nto: b\nwaves:\n  - {name: x, tag: t}\n  - {name: x, tag: u}\n', 5, 'The wave "x" is already in line 4.'],
    ['from: a\nto: b\nwaves:\n  - {name: x, tag: t, after: y}\n', 4, 'There is no wave "y".'],
    [
      'from: a\nto: b\nwaves:\n  - {name: x, tag: t, after: y}\n  - {name: y, tag: t, after: [x]}\n',
      4,
      'The wave "x" has to wait for itself.',
    ],
    ['from: a\nto: b\nwaves:\n  - {name: "x y", tag: t}\n', 4, 'The name of a wave consists of letters'],
  ])('is refused with the line: %j', (text, line, message) => {
    const [issue] = issuesOf(() => parseWaves('waves.yaml', text))
    expect(issue?.place).toMatchObject({ file: 'waves.yaml', line })
    expect(issue?.message).toContain(message)
  })

  it('tells all errors at once', () => {
    const text = 'from: a\nto: b\nwaves:\n  - {name: x, tag: t, after: y}\n  - {name: x, tag: t, after: z}\n'
    expect(issuesOf(() => parseWaves('waves.yaml', text)).map(({ message }) => message)).toEqual([
      'The wave "x" is already in line 4.',
      'There is no wave "y".',
      'There is no wave "z".',
    ])
  })
})

const resource = (kind: string, key: string, tags: string[] = []): Resource => ({
  kind,
  key,
  refs: {},
  spec: tags.length > 0 ? { tags } : {},
  secrets: {},
})

describe('members of waves', () => {
  const resources = [
    resource('flow', 'etl', ['base']),
    resource('work-pool', 'base', ['base']),
    resource('deployment', 'etl/nightly'),
    resource('deployment', 'etl/manual', ['base']),
    resource('deployment', 'other/x'),
    resource('automation', 'etl again'),
  ]

  it('are deployments and automations', () => {
    const { members, none, issues } = membershipOf(resources, kinds, parseWaves('waves.yaml', good))
    expect([...members]).toEqual([
      ['base', ['deployment/etl/manual']],
      ['ingest', ['deployment/etl/nightly', 'automation/etl again']],
    ])
    expect(none).toEqual(['deployment/other/x'])
    expect(issues).toEqual([])
  })

  it('tells what is in two waves, and what matches nothing', () => {
    const text = good.replace('    exclude: deployment/etl/manual\n', '').replace('tag: base}', 'tag: [base, bases]}')
    const { issues } = membershipOf(resources, kinds, parseWaves('waves.yaml', text))
    expect(issues.map(({ code, message, place }) => [code, message, place?.line])).toEqual([
      ['empty-selection', 'Wave "base": no deployment or automation of the old side has the tag "bases".', 5],
      ['duplicate-key', 'deployment/etl/manual is in the waves "base" and "ingest".', 6],
    ])
  })
})

describe('the journal of a migration', () => {
  const pair = { from: 'http://a/api', to: 'http://b/api' }
  const head: MigrationHead = {
    type: 'head',
    schema: 'prefect-snapshot/migration',
    version: 1,
    tool: '0',
    ...pair,
    time: 1,
  }
  const step = (step: SwitchStep['step'], more: Partial<SwitchStep> = {}): SwitchStep => ({
    type: 'switch',
    time: 2,
    wave: 'base',
    move: 'cutover',
    ref: 'deployment/a/b',
    target: 'deployment/a/b',
    step,
    ...more,
  })

  it('is continued after a torn line, and remembers the state before the first move', () => {
    const file = join(folder, 'waves.journal.ndjson')
    expect(readMigration(file, file, pair)).toBeUndefined()
    const first = openMigrationJournal(file, file, head)
    first.append(step('begin', { state: { paused: false } }))
    first.append(step('released'))
    first.close()
    appendFileSync(file, '{"type":"switch","ti')
    const second = openMigrationJournal(file, file, head)
    second.append(step('begin', { move: 'rollback', state: { paused: true } }))
    second.append({ type: 'synced', time: 3, ref: 'flow/a', fields: { '/spec/x': '00' } })
    second.close()
    const record = readMigration(file, file, pair)
    expect(record?.steps.map((one) => (one.type === 'switch' ? `${one.move} ${one.step}` : one.ref))).toEqual([
      'cutover begin',
      'cutover released',
      'rollback begin',
      'flow/a',
    ])
    const switched = switchedIn(record).get('deployment/a/b')
    expect([switched?.last.move, switched?.begun?.state, switched?.state]).toEqual([
      'rollback',
      { paused: true },
      { paused: false },
    ])
    expect(syncedIn(record).get('flow/a')?.fields).toEqual({ '/spec/x': '00' })
  })

  it('is refused if it is of another pair, or damaged', () => {
    const file = join(folder, 'other.ndjson')
    openMigrationJournal(file, file, head).close()
    expect(issuesOf(() => readMigration(file, 'j', { ...pair, to: 'http://c' }))[0]?.code).toBe('stale-plan')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"type"', 'typo'))
    expect(issuesOf(() => readMigration(file, 'j', pair))[0]?.message).toMatch(/Line 1 of the journal j is damaged/)
    writeFileSync(file, '{"type":"head","schema":"prefect-snapshot/journal","version":1}\n')
    expect(issuesOf(() => readMigration(file, 'j', pair))[0]?.message).toMatch(/is not the journal of a migration/)
  })

  it('lies beside the waves file', () => {
    expect(journalBeside('a/waves.yaml')).toBe('a/waves.journal.ndjson')
  })
})
