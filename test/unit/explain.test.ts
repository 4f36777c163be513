import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { issueCodes } from '../../src/issue/codes.ts'
import { kinds } from '../../src/kinds/all.ts'
import { command } from '../support/command.ts'

const explained = async (...words: readonly string[]) => {
  const { exit, out, err } = await command(['explain', ...words])
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  return out
}

describe('explain', () => {
  it('has the meaning, the cause, an example and the fix of every code, in sentences', async () => {
    for (const [code, explanation] of Object.entries(issueCodes)) {
      expect(Object.keys(explanation), code).toEqual(['meaning', 'cause', 'example', 'fix'])
      const text = await explained(code)
      expect(text.startsWith(`${code}\n`)).toBe(true)
      for (const sentence of Object.values(explanation)) {
        expect(sentence, code).toMatch(/^\S.{5,}[.`]$/)
        expect(text.replace(/\s+/g, ' ')).toContain(sentence)
      }
      expect(text).toMatch(/\n {2}Cause: .*\n {2}Example: .*\n {2}Fix: /s)
    }
  })

  it('has different texts for every code', () => {
    const texts = Object.values(issueCodes).flatMap(({ meaning, cause, example }) => [meaning, cause, example])
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([])
  })

  it('has no unused code', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    const texts = files
      .filter((file) => file.endsWith('.ts') && !/^(issue.[a-z-]+codes\.ts|report.html.bundle\.ts)$/.test(file))
      .map((file) => readFileSync(join('src', file), 'utf8'))
    expect(Object.keys(issueCodes).filter((code) => !texts.some((text) => text.includes(`'${code}'`)))).toEqual([])
  })

  it('lists all kinds and codes', async () => {
    const text = await explained()
    for (const name of [...kinds.map((kind) => kind.name), ...Object.keys(issueCodes)])
      expect(text).toContain(`  ${name} `)
  })

  it.each(kinds.map((kind) => [kind.name, kind] as const))(
    'tells every field of %s, and each by itself',
    async (name, kind) => {
      const text = await explained(name)
      for (const field of Object.keys(kind.fields)) {
        expect(text).toContain(`spec.${field} `)
        expect(await explained(`${name}.${field}`)).toContain(`${name}.spec.${field}\n`)
        expect(await explained(`${name}.spec.${field}`)).toBe(await explained(`${name}.${field}`))
        const { subject } = JSON.parse(await explained(`${name}.${field}`, '-f', 'json'))
        expect(subject).toMatchObject({
          type: 'field',
          kind: name,
          path: `spec.${field}`,
          required: expect.any(Boolean),
        })
        expect(subject.jsonSchema).toHaveProperty('description')
      }
      for (const slot of Object.keys(kind.refFields)) {
        expect(text).toContain(`refs.${slot} `)
        expect(await explained(`${name}.refs.${slot}`)).toContain(`${name}.refs.${slot}\n`)
      }
    },
  )

  it('tells the type, the default, and the rules of Prefect with their source', async () => {
    const text = (await explained('deployment.schedules')).replace(/\s+/g, ' ')
    expect(text).toContain('Type: list of mappings Required: no Default: []')
    expect(text).toContain('Rules, and where Prefect 3.8.8 has them:')
    const rule =
      'The slugs of the schedules of a deployment differ. prefect/server/database/orm_models.py: DeploymentSchedule'
    expect(text).toContain(rule)
  })

  it('tells a field within a field, and the key', async () => {
    expect(await explained('deployment.schedules.cron')).toMatch(/^deployment\.spec\.schedules\.cron\n.*Type: +text\n/s)
    expect(await explained('work-queue.key')).toMatch(/^work-queue\.key\n.*Required: +yes\n/s)
    expect(await explained('deployment.concurrency_limit')).toContain('integer of at least 1, or mapping')
    expect(await explained('deployment.concurrency_limit.limit')).toMatch(/Type: +integer\n/)
  })

  it.each([
    ['deploymnt', 'deployment'],
    ['danglingref', 'dangling-ref'],
    ['deploymnt.schedules', 'deployment.schedules'],
    ['deployment.shedules', 'deployment.schedules'],
    ['deployment.spec.shedules', 'deployment.schedules'],
    ['deployment.schedules.crn', 'deployment.schedules.cron'],
    ['schedules', 'deployment.schedules'],
    ['base_job_templte', 'work-pool.base_job_template'],
  ])('suggests for %s: %s', async (word, similar) => {
    const { exit, out, issues } = await command(['explain', word])
    expect([exit, out, issues.map(({ fix }) => fix)]).toEqual([
      3,
      '',
      [`Did you mean prefect-snapshot explain ${similar}?`],
    ])
  })

  it('says where the words are if none is similar', async () => {
    const { issues } = await command(['explain', 'xyzzy'])
    expect(issues.map(({ fix }) => fix)).toEqual(['Run prefect-snapshot explain without a word for a list.'])
    const field = await command(['explain', 'saved-search.xyzzy'])
    expect(field.issues.map(({ fix }) => fix)).toEqual(['Choose one of key, filters.'])
  })
})
