import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { kinds } from '../src/kinds/all.ts'

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const textOf = (file: string) => readFileSync(join('src', file), 'utf8')

describe('the table of kinds', () => {
  it('has each name once, and each kind in the file of its name', () => {
    const names = kinds.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    const fileOf = (name: string) =>
      sources.find((file) => file.startsWith('kinds/') && file.endsWith(`/${name}.ts`)) ?? ''
    for (const name of names) expect(textOf(fileOf(name)), name).toContain(`name: '${name}'`)
  })

  it('knows every kind that a ref field takes', () => {
    const names = new Set(kinds.map(({ name }) => name))
    const unknown = kinds.flatMap(({ name, refFields }) =>
      Object.entries(refFields).flatMap(([field, { kinds: takes }]) =>
        takes.filter((kind) => !names.has(kind)).map((kind) => `${name}.${field}: ${kind}`),
      ),
    )
    expect(unknown).toEqual([])
  })
})

describe('the names of files', () => {
  it('occur once in src, except for the verbs of commands', () => {
    const names = sources.filter((file) => !file.startsWith('commands/')).map((file) => basename(file))
    const barrels = new Set(['index.ts', 'all.ts'])
    expect(names.filter((name, index) => names.indexOf(name) !== index && !barrels.has(name))).toEqual([])
  })
})

describe('the functions of src, page and ci', () => {
  const most = 60

  /** The functions in a text with more lines than allowed, by name. */
  function longFunctions(file: string, text: string): string[] {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    const found: string[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node)) {
        const [first, last] = [node.getStart(), node.end].map((at) => source.getLineAndCharacterOfPosition(at).line)
        const lines = Number(last) - Number(first) + 1
        const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined)
        if (lines > most) found.push(`${file}: ${named?.getText() ?? 'a function'} has ${lines} lines`)
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
    return found
  }

  it(`have at most ${most} lines`, () => {
    const beside = ['page', 'ci'].flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(folder, file)),
    )
    const files = [...sources.map((file) => join('src', file)), ...beside]
    expect(files.flatMap((file) => longFunctions(file, readFileSync(file, 'utf8')))).toEqual([])
  })

  it('are counted with their head, of every form, and within others', () => {
    const body = (lines: number) => `{\n${'1\n'.repeat(lines - 2)}}`
    const text = `/** Doc. */
      export function a() ${body(61)}
      const b = () => ${body(61)}
      const c = { d() ${body(61)}, e: async function () ${body(60)} }
      function f() { return () => ${body(60)} }`
    expect(longFunctions('x.ts', text)).toEqual(['a', 'b', 'd'].map((name) => `x.ts: ${name} has 61 lines`))
  })
})

describe('knowledge of a kind', () => {
  // A reader of another format makes documents of kinds, which the parser then holds to their rules; a writer knows for which
  // kinds and fields the other tool has a word.
  const outside = sources.filter((file) => !/^(kinds|import|writers)\//.test(file))
  const codeOf = (file: string) => textOf(file).replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/g, '')

  it('stands in kinds: nothing else names a kind', () => {
    const names = new RegExp(`^(${kinds.map(({ name }) => name).join('|')})(/|$)`)
    // A glob is an example for people.
    const isKind = (text: string) => names.test(text) && !text.includes('*')
    const stringsOf = (file: string) => [...codeOf(file).matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g)]
    const naming = outside.filter((file) => stringsOf(file).some(([, , text = '']) => isKind(text)))
    expect(naming).toEqual([])
  })

  it('stands in kinds: nothing else has a path or a field of one', () => {
    // Words of one field's name are words of other things too, such as `paused` of a policy.
    const fields = kinds.flatMap(({ fields, refFields }) => [...Object.keys(fields), ...Object.keys(refFields)])
    const own = [...new Set(fields.filter((name) => name.includes('_')))]
    const literal = new RegExp(
      [
        `['"\`](${own.join('|')}|enabled)['"\`]`,
        `[.](${own.join('|')})\\b`,
        `\\b(${own.join('|')}|enabled): `,
        `/(flows|deployments|automations|variables|work_pools|work_queues|flow_runs|block_(types|schemas|documents))/`,
      ].join('|'),
    )
    expect(outside.filter((file) => literal.test(codeOf(file)))).toEqual([
      // Fields in which a server may quote what a user wrote.
      'client/error-detail.ts',
    ])
  })
})

