import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inTurn, linksBetween } from '../../src/migration/wave-links.ts'
import { newHome, writeProfiles } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { resource, toyKinds } from '../support/toy-kinds.ts'
import { toyUrl } from '../support/toy-server.ts'

/** Those of `a` and `c` run by themselves. */
const kinds = toyKinds.map((kind) => {
  if (kind.name === 'a') return { ...kind, disabledSpec: { paused: true } }
  if (kind.name !== 'c') return kind
  const link = { schema: { enum: ['on', 'off'] }, doc: 'On or off.', operational: true } as const
  return { ...kind, fields: { ...kind.fields, link }, disabledSpec: { link: 'off' } }
})

const resources = [
  resource('a/x'),
  resource('a/y'),
  resource('a/z'),
  resource('b/shared', { refs: { a: 'a/z' } }),
  resource('c/w', { refs: { to: 'a/y' } }),
  resource('c/v', { refs: { to: 'b/shared' } }),
  resource('c/u', { refs: { to: 'b/shared' } }),
]
const waves = [
  { name: 'first', members: new Set(['a/x', 'c/w', 'c/v'] as const) },
  { name: 'second', members: new Set(['a/y', 'c/u'] as const) },
]

test('members of two waves that refer to each other are links; what both need is shared', () => {
  const { links, needs, shared } = linksBetween(waves, resources, kinds)
  expect(links).toEqual([{ from: 'c/w', fromWave: 'first', to: 'a/y', toWave: 'second' }])
  expect(Object.fromEntries(needs)).toEqual({ first: ['b/shared'], second: ['b/shared'] })
  expect(shared).toEqual([{ ref: 'b/shared', waves: ['first', 'second'] }])
})

test('waves come after those that they wait for, and otherwise as they are written', () => {
  const after = (name: string, ...after: readonly string[]) => ({ name, after })
  const turns = inTurn([after('one', 'three'), after('two'), after('three', 'two'), after('four')])
  expect(turns.map(({ name }) => name)).toEqual(['two', 'three', 'one', 'four'])
})

const document = (ref: string, rest: string) => {
  const [kind, key] = ref.split('/')
  return `---\nkind: ${kind}\nkey: ${key}\n${rest}`
}

async function migration() {
  const home = newHome()
  const urls = { old: await toyUrl(), new: await toyUrl() }
  writeProfiles(home, urls)
  const text = (on: boolean) =>
    [
      'kind: snapshot\nversion: 1\n',
      document('a/x', `spec: {paused: ${!on}}\n`),
      document('a/y', `spec: {paused: ${!on}}\n`),
      document('c/w', `refs: {to: a/y}\nspec: {link: ${on ? "'on'" : "'off'"}}\n`),
    ].join('')
  const file = 'from: old\nto: new\nwaves:\n  - {name: first, include: [a/x, c/w]}\n  - {name: second, include: a/y}\n'
  writeFileSync(join(home, 'waves.yaml'), file)
  const run = (...args: readonly string[]) => command(args, { HOME: home, PREFECT_HOME: home }, home, { kinds })
  for (const [profile, on] of [
    ['old', true],
    ['new', false],
  ] as const) {
    writeFileSync(join(home, `${profile}.yaml`), text(on))
    expect((await run('apply', `${profile}.yaml`, '--profile', profile, '--yes')).exit).toBe(0)
  }
  return { run }
}

test('a plan lists links between waves, and as Markdown it is a checklist', async () => {
  const { run } = await migration()
  const { out } = await run('migrate', 'plan', '-f', 'json')
  expect(JSON.parse(out).links).toEqual([{ from: 'c/w', fromWave: 'first', to: 'a/y', toWave: 'second' }])
  const { out: checklist } = await run('migrate', 'plan', '-f', 'markdown')
  expect(checklist).toMatch(/- \[ \] .*migrate cutover first/)
  expect(checklist).toContain('c/w')
})

test('a cutover warns of what it leaves on the other side, until that is there too', async () => {
  const { run } = await migration()
  const { err } = await run('migrate', 'cutover', 'first', '--dry-run')
  expect(err).toContain(
    '[wave-link] Afterwards, 1 pair of resources that depend on each other would be on different sides: c/w refers to a/y.',
  )
  expect((await run('migrate', 'cutover', 'second', '--yes', '--drain-timeout', '0')).exit).toBe(0)
  expect((await run('migrate', 'cutover', 'first', '--dry-run')).err).not.toContain('wave-link')
})
