import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { issueCodes } from '../../src/issue.ts'
import { kinds } from '../../src/kinds/all.ts'
import { command } from '../support/command.ts'

const explained = async (...words: readonly string[]) => {
  const { exit, out, err } = await command(['explain', ...words])
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  return out
}

describe('explain', () => {
  it('has a sentence for every code', async () => {
    for (const [code, sentence] of Object.entries(issueCodes)) {
      expect(sentence, code).toMatch(/^\S.{15,}[.`]$/)
      const text = await explained(code)
      expect(text.startsWith(`${code}\n`)).toBe(true)
      expect(text.replace(/\s+/g, ' ')).toContain(sentence)
    }
  })

  it('has no unused code', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    const texts = files
      .filter((file) => file.endsWith('.ts') && !/^(issue\.ts|report.html.bundle\.ts)$/.test(file))
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
        expect(JSON.parse(await explained(`${name}.${field}`, '-f', 'json'))).toHaveProperty('description')
      }
      for (const slot of Object.keys(kind.refFields)) {
        expect(text).toContain(`refs.${slot} `)
        expect(await explained(`${name}.refs.${slot}`)).toContain(`${name}.refs.${slot}\n`)
      }
    },
  )

  it('tells what Prefect demands of a field', async () => {
    const text = (await explained('deployment.schedules')).replace(/\s+/g, ' ')
    expect(text).toContain('Rule of Prefect: The slugs of the schedules of a deployment differ.')
  })
})
