import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { savedPlanSchema } from '../../scripts/type-schemas.ts'
import { parseJson, writeJson } from '../../src/json.ts'
import type { LiveResource, Plan } from '../../src/model.ts'
import { savedPlan } from '../../src/plan/saved-plan.ts'

const committed = readFileSync(new URL('../../schemas/saved-plan.v1.json', import.meta.url), 'utf8')
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(committed) as object)

const before: LiveResource = {
  kind: 'variable',
  key: 'a',
  refs: {},
  spec: { value: 1 },
  secrets: {},
  id: 'i' as LiveResource['id'],
  carriedOver: {},
}
const plan: Plan = {
  changes: [
    {
      ref: 'variable/a',
      action: 'update',
      before,
      after: before,
      fields: [{ pointer: '/spec/value' }],
      waits: [],
      notes: [],
    },
  ],
  unchanged: [],
  unmanaged: [],
  prunable: [],
  external: [],
  unsupported: [],
  refusals: [],
  notCompared: [],
  issues: [],
}
const live = {
  server: { url: 'http://x/api', version: '3.8.8' },
  resources: new Map([['variable/a' as const, before]]),
  complete: new Set<string>(),
  issues: [],
}
const saved = JSON.parse(
  writeJson(savedPlan(plan, live, { tool: '1', request: parseJson('{"prune": true}'), snapshot: 'kind: snapshot\n' })),
) as Record<string, unknown>

describe('schemas/saved-plan.v1.json', () => {
  it('is up to date with the types (npm run schema)', () => {
    expect(committed).toBe(savedPlanSchema())
  }, 60_000)

  it('describes the output of plan --out', () => {
    valid(saved)
    expect(valid.errors).toBeNull()
  })

  it.each(['server', 'snapshot', 'fingerprints', 'changes', 'version'])('rejects a plan without %s', (name) => {
    const { [name]: _, ...rest } = saved
    expect(valid(rest)).toBe(false)
  })
})
