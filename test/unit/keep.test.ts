import { describe, expect, it } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import type { Id, Live, LiveResource, Resource, SecretValues } from '../../src/model.ts'
import { asWritten } from '../../src/plan/as-written.ts'
import { makeDiff } from '../../src/plan/diff.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { refOf } from '../../src/ref.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'

const text = (keep: string, spec = '') => `kind: snapshot
version: 1
---
kind: flow
key: etl
---
kind: deployment
key: etl/prod
refs: {flow: flow/etl}
spec: {version: "2"${spec}}
${keep}
`
const read = (keep: string, spec?: string) => parseSnapshot([{ file: 'x.yaml', text: text(keep, spec) }], kinds)
const keep = 'keep: [description, parameter_openapi_schema]'
const schema = { type: 'object', properties: { day: { type: 'string' } } }
const secretValues: SecretValues = { secretFor: () => undefined, missingReason: () => undefined }

/** A server that has the flow, and the deployment with another version, a description and a schema. */
function liveOf(resources: readonly Resource[]): Live {
  const all = resources.map((resource): [string, LiveResource] => {
    const spec =
      resource.kind === 'deployment' ? { description: 'Mine', version: '1', parameter_openapi_schema: schema } : {}
    return [refOf(resource), { ...resource, spec, id: 'x' as Id, carriedOver: {} }]
  })
  return {
    server: { url: 'x', version: '3.9.1' },
    resources: new Map(all) as Live['resources'],
    complete: new Set(),
    issues: [],
  }
}

describe('keep', () => {
  it('leaves fields to the server: they are neither compared nor changed', () => {
    const { snapshot, issues } = read(keep)
    expect(issues).toEqual([])
    const { changes } = makePlan(snapshot, liveOf(snapshot.resources), kinds, { secretValues })
    expect(changes).toMatchObject([{ action: 'update', fields: [{ pointer: '/spec/version' }] }])
    const [change] = changes
    expect(change?.action === 'update' && change.after.spec).toMatchObject({
      description: 'Mine',
      parameter_openapi_schema: schema,
    })
  })

  it('without it, the same document would reset them', () => {
    const { snapshot } = read('')
    const { changes } = makePlan(snapshot, liveOf(snapshot.resources), kinds, { secretValues })
    const [change] = changes
    const pointers = change?.action === 'update' ? change.fields.map(({ pointer }) => pointer) : []
    expect(pointers).toContain('/spec/description')
    expect(pointers.some((pointer) => pointer.startsWith('/spec/parameter_openapi_schema'))).toBe(true)
  })

  it('does not count for a field that the spec has, so that an overlay can set it', () => {
    const { snapshot } = read(keep, ', description: Other')
    const { changes } = makePlan(snapshot, liveOf(snapshot.resources), kinds, { secretValues })
    const [change] = changes
    expect(change?.action === 'update' && change.fields.map(({ pointer }) => pointer)).toEqual([
      '/spec/description',
      '/spec/version',
    ])
  })

  it('is written as it is read, and stays beside what a server has', () => {
    const { snapshot } = read(keep)
    const again = parseSnapshot([{ file: 'x.yaml', text: formatSnapshot(snapshot) }], kinds).snapshot
    expect(again.resources).toEqual(snapshot.resources)
    const live = [...liveOf(snapshot.resources).resources.values()]
    const [, deployment] = asWritten(live, snapshot.resources, kinds)
    expect(deployment).toMatchObject({ keep: ['description', 'parameter_openapi_schema'], spec: { version: '1' } })
  })

  it('makes no difference between two snapshots', () => {
    const [a, b] = [
      read(keep).snapshot,
      read('', `, description: Mine, parameter_openapi_schema: ${JSON.stringify(schema)}`).snapshot,
    ]
    expect(makeDiff(a, b, kinds).changes).toEqual([])
    expect(makeDiff(b, a, kinds).changes).toEqual([])
    expect(makeDiff(read('').snapshot, b, kinds).changes).toHaveLength(1)
  })

  it('takes fields of the kind only', () => {
    expect(read('keep: [owner]').issues).toMatchObject([{ severity: 'error', place: { line: 11 } }])
  })
})
