import { describe, expect, it } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import type { Id, LiveResource, Ref, Resource } from '../../src/model.ts'
import { refOf } from '../../src/ref.ts'
import { patternsOf, withPatterns } from '../../src/secrets/secret-path.ts'
import { createScanner } from '../../src/secrets/secret-scan.ts'
import { resource } from '../support/toy-kinds.ts'

const live = (ref: Ref, spec: Resource['spec']): LiveResource => ({
  ...resource(ref, { spec }),
  id: '1' as Id,
  carriedOver: {},
})
const deployment = (key: string, spec: Resource['spec']) => live(`deployment/${key}`, { paused: false, ...spec })
const marked = (resources: readonly LiveResource[], ...patterns: readonly string[]) =>
  withPatterns(resources, patternsOf(patterns), kinds)
const secretsOf = (resources: readonly Resource[]) =>
  resources.flatMap((one) =>
    Object.entries(one.secrets).map(([pointer, placeholder]) => [
      `${refOf(one)}#${pointer}`,
      'plain' in placeholder ? placeholder.plain.reveal() : placeholder,
    ]),
  )
const failure = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe('--secret-path', () => {
  const etl = deployment('etl/prod', {
    job_variables: { env: { API_KEY: 'hush', DB_KEY: 'hush too', LEVEL: 'debug' } },
    parameters: { list: ['a', 'b', 'c'], token: { user: 'me', n: 1 } },
  })
  const other = deployment('report/prod', { job_variables: { image: 'x' } })
  const flag = live('variable/flag', { value: 'hush' })

  it('takes values out of the spec, by globs over names and places', () => {
    const out = marked([etl, other], 'deployment/**#/spec/job_variables/env/*_KEY')
    expect(secretsOf(out)).toEqual([
      ['deployment/etl/prod#/job_variables/env/API_KEY', 'hush'],
      ['deployment/etl/prod#/job_variables/env/DB_KEY', 'hush too'],
    ])
    expect(out[0]?.spec.job_variables).toEqual({ env: { LEVEL: 'debug' } })
    expect(JSON.stringify(out)).not.toContain('hush')
    expect(out[1]).toBe(other)
  })

  it('takes a whole field, and an object with all that is in it, once', () => {
    const [a, b] = marked(
      [etl, flag],
      'variable/*#/spec/value',
      'deployment/*/*#/spec/parameters/token',
      '**#/spec/**/user',
    )
    expect(secretsOf([b as Resource])).toEqual([['variable/flag#/value', 'hush']])
    expect(b?.spec).toEqual({})
    expect(secretsOf([a as Resource])).toEqual([['deployment/etl/prod#/parameters/token', { user: 'me', n: 1 }]])
  })

  it('leaves a null in the place of an item of a list, so that the others keep theirs', () => {
    const [out] = marked([etl], 'deployment/etl/prod#/spec/parameters/list/1')
    expect(out?.spec.parameters).toMatchObject({ list: ['a', null, 'c'] })
    expect(out?.secrets).toHaveProperty(['/parameters/list/1'])
  })

  it('refuses all patterns without a match together, with suggestions', () => {
    const found = failure(() =>
      marked(
        [etl, flag],
        'deployment/etl/prod#/spec/job_variables/env/API_KY',
        'deploymnt/etl/prod#/spec/x',
        'variable/flag#/spec/value',
      ),
    )
    expect(found).toMatchObject({
      issues: [
        { code: 'no-match', fix: expect.stringContaining('/spec/job_variables/env/API_KEY') },
        { code: 'no-match', fix: expect.stringContaining('deployment/etl/prod') },
      ],
    })
    expect(withPatterns([flag], patternsOf(['deployment/**#/spec/x'], true), kinds)).toEqual([flag])
  })

  it('refuses an invalid pattern, and a value with a reference', () => {
    for (const text of ['variable/x', '#/spec/value', 'variable/x#/value', 'variable/x#spec/value'])
      expect(failure(() => patternsOf([text]))).toMatchObject({ issues: [{ code: 'usage' }] })
    const linked = deployment('a/b', { parameters: { block: '<ref:block/secret/x>', text: '<<ref: hush' } })
    expect(failure(() => marked([linked], '**#/spec/parameters/block'))).toMatchObject({
      issues: [{ code: 'bad-secret', ref: 'deployment/a/b' }],
    })
    expect(secretsOf(marked([linked], '**#/spec/parameters/text'))).toEqual([
      ['deployment/a/b#/parameters/text', '<ref: hush'],
    ])
  })

  it('takes a ref that has a # of its own', () => {
    const automation = live('automation/run#1a2b', { description: 'hush' })
    expect(secretsOf(marked([automation], 'automation/run#1a2b#/spec/description'))).toHaveLength(1)
  })
})

describe('values that look like secrets', () => {
  // Put together here, so that nobody's scanner finds one in this file.
  const github = `ghp_${'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'}`
  const slack = ['xoxb', '123456789012', '1234567890123', 'abcdefghijklmnopqrstuvwx'].join('-')
  const key = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA'.repeat(12)}\n-----END RSA PRIVATE KEY-----`

  it('are reported by name and place, and never shown', async () => {
    const found = await createScanner().found([
      live('variable/harmless', { value: 'https://example.org/a?b=c' }),
      deployment('etl/prod', {
        job_variables: { env: { 'a/b': github, OTHER: 'plain' } },
        pull_steps: [{ 'x.git_clone': { url: `https://me:${'hunter2hunter2'}@example.org/x.git` } }],
      }),
      live('variable/list', { value: ['x', slack, { deep: key }] }),
    ])
    expect(found.map(({ ref, pointer }) => `${ref}#${pointer}`)).toEqual([
      'deployment/etl/prod#/spec/job_variables/env/a~1b',
      'deployment/etl/prod#/spec/pull_steps/0/x.git_clone/url',
      'variable/list#/spec/value/1',
      'variable/list#/spec/value/2/deep',
    ])
    expect(found.every(({ code, severity }) => code === 'possible-secret' && severity === 'warning')).toBe(true)
    const said = JSON.stringify(found)
    for (const secret of [github, slack, 'hunter2', 'MIIE']) expect(said).not.toContain(secret)
    // What it proposes is what takes the value out.
    const fix = /--secret-path '([^']+)'/.exec(found[0]?.fix ?? '')?.[1] ?? ''
    expect(
      secretsOf(marked([deployment('etl/prod', { job_variables: { env: { 'a/b': github } } })], fix)),
    ).toHaveLength(1)
  })

  it('are found once each, however many there are and whenever they were looked at', async () => {
    const long = 'plain words '.repeat(200)
    const many = Array.from({ length: 1000 }, (_, n) =>
      deployment(`flow-${n}/prod`, { description: n % 400 === 3 ? `${long} ${github}` : long }),
    )
    const look = createScanner()
    for (const resource of many.slice(0, 700)) look.at(resource)
    const wanted = many.filter((_, n) => n !== 403)
    expect((await look.found(wanted)).map(({ ref }) => ref)).toEqual([
      'deployment/flow-3/prod',
      'deployment/flow-803/prod',
    ])
    expect(await look.found(many)).toHaveLength(3)
  })
})
