import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { Failure, type Issue } from '../../src/issue.ts'
import { kinds } from '../../src/kinds/all.ts'
import { initialize } from '../../src/operations/initialize.ts'
import { schemaTexts } from '../../src/operations/schema-text.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { readPolicy } from '../../src/project/policy-file.ts'
import { runs } from '../support/property-runs.ts'

const dir = mkdtempSync(join(tmpdir(), 'edited-files-'))
afterAll(() => rmSync(dir, { recursive: true }))

const committed = (name: string) => readFileSync(`schemas/${name}.v1.json`, 'utf8')
const validator = (name: string) =>
  new Ajv2020({ strict: false, allErrors: true }).compile(JSON.parse(committed(name)) as object)
const checks = { overlay: validator('overlay'), policy: validator('policy') }

function issuesOf(name: keyof typeof checks, text: string): readonly Issue[] {
  if (name === 'overlay') return readOverlay('o.yaml', text, {}).issues
  writeFileSync(join(dir, 'prefect-snapshot.yaml'), text)
  try {
    readPolicy(join(dir, 's.yaml'), { cwd: dir, kinds })
    return []
  } catch (error) {
    if (error instanceof Failure) return error.issues
    throw error
  }
}

test.each(['snapshot', 'overlay', 'policy', 'waves'] as const)(
  'schemas/%s.v1.json is up to date (npm run schema)',
  (name) => {
    expect(committed(name)).toBe(schemaTexts(kinds)[name])
  },
)

describe('a text is refused by the parser if and only if its schema refuses it', () => {
  const overlay = (rest: string) => `kind: overlay\nversion: 1\n${rest}`
  const overlays = {
    accepted: [
      '',
      'entries:\nexternal:\nmap:\n',
      'external: [work-pool/k8s/**]\nmap: {work-pool/dev: work-pool/k8s}\n',
      'entries: [{match: a/**, drop: true}]\n',
      "entries: [{match: a/**, set: {/spec/a~1b/*: [1], /refs/x: a/b, /secrets/x: {env: X}}, remove: ['/spec/x']}]\n",
      "entries: [{match: a/**, merge: {spec: {x: null}, refs: {y: a/b}}, refs: {q: a/b}, rename: {from: 'a-*', to: '*'}}]\n",
    ].map(overlay),
    refused: [
      'entrys: []\n',
      'entries: {}\n',
      'entries: [5]\n',
      'entries: [{drop: true}]\n',
      'entries: [{match: 5, drop: true}]\n',
      'entries: [{match: a/**}]\n',
      'entries: [{match: a/**, drop: false}]\n',
      'entries: [{match: a/**, set: {/key: 1}}]\n',
      'entries: [{match: a/**, set: {spec: 1}}]\n',
      "entries: [{match: a/**, set: {'/spec/~9': 1}}]\n",
      'entries: [{match: a/**, set: []}]\n',
      'entries: [{match: a/**, refs: 1}]\n',
      'entries: [{match: a/**, merge: {key: x}}]\n',
      'entries: [{match: a/**, merge: {spec: null}}]\n',
      'entries: [{match: a/**, merge: {spec: {}}}]\n',
      'entries: [{match: a/**, merge: 1}]\n',
      'entries: [{match: a/**, remove: /spec/x}]\n',
      'entries: [{match: a/**, remove: [5]}]\n',
      'entries: [{match: a/**, remove: [/key]}]\n',
      'entries: [{match: a/**, rename: a}]\n',
      'entries: [{match: a/**, rename: {from: a}}]\n',
      'map: []\n',
      'map: {dev: work-pool/k8s}\n',
      'map: {work-pool/dev: 5}\n',
      'external: work-pool/k8s\n',
      "external: ['']\n",
    ].map(overlay),
  }
  const ownRule = "name: a, match: 'flow/**', message: m"
  const policies = {
    accepted: [
      '',
      '# nothing\n',
      'version: 1\nprotect:\nrules:\n',
      'protect: [a/**]\nmoved: [{from: a/b, to: a/c}]\nrecipients: [age1x]\nsecret_paths: [a/*#/spec/x]\n',
      'environments: {prod: p.yaml, dev: [a.yaml, b.yaml], none: []}\n',
      `rules: [{${ownRule}, schema: {properties: {key: {maxLength: 5}}}, severity: warning}]\n`,
      `environments: {prod: p.yaml}\nrules: [{${ownRule}, schema: false, environments: [prod]}]\n`,
    ],
    refused: [
      '- a\n',
      'version: 2\n',
      'protected: []\n',
      'protect: a\n',
      'protect: [5]\n',
      'moved: [{from: a/b}]\n',
      'moved: [{from: b, to: a/c}]\n',
      'moved: [{from: a/b, to: a/c, at: 1}]\n',
      'recipients: {}\n',
      'secret_paths: all\n',
      'environments: [prod]\n',
      'environments: {prod: 7}\n',
      'environments: {prod: [7]}\n',
      'rules: {}\n',
      'rules: [a]\n',
      "rules: [{match: 'flow/**', message: m, schema: {}}]\n",
      `rules: [{${ownRule}}]\n`,
      `rules: [{${ownRule}, schema: []}]\n`,
      `rules: [{${ownRule}, schema: {}, severity: fatal}]\n`,
      `rules: [{${ownRule}, schema: {}, environments: prod}]\n`,
      `rules: [{${ownRule}, schema: {}, environments: []}]\n`,
      `rules: [{${ownRule}, schema: {}, level: 1}]\n`,
      "rules: [{name: a b, match: 'flow/**', message: m, schema: {}}]\n",
    ],
  }
  describe.each([
    ['overlay', overlays],
    ['policy', policies],
  ] as const)('%s', (name, { accepted, refused }) => {
    it.each(accepted)('accepts %j', (text) => {
      expect([issuesOf(name, text), checks[name](parse(text)), checks[name].errors]).toEqual([[], true, null])
    })

    it.each(refused)('refuses %j at its line', (text) => {
      const issues = issuesOf(name, text)
      expect(issues.map(({ code }) => code)).toEqual(issues.map(() => `invalid-${name}`))
      expect(issues.filter(({ place }) => place === undefined)).toEqual([])
      expect([issues.length > 0, checks[name](parse(text))]).toEqual([true, false])
    })

    it('also where any value of an accepted text is replaced', () => {
      const odd = fc.constantFrom(null, 5, true, '', 'text', '/spec/x', 'a/b', [], [5], ['a/b'], {}, { x: 1 })
      const sample = fc.constantFrom(...accepted.filter((text) => parse(text) !== null))
      fc.assert(
        fc.property(sample, fc.nat(), odd, (text, at, value) => {
          const places: (readonly [Record<string, unknown>, string])[] = []
          const document = parse(text) as Record<string, unknown>
          const visit = (node: unknown): void => {
            if (typeof node !== 'object' || node === null) return
            for (const [key, child] of Object.entries(node)) {
              // Not the content of a user's schema, which has checks of its own.
              places.push([node as Record<string, unknown>, key])
              if (key !== 'schema') visit(child)
            }
          }
          visit(document)
          const [node, key] = places[at % places.length] ?? []
          if (!node || key === undefined || key === 'kind' || key === 'version' || key === 'schema') return
          node[key] = value
          // These have no structural fault: content is checked beyond the schema.
          const structural = issuesOf(name, JSON.stringify(document)).filter(
            ({ message }) => !/more \* than|There is no (kind|environment)/.test(message),
          )
          expect([checks[name](document), JSON.stringify(document)]).toEqual([
            structural.length === 0,
            JSON.stringify(document),
          ])
        }),
        { numRuns: runs(200) },
      )
    })
  })
})

