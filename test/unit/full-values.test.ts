import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands } from '../../src/commands/all.ts'
import { newHome } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { toyKinds } from '../support/toy-kinds.ts'
import { toyUrl } from '../support/toy-server.ts'

const long = `begin ${'x'.repeat(300)} end`
const nested = { first: { second: Array.from({ length: 30 }, (_, n) => `item-${n}`) } }
const more = Array.from({ length: 20 }, (_, n) => `---\nkind: a\nkey: m${n}\n`).join('')

async function user() {
  const home = newHome()
  const url = await toyUrl()
  const write = (file: string, spec: object, rest = '') =>
    writeFileSync(
      join(home, file),
      `kind: snapshot\nversion: 1\n---\nkind: a\nkey: one\nspec: ${JSON.stringify(spec)}\n${rest}`,
    )
  const run = async (line: string) =>
    (await command([...line.split(' '), '--api-url', url], { HOME: home }, home, { kinds: toyKinds })).out
  write('s.yaml', { text: long, any: nested, count: 1 })
  write('lines.yaml', { text: `first\nsecond ${long}\nthird` })
  write('more.yaml', { count: 1 }, more)
  write('small.yaml', { count: 1 })
  write('gone.yaml', { count: 1 }, `---\nkind: a\nkey: gone\nspec: {text: ${long}}\n`)
  return { home, run }
}

describe('--full', () => {
  it('shows the values of a create whole, and without it they are cut', async () => {
    const { run } = await user()
    const short = await run('plan s.yaml')
    expect(short).toMatch(/^\+ a one {2}text "begin .*…/m)
    expect(short).not.toContain('item-29')
    const full = await run('plan s.yaml --full')
    expect(full).toContain(`+ a one\n    text\n      ${long}\n`)
    expect(full).toContain('    any\n      {\n        "first": {\n')
    expect(full).toContain('            "item-29"\n')
    expect(full).toContain('    count  1\n')
    expect(await run('plan lines.yaml --full')).toContain(`    text\n      first\n      second ${long}\n      third\n`)
  })

  it('shows the values of an update and of a delete whole', async () => {
    const { run } = await user()
    await run('apply s.yaml --yes')
    const changed = await run('plan small.yaml')
    expect(changed).not.toContain(long)
    expect(await run('plan small.yaml --full')).toContain(long)
    await run('apply gone.yaml --yes')
    const removed = await run('plan small.yaml --prune --override-change-limit --full')
    expect(removed).toContain(`- a gone\n    text\n      ${long}\n`)
  })

  it('shows whole lists', async () => {
    const { run } = await user()
    await run('apply more.yaml --yes')
    expect(await run('plan small.yaml')).toContain('and 17 more')
    const full = await run('plan small.yaml --full')
    expect(full).not.toContain('more')
    expect(full).toContain('m19')
  })

  it('is an option of every command that shows a plan or a comparison', () => {
    const without = commands.filter(({ options }) => options.format?.choices?.includes('html') && !('full' in options))
    expect(without.map(({ name }) => name)).toEqual(['validate', 'graph'])
  })
})

describe('an export without --check', () => {
  it.each([['-f', 'json'], ['--full']])('refuses %s, which is for its report', async (...flags) => {
    const { exit, out, issues } = await command(['export', '--profile', 'local', ...flags])
    expect([exit, out, issues.map(({ code, fix }) => `${code} ${fix}`)]).toEqual([
      3,
      '',
      ['usage Add --check, or leave them out.'],
    ])
  })
})

describe('-f json', () => {
  it('always has whole values, also without a terminal', async () => {
    const { run } = await user()
    const { changes } = JSON.parse(await run('plan s.yaml -f json'))
    const fields = Object.fromEntries(
      changes[0].fields.map(({ path, after }: { path: string; after: unknown }) => [path, after]),
    )
    expect(fields).toEqual({ text: long, any: nested, count: 1 })
  })
})
