import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { GraphReport } from '../../src/report/model/report.ts'
import { command } from '../support/command.ts'

const text = `kind: snapshot
version: 1
---
{kind: work-pool, key: k8s, spec: {type: kubernetes}}
---
{kind: work-queue, key: k8s/high, refs: {pool: work-pool/k8s}}
---
{kind: flow, key: etl}
---
{kind: flow, key: other}
---
kind: deployment
key: etl/prod
refs: {flow: flow/etl, queue: work-queue/k8s/high}
spec: {entrypoint: 'a.py:f', paused: false, parameters: {itself: '<ref:deployment/etl/prod>'}}
`
const file = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-graph-')), 'a.snapshot.yaml')
writeFileSync(file, text)

async function drawn(...flags: readonly string[]) {
  const { out } = await command(['graph', file, '-f', 'json', ...flags])
  const { resources, edges } = JSON.parse(out) as GraphReport
  return { refs: resources.map(({ ref }) => ref), edges }
}

describe('graph', () => {
  it('contains every resource and dependency, and marks cycles', async () => {
    const { refs, edges } = await drawn()
    expect(refs).toHaveLength(5)
    expect(edges.filter(({ cycle }) => cycle)).toEqual([
      { from: 'deployment/etl/prod', to: 'deployment/etl/prod', via: 'token', cycle: true },
    ])
    expect(edges).toHaveLength(4)
  })

  it.each([
    [
      ['--focus', 'deployment/etl/prod'],
      ['work-pool/k8s', 'work-queue/k8s/high', 'flow/etl', 'deployment/etl/prod'],
    ],
    [
      ['--focus', 'deployment/etl/*', '--depth', '1'],
      ['work-queue/k8s/high', 'flow/etl', 'deployment/etl/prod'],
    ],
    [
      ['--focus', 'work-pool/k8s', '--reverse'],
      ['work-pool/k8s', 'work-queue/k8s/high', 'deployment/etl/prod'],
    ],
    [
      ['--focus', 'work-pool/k8s', '--reverse', '--depth', '1'],
      ['work-pool/k8s', 'work-queue/k8s/high'],
    ],
    [['--focus', 'flow/other'], ['flow/other']],
  ])('%j', async (flags, refs) => {
    expect((await drawn(...flags)).refs.toSorted()).toEqual(refs.toSorted())
  })

  it.each([
    [['--focus', 'flow/etll'], 'Did you mean flow/etl?'],
    [['--reverse'], 'Add --focus KIND/KEY.'],
  ])('%j is rejected', async (flags, fix) => {
    const { exit, out, issues } = await command(['graph', file, ...flags])
    expect({ exit, out, fix: issues[0]?.fix }).toEqual({ exit: 3, out: '', fix })
  })

  it.each([
    ['mermaid', /^flowchart LR\n/],
    ['dot', /^digraph snapshot \{\n/],
    ['svg', /^<svg /],
    ['html', /^<!doctype html>\n/],
  ])('is drawn as %s, standard output only', async (format, begin) => {
    const { exit, out, err } = await command(['graph', file, '-f', format])
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    expect(out).toMatch(begin)
    expect(out).toContain('k8s/high')
  })
})
