import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import type { Id, LiveResource, Placeholder } from '../../src/model.ts'
import { Secret } from '../../src/secret.ts'
import { placeholderNames, withPlaceholders } from '../../src/secrets/placeholders.ts'

function block(key: string, ...pointers: readonly string[]): LiveResource {
  return withSecrets(key, Object.fromEntries(pointers.map((pointer) => [pointer, { plain: new Secret('x') }])))
}
function withSecrets(key: string, secrets: Readonly<Record<string, Placeholder>>): LiveResource {
  return { kind: 'block', key, refs: {}, spec: {}, secrets, id: '1' as Id, carriedOver: {} }
}
const namesOf = (...resources: readonly LiveResource[]) =>
  withPlaceholders(resources, kinds).flatMap(({ secrets }) =>
    Object.values(secrets).map((placeholder) => ('env' in placeholder ? placeholder.env : '')),
  )

test.each([
  ['block', 'secret/api-token', '/data/value', 'SECRET_API_TOKEN_VALUE'],
  ['block', 'aws/a b', '/data/deep/token', 'AWS_A_B_DEEP_TOKEN'],
  ['block', 'x/ünï #1?', '/data/h/a~1b', 'X_N_1_H_A_1B'],
  ['block', '1st/x', '/data/v', '_1ST_X_V'],
  ['deployment', 'etl/prod', '/job_variables/env/TOKEN', 'DEPLOYMENT_ETL_PROD_JOB_VARIABLES_ENV_TOKEN'],
])('the secret of %s %s at %s is called', (kind, key, pointer, name) => {
  expect(placeholderNames(kinds)(kind, key, pointer)).toBe(name)
  expect(name).toMatch(/^[A-Z_][A-Z0-9_]*$/)
})

test('equal names get suffixes that do not depend on other placeholders', () => {
  const [a, b, c] = [
    block('secret/a-b', '/data/value'),
    block('secret/a_b', '/data/value'),
    block('secret/a b', '/data/value'),
  ]
  const two = namesOf(a, b)
  expect(new Set(two).size).toBe(2)
  for (const name of two) expect(name).toMatch(/^SECRET_A_B_VALUE_[0-9A-F]{6}$/)
  expect(namesOf(a, b, c).slice(0, 2)).toEqual(two)
  expect(namesOf(b, a)).toEqual([...two].reverse())
  expect(namesOf(a)).toEqual(['SECRET_A_B_VALUE'])
})

test('a suffix is never the name of another secret', () => {
  const [first = ''] = namesOf(block('secret/a-b', '/data/v'), block('secret/a_b', '/data/v'))
  const suffix = first.slice('SECRET_A_B_V'.length).toLowerCase()
  const names = namesOf(
    block('secret/a-b', '/data/v'),
    block('secret/a_b', '/data/v'),
    block('secret/a-b', `/data/v${suffix}`),
  )
  expect(new Set(names).size).toBe(3)
})

test('a value that is not a string is read as JSON; a masked value has a placeholder like others', () => {
  const secrets: Record<string, Placeholder> = {
    '/data/a': { plain: new Secret({ user: 'x' }) },
    '/data/b': { plain: new Secret(true) },
    '/data/c': { masked: true },
    '/data/d': { plain: new Secret('text') },
  }
  const [resource] = withPlaceholders([withSecrets('t/n', secrets)], kinds)
  expect(resource?.secrets).toEqual({
    '/data/a': { env: 'T_N_A', as: 'json' },
    '/data/b': { env: 'T_N_B', as: 'json' },
    '/data/c': { env: 'T_N_C' },
    '/data/d': { env: 'T_N_D' },
  })
})
