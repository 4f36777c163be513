import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import type { Resource } from '../../src/model.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { readSources } from '../../src/store/files.ts'
import { writers } from '../../src/writers/all.ts'
import { resource } from '../support/toy-kinds.ts'

/* What is written as a prefect.yaml is read again as what it was, but for what the file cannot hold or takes from the code. */
const ofCode = ['description', 'version', 'parameter_openapi_schema']

async function writtenBack(resources: readonly Resource[]): Promise<Resource[]> {
  const writer = await writers['prefect-yaml'].load()
  const { files } = await writer.write({ resources, isBuiltin: () => false })
  const file = join(mkdtempSync(join(tmpdir(), 'written-back-')), 'prefect.yaml')
  writeFileSync(file, files['prefect.yaml'] ?? '')
  const context = { cwd: process.cwd(), env: {}, stdin: async () => new Uint8Array() }
  const { snapshot, issues } = parseSnapshot(await readSources(`prefect-yaml:${file}`, context), kinds)
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
  return snapshot.resources.filter(({ kind }) => kind === 'deployment')
}

const shown = ({ key, refs: { flow, queue }, spec }: Resource) => ({
  ...{ key, flow, queue },
  spec: Object.fromEntries(Object.entries(spec).filter(([field]) => !ofCode.includes(field))),
})

it('the deployments of a team', async () => {
  const path = 'snapshots/data-team.snapshot.yaml'
  const { snapshot } = parseSnapshot([{ file: path, text: readFileSync(path, 'utf8') }], kinds)
  const before = snapshot.resources.filter(({ kind }) => kind === 'deployment')
  const after = await writtenBack(snapshot.resources)
  expect(after.map(shown)).toEqual(before.map(shown))
})

it('texts with braces, and values that YAML 1.1 reads otherwise', async () => {
  const parameters = { a: 'yes', b: '1e3', c: '0o17', d: '12:30', e: '2026-01-02', f: null, g: 'null', h: '=', i: '~' }
  const job_variables = {
    image: '{{ prefect.variables.image }}',
    env: { A: 'x {{ flow_run.name }} y', B: '{{ $HOME }}' },
  }
  const spec = { entrypoint: 'a.py:b', tags: ['on', '1_000'], parameters, job_variables }
  const pool = resource('work-pool/p', { spec: { type: 'process', base_job_template: {} } })
  const queue = resource('work-queue/p/default', { refs: { pool: 'work-pool/p' } })
  const flow = resource('flow/A flow', {})
  const one = resource('deployment/A flow/one', { refs: { flow: 'flow/A flow', queue: 'work-queue/p/default' }, spec })
  const [after] = await writtenBack([pool, queue, flow, one])
  expect(after && shown(after)).toMatchObject(shown(one))
})
