import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { completionText } from '../../src/cli/complete.ts'
import { programOf } from '../../src/cli/program.ts'
import { forBash, splitLine } from '../../src/cli/shell-line.ts'
import { commands } from '../../src/commands/all.ts'
import { argumentKind, optionKind } from '../../src/commands/value-kinds.ts'
import { issueCodes } from '../../src/issue/codes.ts'
import { kinds } from '../../src/kinds/all.ts'
import { scanRefs } from '../../src/snapshot/scan-refs.ts'
import { newHome } from '../support/cli.ts'

const cwd = newHome()
const place = (name: string, text: string) => writeFileSync(join(cwd, name), text)
const secret = 'pnu_of_completion_tests'
mkdirSync(join(cwd, '.prefect'))
place('.prefect/profiles.toml', `[profiles.old]\nPREFECT_API_URL = "https://old/api"\nPREFECT_API_KEY = "${secret}"\n`)
place('prefect-snapshot.yaml', `version: 1\nenvironments: {prod: prod.overlay.yaml}\n`)
place('waves.yaml', 'from: old\nto: new\nwaves:\n  - {name: ingest, tag: a}\n  - {name: reports, tag: b}\n')
place(
  'a.snapshot.yaml',
  `kind: snapshot
version: 1
---
kind: variable
key: one
spec: {value: ${secret}}
---
key: 'two: it''s'   # a comment
kind: variable
spec: {value: [1
---
kind: flow
key: "three\\u202e"
---
kind: deployment
key: etl/prod
`,
)
mkdirSync(join(cwd, 'platform/variable'), { recursive: true })
place('platform/snapshot.yaml', 'kind: snapshot\nversion: 1\n')
place('platform/variable/x.yaml', 'kind: variable\nkey: x\n')

const program = () => programOf('0', async () => {})
const environment = { env: {}, cwd, home: cwd, trust: { all: true }, kinds: async () => kinds }
/** The candidates for the last word, and the fallback. */
const offered = async (...words: readonly string[]) => at(words.length - 1, ...words)
async function at(index: number, ...words: readonly string[]) {
  const text = await completionText(program(), ['fish', String(index), ...words], environment)
  expect(text).not.toContain(secret)
  const [fallback = '', ...lines] = text.trimEnd().split('\n')
  return { fallback, values: lines.map((line) => line.split('\t')[0]) }
}

describe('completion offers', () => {
  it.each([
    [['plan', '--profile', ''], ['old']],
    [['plan', '--profile=o'], ['--profile=old']],
    [['transfer', '--from', 'o'], ['old']],
    [['diff', 'a.snapshot.yaml', 'profile:'], ['profile:old']],
    [['plan', 'a.snapshot.yaml', '-E', ''], ['prod']],
    [
      ['migrate', 'cutover', ''],
      ['ingest', 'reports'],
    ],
    [
      ['plan', 'a.snapshot.yaml', '--kind', ''],
      ['variable', 'flow', 'deployment'],
    ],
    [
      ['plan', 'a.snapshot.yaml', '--include', ''],
      ['variable/', 'flow/', 'deployment/'],
    ],
    [
      ['plan', 'a.snapshot.yaml', '--include', 'variable/'],
      ['variable/**', 'variable/one', "variable/two: it's"],
    ],
    [['plan', '--include', 'variable/o', 'a.snapshot.yaml'], []],
    [['plan', 'platform', '--exclude', 'variable/x'], ['variable/x']],
    [['graph', 'a.snapshot.yaml', '--focus=deployment/e'], ['--focus=deployment/etl/prod']],
    [['plan', '-f', 'j'], ['json']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['secrets', ''],
      ['list', 'help'],
    ],
    [['help', 'migrate', 'cut'], ['cutover']],
    [
      ['--log', ''],
      ['text', 'ndjson'],
    ],
    [['plan', '--', '--ou'], []],
    [['explain', 'variable.v'], ['variable.value']],
  ])('for %j', async (words, values) => expect((await offered(...words)).values).toEqual(values))

  it('every command, and every option of each', async () => {
    const names = (await offered('')).values
    expect(names).toEqual(expect.arrayContaining([...new Set(commands.map(({ name }) => name.split(' ')[0]))]))
    for (const { name, options } of commands) {
      const { values } = await offered(...name.split(' '), '--')
      const longs = Object.values(options).map(({ flags }) => /--[a-z-]+/.exec(flags)?.[0])
      expect(values, name).toEqual(expect.arrayContaining([...longs, '--quiet', '--help']))
    }
  })

  it('resources to explain, where the snapshot comes after the cursor, and codes where there is none', async () => {
    expect((await at(1, 'explain', 'flow', 'a.snapshot.yaml')).values).toEqual(['flow/'])
    expect((await at(1, 'explain', 'variable/o', 'a.snapshot.yaml')).values).toEqual(['variable/one'])
    expect((await offered('explain', '')).values).toEqual([
      ...kinds.map(({ name }) => name),
      ...Object.keys(issueCodes),
    ])
  })

  it('paths where a path belongs', async () => {
    expect((await offered('plan', '')).fallback).toBe('files')
    expect((await offered('plan', '--out', '')).fallback).toBe('files')
    expect((await offered('backup', '')).fallback).toBe('directories')
    expect((await offered('plan', '--tag', '')).fallback).toBe('none')
  })

  it('no flag without a value twice', async () => {
    expect((await offered('plan', '--prune', '--pru')).values).toEqual([])
    expect((await offered('plan', '--include', 'x', '--inc')).values).toEqual(['--include'])
  })
})