describe('every overlay and policy file that is written down', () => {
  const filesOf = (folder: string, ending: RegExp) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => ending.test(file))
      .map((file) => join(folder, file))
  const pages = ['README.md', ...filesOf('docs', /\.md$/)]
  const sources = ['test', 'demo', 'examples'].flatMap((folder) => filesOf(folder, /\.ts$/))
  /** Blocks of pages and literals of programs that begin as an overlay does, or have a name of a policy file before them. */
  const blocks = pages.flatMap((page) => {
    const text = readFileSync(page, 'utf8')
    return [
      ...text.matchAll(/```yaml\n(?<text>[^`]*)```/g),
      ...text.matchAll(/> \S+ <<'YAML'\n(?<text>[\s\S]*?)^YAML$/gm),
    ].map(({ groups }) => ({ file: page, text: groups?.text ?? '' }))
  })
  const literals = sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/('(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.)*`)/g)].map(([literal]) => ({
      file,
      text: new Function(`return ${literal}`)() as string,
      isRefused: /edited-file-schemas|own-rules|overlay\.test|policy-file\.test|flow.policy/.test(file),
    })),
  )
  const texts = [...blocks, ...literals.filter(({ isRefused }) => !isRefused)]

  it('fits the schema of overlays', () => {
    const overlays = texts.filter(({ text }) => /^(#.*\n)*kind: overlay\nversion: 1\n./.test(text))
    expect(overlays.length).toBeGreaterThan(2)
    for (const { file, text } of overlays)
      expect([file, text, checks.overlay(parse(text)), checks.overlay.errors]).toEqual([file, text, true, null])
  })

  it('fits the schema of policy files', () => {
    const start = /^(#.*\n)*(version: 1\n)?(protect|moved|recipients|secret_paths|environments|rules):/
    const policies = texts.filter(({ text }) => start.test(text))
    expect(policies.length).toBeGreaterThan(2)
    for (const { file, text } of policies)
      expect([file, text, checks.policy(parse(text)), checks.policy.errors]).toEqual([file, text, true, null])
  })
})

describe('the editor settings of init', () => {
  it.each([
    ['prod.snapshot.yaml', ['*.snapshot.yaml']],
    ['./platform/', ['*.snapshot.yaml', 'platform/**/*.yaml', '!*.overlay.yaml', '!prefect-snapshot.yaml']],
  ])('bind the files of %s, overlays and the policy file to schemas that init writes', async (snapshot, globs) => {
    const folder = mkdtempSync(join(dir, 'init-'))
    await initialize({ folder, snapshot, action: 'x@1' }, { kinds, cwd: dir } as Parameters<typeof initialize>[1])
    const read = (file: string) => readFileSync(join(folder, file), 'utf8')
    const settings = JSON.parse(read('.vscode/settings.json')) as { readonly 'yaml.schemas': object }
    expect(settings['yaml.schemas']).toEqual({
      '.prefect-snapshot/snapshot.v1.json': globs,
      '.prefect-snapshot/overlay.v1.json': ['*.overlay.yaml'],
      '.prefect-snapshot/policy.v1.json': ['prefect-snapshot.yaml'],
    })
    for (const name of ['snapshot', 'overlay', 'policy'])
      expect(read(`.prefect-snapshot/${name}.v1.json`)).toBe(committed(name))
    expect(checks.policy(parse(read('prefect-snapshot.yaml')))).toBe(true)
  })
})
