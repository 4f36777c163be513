import { expect, test } from 'vitest'
import { edgeFinder } from '../../src/graph/edges.ts'
import type { Json } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'

const edgesOf = edgeFinder(kinds)

test.each<[string, Json, string, string]>([
  ['a template of a variable', '{{ prefect.variables.tier }}', 'variable/tier', ''],
  ['a field of a variable', 'x-{{prefect.variables.tier.name}}', 'variable/tier', ''],
  ['a template of a block', '{{ prefect.blocks.secret.api }}', 'block/secret/api', ''],
  ['a field of a block', '{{ prefect.blocks.aws-credentials.main.region }}', 'block/aws-credentials/main', ''],
  ['a parameter', { __prefect_kind: 'workspace_variable', variable_name: 'tier' }, 'variable/tier', '/variable_name'],
  ['a slug', { block_document_slug: 'secret/api' }, 'block/secret/api', '/block_document_slug'],
  [
    'a schema by its checksum',
    { block_type_slug: 'secret', block_schema_checksum: `sha256:${'ab'.repeat(32)}` },
    'block-schema/secret/abababab',
    '/block_schema_checksum',
  ],
  [
    'a pull step',
    { 'prefect.deployments.steps.pull_with_block': { block_type_slug: 's3-bucket', block_document_name: 'code' } },
    'block/s3-bucket/code',
    '/prefect.deployments.steps.pull_with_block',
  ],
  [
    'credentials of a bundle step',
    { gcp_credentials_block_name: 'main' },
    'block/gcp-credentials/main',
    '/gcp_credentials_block_name',
  ],
])('freeform JSON names a resource by %s', (_, value, to, pointer) => {
  const resource = { kind: 'deployment', key: 'f/d', refs: {}, spec: { job_variables: { x: value } }, secrets: {} }
  expect(edgesOf(resource)).toMatchObject([{ to, via: 'name', pointer: `/spec/job_variables/x${pointer}` }])
})

test.each<[string, Json]>([
  ['another template', '{{ prefect.flow_run.id }}'],
  ['a variable name without its kind', { variable_name: 'tier' }],
  ['a slug of one part', { block_document_slug: 'api' }],
  ['a checksum without its type', { block_schema_checksum: `sha256:${'ab'.repeat(32)}` }],
  ['a pull step without a block', { 'prefect.deployments.steps.pull_with_block': 'x' }],
])('%s names nothing', (_, value) => {
  const resource = { kind: 'deployment', key: 'f/d', refs: {}, spec: { job_variables: { x: value } }, secrets: {} }
  expect(edgesOf(resource)).toEqual([])
})
