import { expect, test } from 'vitest'
import type { Json } from '../../src/json.ts'
import { templateFault } from '../../src/kinds/work-pool/pool-template.ts'

const declared = { variables: { type: 'object', properties: { env: {}, 'a.b': {} } } }

test.each<[string, Json | undefined]>([
  ['none', undefined],
  ['an empty one', {}],
  [
    'declared variables',
    { job_configuration: { env: '{{ env }}', more: ['{{a.b}}', { deep: '{{  env}}' }] }, ...declared },
  ],
  ['braces that are no placeholder', { job_configuration: { env: '{{ not one }} {{é}} {env}' }, ...declared }],
])('a server stores a template: %s', (_, template) => {
  expect(templateFault(template, undefined)).toBeUndefined()
})

test.each<[string, Json, string]>([
  ['an undeclared variable', { job_configuration: { image: '{{ image }}' }, ...declared }, 'does not declare: image'],
  [
    'one in a key, and a Prefect variable',
    { job_configuration: { a: { '{{ z }}': '{{ prefect.variables.x }}' } }, ...declared },
    'does not declare: prefect.variables.x, z',
  ],
  ['no variables', { job_configuration: { a: 1 } }, 'without variables'],
  ['empty sections', { job_configuration: {}, variables: {} }, 'without job_configuration and variables'],
])('a server refuses a template: %s', (_, template, reason) => {
  expect(templateFault(template, undefined)).toContain(reason)
  expect(templateFault(template, template)).toBeUndefined()
})