describe('the process', () => {
  it('is read, and printed to, in cli only', () => {
    const found = sources.filter((file) => !/^cli[./]/.test(file) && /\b(process|console)\.[a-z]/i.test(textOf(file)))
    expect(found).toEqual([])
  })
})

describe('the import rules', () => {
  const bad = {
    'ARCHITECTURE.md': '<!-- drawn by npm run draw -->\n```mermaid\nflowchart LR\n  plan --> live\n```\n',
    'package.json': '{"dependencies":{"undici":"1","left-pad":"1"}}',
    'node_modules/undici/package.json': '{"name":"undici","main":"i.js"}',
    'node_modules/undici/i.js': '',
    'node_modules/left-pad/package.json': '{"name":"left-pad","main":"i.js"}',
    'node_modules/left-pad/i.js': '',
    'src/cli.ts': "import './commands/do.ts'\nimport './utils/all.ts'",
    'src/commands/do.ts': "import '../plan.ts'\nimport '../kinds/flow.ts'",
    'src/plan.ts': [
      "import 'undici'",
      "import 'left-pad'",
      "import 'node:fs'",
      "import './kinds/all.ts'",
      "import type { R } from './report/r.ts'",
      "import './gone.ts'",
      'export type P = R',
    ].join('\n'),
    'src/report/r.ts': "import type { P } from '../plan.ts'\nexport type R = P",
    'src/kinds/all.ts': "import './flow.ts'",
    'src/kinds/flow.ts': "import '../client/client.ts'",
    'src/kinds/forgotten.ts': 'export const forgotten = 1',
    'src/client/client.ts': 'export const client = 1',
    'src/utils/all.ts': 'export const all = 1',
  }

  it('catch one fault of every sort', { timeout: 120_000 }, () => {
    const root = mkdtempSync(join(tmpdir(), 'rooms-'))
    try {
      for (const [file, text] of Object.entries(bad)) {
        mkdirSync(dirname(join(root, file)), { recursive: true })
        writeFileSync(join(root, file), text)
      }
      const { stderr, status } = spawnSync(resolve('node_modules/.bin/tsx'), [resolve('scripts/rooms.ts')], {
        cwd: root,
        encoding: 'utf8',
      })
      const faults = stderr.split('\n').filter((line) => /^\S+:/.test(line))
      expect(faults.sort()).toEqual([
        'ARCHITECTURE.md: The diagram of rooms is out of date. Run npm run draw.',
        'a-kind-stays-in-its-room: src/commands/do.ts → src/kinds/flow.ts',
        'cli-looks-only-into: src/cli.ts → src/utils/all.ts',
        'commands-looks-only-into: src/commands/do.ts → src/kinds/flow.ts',
        'commands-looks-only-into: src/commands/do.ts → src/plan.ts',
        'disk-and-process: src/plan.ts → fs',
        'every-package-has-a-home: src/plan.ts → node_modules/left-pad/i.js',
        'in-use: src/kinds/forgotten.ts',
        'kinds-looks-only-into: src/kinds/flow.ts → src/client/client.ts',
        'no-cycle: src/plan.ts → src/report/r.ts → src/plan.ts',
        'plan-looks-only-into: src/plan.ts → src/report/r.ts',
        'report-looks-only-into: src/report/r.ts → src/plan.ts',
        'resolvable: src/plan.ts → ./gone.ts',
        'the-table-is-handed-in: src/plan.ts → src/kinds/all.ts',
        'undici-lives-in-client: src/plan.ts → node_modules/undici/i.js',
      ])
      expect(status).toBe(1)
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})
