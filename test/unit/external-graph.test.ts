import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { command } from '../support/command.ts'

const file = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-graph-')), 'x.yaml')
writeFileSync(
  file,
  `kind: snapshot
version: 1
external: [work-pool/k8s/**, flow/etl]
---
kind: deployment
key: etl/prod
refs: {flow: flow/etl, queue: work-queue/k8s/high}
`,
)

test.each([
  ['json', /"ref": ?"work-queue\/k8s\/high",\s*"external": ?true/],
  ['mermaid', /classDef external stroke-dasharray:5 5\n {2}class n1,n2 external\n/],
  ['dot', /"flow\/etl" \[.*style="rounded,dashed"\]/],
  ['svg', /class="node external" data-ref="work-queue\/k8s\/high"/],
  ['html', /"state":"external"/],
])('%s: external resources are in the graph, and drawn as such', async (format, drawn) => {
  const { exit, out } = await command(['graph', file, '-f', format])
  expect(exit).toBe(0)
  expect(out).toMatch(drawn)
})

test('an external resource can be the focus', async () => {
  const { out } = await command(['graph', file, '-f', 'dot', '--focus', 'flow/etl', '--reverse'])
  expect(out).toContain('"deployment/etl/prod" -> "flow/etl"')
  expect(out).not.toContain('k8s')
})
