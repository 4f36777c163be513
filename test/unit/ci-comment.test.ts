import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markerOf, markerText } from '../../ci/comment.ts'
import { directionOf, needsPerson } from '../../ci/drift-direction.ts'
import { environmentFlags, hasCredentials, splitWords } from '../../ci/inputs.ts'
import { differencesFrom, digestOf } from '../../ci/reviewed-plan.ts'
import type { ChangeReport } from '../../src/report/model/change-report.ts'
import { baseReport, bigReport, planReport } from '../report/fixture.ts'

const text = fc.string({ unit: 'binary', minLength: 1 })
const hash = fc.stringMatching(/^[0-9a-f]{12}$/)

describe('the first line of a comment', () => {
  it('is one line, ends where it should, and is read as it was written', () => {
    const plan = fc.record({ total: hash, changes: fc.dictionary(text, hash, { maxKeys: 20 }) })
    fc.assert(
      fc.property(text, fc.stringMatching(/^[0-9a-f]{40}$/), fc.option(plan), (environment, commit, found) => {
        const marker = { environment, commit, ...(found ? { plan: found } : {}) }
        const line = markerText(marker)
        expect(line).not.toMatch(/[\r\n]|--.*-->.+/)
        const read = markerOf(`${line}\nThe plan`)
        const isShort = line.includes('changes=')
        expect(read).toEqual(found && !isShort ? { environment, commit, plan: { total: found.total } } : marker)
      }),
    )
  })

  it('is that of this program alone', () => {
    const line = markerText({ environment: 'prod', commit: 'abc' })
    for (const other of [
      `> ${line}`,
      `\n${line}`,
      '<!-- prefect-snapshot: plan for x -->',
      '<!-- prefect-snapshot environment=%zz -->',
    ])
      expect(markerOf(other)).toBeUndefined()
  })

  it('leaves room for the report', () => {
    const { changes } = digestOf(bigReport(150))
    const long = Object.fromEntries(
      Object.entries(changes ?? {}).map(([id, each]) => [`${id}${'ö'.repeat(200)}`, each]),
    )
    expect(markerText({ environment: 'prod', commit: 'abc', plan: { total: 'x', changes: long } }).length).toBeLessThan(
      5000,
    )
  })
})

describe('a reviewed plan', () => {
  const plan = planReport(true)
  const withChange = (index: number, change: (one: ChangeReport) => ChangeReport) => ({
    ...plan,
    changes: plan.changes.map((one, at) => (at === index ? change(one) : one)),
  })
  const differences = (other: Parameters<typeof digestOf>[0]) => differencesFrom(digestOf(plan), digestOf(other))

  it('is the same in another order, at other lines, at another time, and with secrets set or not', () => {
    const moved = plan.changes.map((one) => ({
      ...one,
      place: { file: 'other.yaml', line: 1 },
      notes: ['next run tomorrow'],
      waits: [],
      secrets: one.secrets.map((secret) => ({ ...secret, state: 'missing' as const })),
    }))
    expect(differences({ ...plan, changes: moved.reverse() })).toEqual([])
  })

  it('differs in each value, before and after, in each action, and in the server', () => {
    for (const [index, { id, fields }] of plan.changes.entries()) {
      for (const [at, field] of fields.entries())
        for (const side of ['before', 'after'] as const) {
          const edited = fields.map((one, each) =>
            each === at ? { ...one, [side]: ['another', field[side] ?? null] } : one,
          )
          expect(differences(withChange(index, (one) => ({ ...one, fields: edited })))).toEqual([
            `${id} changes in another way.`,
          ])
        }
      const without = plan.changes.filter((one) => one.id !== id)
      expect(differences({ ...plan, changes: without })).toEqual([`${id} is no longer in the plan.`])
      expect(differencesFrom(digestOf({ ...plan, changes: without }), digestOf(plan))).toEqual([
        `${id} was not in the reviewed plan.`,
      ])
    }
    expect(differences({ ...plan, target: { ...plan.target, url: 'https://other.example/api' } })).toEqual([
      'The plan is for another server.',
    ])
    const many = bigReport(2000)
    expect(differencesFrom(digestOf(many), digestOf({ ...many, changes: many.changes.slice(1) }))).toEqual([
      'The plan has other changes.',
    ])
  })
})

describe('the direction of drift', () => {
  it('counts each difference once, by side, and what only the server has by the base', () => {
    const report = baseReport()
    const sides = directionOf(report)
    const all = [...sides.file, ...sides.server, ...sides.both]
    expect(sides.direction).toBe('both')
    expect(new Set(all).size).toBe(all.length)
    expect(new Set(all)).toEqual(new Set([...report.changes.map(({ ref }) => ref), ...report.unmanaged]))
    for (const ref of report.unmanaged)
      expect(report.base?.removed.includes(ref) ? sides.file : sides.server).toContain(ref)
  })

  it.each([
    ['nothing', {}, 'none', false],
    ['the file', { file: ['a'] }, 'file', false],
    ['the server', { server: ['a'] }, 'server', true],
    ['each side elsewhere', { file: ['a'], server: ['b'] }, 'both', true],
  ])(
    'of %s, while an apply is under way',
    (_, { file = [], server = [] }: { file?: string[]; server?: string[] }, direction, acts) => {
      const {
        changes: [sample],
      } = baseReport()
      const changes = [...file.map((ref) => ({ ref, by: 'ours' })), ...server.map((ref) => ({ ref, by: 'theirs' }))]
      const base = { file: 'x', ours: 0, theirs: 0, both: 0, removed: [] }
      const reports = changes.map(({ ref, by }) => ({ ...sample, ref, changedBy: by }) as unknown as ChangeReport)
      const sides = directionOf({ base, changes: reports, unmanaged: [] })
      expect([sides.direction, needsPerson(sides, { underWay: true })]).toEqual([direction, acts])
      expect(needsPerson(sides, { underWay: false })).toBe(direction !== 'none')
    },
  )
})

describe('inputs', () => {
  it.each([
    ['', []],
    ["--tag 'a b'\n  --include \"x'y\"", ['--tag', 'a b', '--include', "x'y"]],
    ['--tag=a\' \'b"c d"', ['--tag=a bc d']],
    ["''", ['']],
  ])('the flags %j are words', (flags, words) => expect(splitWords(flags)).toEqual({ words }))

  it.each(["'", 'a "b', "--x 'a' 'b"])('the flags %j have an open quote', (flags) =>
    expect(splitWords(flags).fault).toBeDefined(),
  )

  it('the flags of an environment are found in each form', () => {
    const flags = [
      '--prune',
      '-E',
      'prod',
      '-Eqa',
      '--overlay=a.yaml',
      '--environment',
      'x',
      '--secret-env-file',
      'y',
      '--tag',
      '-E',
    ]
    expect(environmentFlags(flags).map(({ flag }) => flag)).toEqual([
      '-E',
      'prod',
      '-Eqa',
      '--overlay=a.yaml',
      '--environment',
      'x',
      '-E',
    ])
  })

  it('credentials need a server', () => {
    const url = 'https://prefect.example/api'
    expect(hasCredentials({ PREFECT_API_URL: url, PREFECT_API_KEY: '' })).toBe(false)
    expect(hasCredentials({ PREFECT_API_KEY: 'key' })).toBe(false)
    for (const more of [
      { PREFECT_API_KEY: 'key' },
      { PREFECT_API_AUTH_STRING: 'a:b' },
      { PREFECT_API_URL: 'https://a:b@prefect.example/api' },
    ])
      expect(hasCredentials({ PREFECT_API_URL: url, ...more })).toBe(true)
  })
})
