import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { reportSchema } from '../../scripts/type-schemas.ts'
import { json } from '../../src/report/json-report.ts'
import type { JsonReport } from '../../src/report/model/fleet-report.ts'
import { applyReport, baseReport, canary, diffReport, graphReport, planReport } from '../report/fixture.ts'

const committed = readFileSync(new URL('../../schemas/report.v1.json', import.meta.url), 'utf8')
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(committed) as object)
const common = { version: 1, tool: '1', exit: 3, issues: [] } as const
const reports: Readonly<Record<string, JsonReport>> = {
  plan: planReport(),
  'a plan with a base': baseReport(),
  diff: diffReport(),
  apply: applyReport(),
  graph: graphReport(),
  fleet: {
    ...common,
    schema: 'prefect-snapshot/fleet',
    command: 'plan',
    by: 'profile',
    pattern: 'team-*',
    targets: [{ name: 'team-a', exit: 0, issues: [], report: planReport() }],
  },
  validate: {
    ...common,
    schema: 'prefect-snapshot/validate',
    files: [{ file: 'a', resources: 1, errors: 0, warnings: 0 }],
  },
  error: {
    ...common,
    schema: 'prefect-snapshot/error',
    issues: [{ code: 'stale-plan', severity: 'error', message: 'it moved', ref: 'flow/x', pointer: '/spec' }],
  },
}

describe('schemas/report.v1.json', () => {
  it('is up to date with the types (npm run schema)', () => {
    expect(committed).toBe(reportSchema())
  }, 60_000)

  it.each(Object.entries(reports))('describes a document of %s', (_, report) => {
    const text = json(report)
    valid(JSON.parse(text))
    expect(valid.errors).toBeNull()
    expect(text).not.toContain(canary)
  })

  it.each([
    ['another version', { version: 2 }],
    ['a code that does not exist', { issues: [{ code: 'nonsense', severity: 'error', message: '' }] }],
    ['no exit code', { exit: undefined }],
  ])('rejects %s', (_, wrong) => {
    const document = JSON.parse(JSON.stringify({ ...reports.error, ...wrong })) as unknown
    expect(valid(document)).toBe(false)
  })

  it('keeps numbers exact', () => {
    const text = json(planReport())
    for (const number of ['5.0', '9007199254740993']) expect(text).toContain(number)
  })
})
