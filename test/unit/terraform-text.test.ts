import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressesOf, identifierOf } from '../../src/writers/terraform/addresses.ts'
import { cutReferences } from '../../src/writers/terraform/cut-references.ts'
import { argumentsText, block, escaped, hclOf } from '../../src/writers/terraform/hcl.ts'

/* Terraform itself reads what is written, where there is one: it formats it, and evaluates expressions without any provider. */

const home = mkdtempSync(join(tmpdir(), 'prefect-snapshot-terraform-'))
const terraform = (args: readonly string[], cwd: string, input = '') =>
  spawnSync('terraform', args, {
    cwd,
    input,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', HOME: home, CHECKPOINT_DISABLE: '1' },
  })
const isThere = terraform(['version'], home).status === 0

describe.skipIf(!isThere)('Terraform', () => {
  it.each(readdirSync('test/fixtures/written'))('finds nothing to format in %s', (name) => {
    const { status, stdout, stderr } = terraform(['fmt', '-check', '-diff', join('test/fixtures/written', name)], '.')
    expect(stdout + stderr).toBe('')
    expect(status).toBe(0)
  })

  it('evaluates written values to the same values, and finds nothing to format', () => {
    const pieces = [
      '$',
      '%',
      '{',
      '}',
      '"',
      '\\',
      '\n',
      '\t',
      '\r',
      '~',
      'a',
      'é',
      '#',
      '//',
      '/*',
      '<<EOT',
      '𝒳',
      '\u2028',
      '\u0007',
    ]
    const text = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 8 })
    const keys = fc.oneof(text, fc.constantFrom('for', 'null', 'true', 'in', 'a-b', '1a', 'if', 'each'))
    const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom(1e-7, 0.1, 1.5e30))
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
      ),
    }))
    const values = fc.sample(value, { seed: 7, numRuns: 400 }) as never[]
    const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-terraform-'))
    writeFileSync(
      join(folder, 'values.tf'),
      block('locals', [], [['values', { list: values.map((item) => hclOf(item)) }]]),
    )
    expect(terraform(['fmt', '-check', '-diff'], folder).stdout).toBe('')
    const { stdout, stderr } = terraform(['console'], folder, 'base64encode(jsonencode(local.values))\n')
    expect(stderr).toBe('')
    const read = JSON.parse(Buffer.from(JSON.parse(stdout), 'base64').toString()) as unknown[]
    expect(read).toHaveLength(values.length)
    for (const [index, item] of values.entries()) expect(read[index]).toEqual(item)
  })
})

describe('texts in quotes', () => {
  it('open no template', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a template
    expect(escaped('$ ${a} $${b} %{c} %%{d} $%{e} {f}')).toBe(
      '$ $${a} \\u0024$${b} %%{c} \\u0025%%{d} \\u0024%%{e} {f}',
    )
  })
  it('have equals signs aligned between arguments on one line each', () => {
    const body = [
      ['a', 1] as const,
      ['long', true] as const,
      ['b', { object: [['x', 1] as const] }] as const,
      ['c', 2] as const,
    ]
    expect(argumentsText(body, '')).toBe('a    = 1\nlong = true\nb = {\n  x = 1\n}\nc = 2\n')
  })
})

describe('addresses', () => {
  const flow = (key: string) => ({ kind: 'flow', key, refs: {}, spec: {}, secrets: {} })
  it('are valid and unique, and a third resource changes none', () => {
    const two = addressesOf([flow('A b'), flow('a-b')])
    const three = addressesOf([flow('A b'), flow('a-b'), flow('a.b'), flow('1'), flow('#')])
    expect(two.get('flow/A b')).toMatch(/^prefect_flow\.a_b_[0-9a-f]{6}$/)
    expect(three.get('flow/A b')).toBe(two.get('flow/A b'))
    expect(three.get('flow/1')).toBe('prefect_flow._1')
    expect(new Set(three.values()).size).toBe(5)
    for (const name of ['', '漢字', '__', 'a b']) expect(identifierOf(name)).toMatch(/^[a-z_][a-z0-9_]*$/)
  })
})

describe('references in a cycle', () => {
  const pausing = (key: string, other: string) => ({
    kind: 'automation',
    key,
    refs: {},
    spec: { actions: [{ automation_id: `<ref:automation/${other}>` }] },
    secrets: {},
  })
  it('are cut where they close it', () => {
    expect([...cutReferences([pausing('a', 'b'), pausing('b', 'a'), pausing('c', 'c'), pausing('d', 'a')])]).toEqual([
      'automation/b\nautomation/a',
      'automation/c\nautomation/c',
    ])
  })
})
