import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/json.ts'
import { runVariableFaults } from '../../src/kinds/automation/run-variables.ts'
import type { Ref, Resource } from '../../src/model.ts'

const properties = { cpu: { type: 'integer' }, env: { type: ['object', 'null'], default: {} }, any: { anyOf: [] } }

/** The faults of an action that runs a deployment with these job variables in a pool with this schema. */
function faults(variables: JsonObject, schema: JsonObject, more: JsonObject = {}): string[] {
  const of = (kind: string, key: string, spec: JsonObject, refs: Readonly<Record<string, Ref>> = {}): Resource => ({
    kind,
    key,
    refs,
    spec,
    secrets: {},
  })
  const all: Record<Ref, Resource> = {
    'deployment/f/d': of('deployment', 'f/d', {}, { queue: 'work-queue/p/q' }),
    'work-pool/p': of('work-pool', 'p', { base_job_template: { variables: schema } }),
  }
  const action: Json = {
    type: 'run-deployment',
    deployment_id: '<ref:deployment/f/d>',
    job_variables: variables,
    ...more,
  }
  return runVariableFaults([{ type: 'do-nothing' }, action], (ref) => all[ref])
}

test.each<[string, JsonObject, JsonObject, RegExp]>([
  [
    'text for a number',
    { cpu: '500m' },
    { properties },
    /work-pool\/p.*deployment\/f\/d \(cpu is not of type integer\)/,
  ],
  ['a float for an integer', { cpu: 1.5 }, { properties }, /cpu is not of type integer/],
  ['a list for an object', { env: [] }, { properties }, /env is not of type object or null/],
  ['a variable that is missing', { env: {} }, { properties, required: ['cpu', 'env'] }, /\(cpu is missing\)/],
])('a server refuses job variables of an action: %s', (_, variables, schema, reason) => {
  expect(faults(variables, schema)).toEqual([expect.stringMatching(reason)])
})

test('a server takes what fits, what it cannot check, and what it leaves out', () => {
  expect(faults({ cpu: 2, env: null, any: 1, more: 1 }, { properties, required: ['cpu', 'env'] })).toEqual([])
  expect(faults({}, { properties, required: ['cpu'] })).toEqual([])
  expect(
    faults({ env: {} }, { properties: { ...properties, cpu: { type: 'integer', default: 'x' } }, required: ['a'] }),
  ).toEqual([])
  expect(faults({ cpu: 'x' }, { properties }, { deployment_id: null })).toEqual([])
  expect(faults({ cpu: 'x' }, { properties }, { deployment_id: '<ref:deployment/f/gone>' })).toEqual([])
})
