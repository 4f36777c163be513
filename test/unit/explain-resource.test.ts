import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newHome } from '../support/cli.ts'
import { command } from '../support/command.ts'

const home = newHome()
const snapshot = `kind: snapshot
version: 1
external: [flow/etl, work-pool/k8s/**, block/secret/*]
---
kind: deployment
key: etl/prod
refs: {flow: flow/etl, queue: work-queue/k8s/high}
spec:
  job_variables: {token: "{{ prefect.blocks.secret.token }}"}
---
kind: automation
key: watch
spec:
  trigger: {type: event, posture: Reactive, expect: [prefect.flow-run.Failed]}
  actions: [{type: run-deployment, source: selected, deployment_id: '<ref:deployment/etl/prod>'}]
---
kind: work-pool
key: k8s
spec: {type: process}
`
writeFileSync(join(home, 'a.yaml'), snapshot)
writeFileSync(
  join(home, 'open.yaml'),
  snapshot.replace(/external: .*\n/, 'external: [flow/etl, "block/secret/*", work-queue/**]\n'),
)
writeFileSync(join(home, 'prod.yaml'), 'kind: overlay\nversion: 1\nexternal: [work-pool/k8s/**]\n')

const explain = async (...words: readonly string[]) => {
  const { exit, out } = await command(['explain', ...words], {}, home)
  expect(exit).toBe(0)
  return out
}

describe('explain of a resource', () => {
  it('shows its document and its edges, and which of them lead to external resources', async () => {
    expect(await explain('deployment/etl/prod', 'a.yaml')).toBe(`deployment/etl/prod

Document: a.yaml:5

Refers to:
  refs.flow            flow/etl (external)
  refs.queue           work-queue/k8s/high (external)
  job_variables.token  block/secret/token (external, by name when a flow runs)

Referred to by:
  actions[0].deployment_id  automation/watch
`)
  })

  it('says of an external one which glob it matches, what that means, and that its document is not used', async () => {
    const flow = await explain('flow/etl', 'a.yaml')
    expect(flow).toMatch(/^flow\/etl\n\nExternal, by flow\/etl under external:\. It must exist on the destination/)
    expect(flow.replace(/\s+/g, ' ')).toContain('never written. Referred to by: refs.flow deployment/etl/prod')
    const queue = JSON.parse(await explain('work-queue/k8s/high', 'a.yaml', '-f', 'json')).subject as object
    expect(queue).toEqual({
      type: 'resource',
      ref: 'work-queue/k8s/high',
      external: ['work-pool/k8s/**'],
      refersTo: [],
      referredToBy: [{ ref: 'deployment/etl/prod', pointer: '/refs/queue', via: 'field', external: false }],
    })
  })

  it('reads the snapshot with the overlays of an environment', async () => {
    expect(await explain('work-queue/k8s/high', 'open.yaml')).toContain('by work-queue/** under')
    expect(await explain('work-queue/k8s/high', 'open.yaml', '--overlay', 'prod.yaml')).toContain(
      'by work-queue/**, work-pool/k8s/** under',
    )
  })

  it.each([
    [['deployment/etl/prd', 'a.yaml'], 'Did you mean deployment/etl/prod?'],
    [['deployment/etl/prod'], 'Add the snapshot that has it: prefect-snapshot explain deployment/etl/prod FILE.'],
  ])('%j is rejected', async (words, fix) => {
    const { exit, out, issues } = await command(['explain', ...words], {}, home)
    expect({ exit, out, fix: issues[0]?.fix }).toEqual({ exit: 3, out: '', fix })
  })
})