describe('nothing is offered, and nothing fails', () => {
  it.each([
    [['plan', 'missing.yaml', '--include', 'variable/']],
    [['plan', 'git:nowhere:x', '--include', 'flow/']],
    [['migrate', 'cutover', '--waves', 'a.snapshot.yaml', '']],
    [['plan', '-', '--kind', 'q']],
    [['nonsense', 'x', '--y=']],
    [['plan', '/dev/stdin', '--include', 'flow/']],
  ])('for %j', async (words) => {
    const { values } = await offered(...words)
    expect(values.filter((value) => !value?.endsWith('/**'))).toEqual([])
  })

  it.each([[[]], [['fish']], [['bash', 'x']], [['zsh', '-1', 'plan']], [['fish', '99', 'plan']]])(
    'for the arguments %j',
    async (args) => expect(await completionText(program(), args, environment)).toMatch(/^(none|files)\n/),
  )

  test('for a damaged file of profiles', async () => {
    const home = newHome()
    mkdirSync(join(home, '.prefect'))
    writeFileSync(join(home, '.prefect/profiles.toml'), '[profiles.x\n')
    const text = await completionText(program(), ['fish', '2', 'plan', '--profile', ''], { ...environment, home })
    expect(text).toBe('none\n')
  })
})

test('a long list of names is offered part by part', async () => {
  const many = Array.from({ length: 600 }, (_, index) => `---\nkind: deployment\nkey: flow-${index % 3}/d${index}\n`)
  place('many.snapshot.yaml', `kind: snapshot\nversion: 1\n${many.join('')}`)
  const words = ['plan', 'many.snapshot.yaml', '--exclude']
  const parts = ['deployment/flow-0/', 'deployment/flow-1/', 'deployment/flow-2/']
  expect((await offered(...words, 'deployment/f')).values).toEqual(parts)
  expect((await offered(...words, 'deployment/flow-1/')).values).toHaveLength(200)
})

test('every option with a value and every argument says what it takes', () => {
  for (const { name, options, arguments: args } of commands) {
    for (const [key, { form, choices }] of Object.entries(options))
      if (form !== 'flag' && !choices) expect(optionKind(key), `${name}: ${key}`).toBeDefined()
    for (const [key, { choices }] of Object.entries(args))
      if (!choices) expect(argumentKind(key), `${name}: ${key}`).toBeDefined()
  }
})

describe('in bash', () => {
  const breaks = ' \t\n"\'><=;|&(:'
  it.each([
    ['x plan ', '', 'flow/a b', 'flow/a\\ b '],
    ['x plan f', 'f', 'flow/$x', 'flow/\\$x '],
    ["x plan 'f", 'f', "flow/it's $x", "flow/it'\\''s $x"],
    ['x plan "f', 'f', 'flow/"$x', 'flow/\\"\\$x'],
    ['x --focus=f', '--focus=f', '--focus=flow/a', 'flow/a '],
    ["x --focus='f", '--focus=f', '--focus=flow/a', 'flow/a'],
    ['x diff profile:o', 'profile:o', 'profile:old', 'old '],
    ['x diff flow/a\\ b', 'flow/a b', 'flow/a b c', 'flow/a\\ b\\ c '],
  ])('%s', (line, typed, value, inserted) => {
    const split = splitLine(line, line.length)
    expect(split.words[split.index]).toBe(typed)
    expect(forBash(value, split, breaks, ' ')).toBe(inserted)
  })

  it('knows the words after the cursor', () => {
    expect(splitLine("x explain fl 'a b.yaml' -E prod", 12)).toMatchObject({
      words: ['x', 'explain', 'fl', 'a b.yaml', '-E', 'prod'],
      index: 2,
    })
    expect(splitLine('x explain  a.yaml', 10)).toMatchObject({ words: ['x', 'explain', '', 'a.yaml'], index: 2 })
  })
})

test('refs are found in damaged texts, and only whole ones', () => {
  expect(
    scanRefs('key: a\nkind: flow\n---\nkind: flow\nkey: {b: c}\n---\n  kind: flow\n  key: d\n---\nkind: flow\n'),
  ).toEqual(['flow/a'])
})
