import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { edgeFinder } from '../../src/graph/edges.ts'
import type { Issue } from '../../src/issue.ts'
import type { Json } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Live, SecretValues } from '../../src/model.ts'
import { applyOverlay } from '../../src/overlay/apply-overlay.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import { type Parsed, parseSnapshot } from '../../src/snapshot/parse.ts'
import { cutStream } from '../../src/snapshot/yaml/documents.ts'
import { mayHaveNul } from '../../src/snapshot/yaml/escaped-nul.ts'
import { readFast } from '../../src/snapshot/yaml/fast-reader.ts'
import { parseYaml, valueOfDocument } from '../../src/snapshot/yaml/yaml.ts'
import type { Form } from './hunt.ts'
import { blockText, flowText, mutated, mutatedText, mutations, type Tree, textMutations, treeOf } from './mutate.ts'

const world = readFileSync(new URL('../fixtures/worlds/every-kind.snapshot.yaml', import.meta.url), 'utf8')
/** The documents of a world with every kind, as trees; the first is its header. */
const texts = cutStream('world', world).filter(({ text }) => text.length < 1000)
const [, ...documents] = texts.map(({ text }) => treeOf(readFast(text, 200)))

const anything: Tree = {
  pairs: [
    ['kind', { raw: 'snapshot' }],
    ['version', { raw: '1' }],
    ['external', [{ raw: '"**"' }]],
  ],
}

/** Texts of changed documents: on one line or in blocks, and then changed as texts. */
export function textsOf(trees: fc.Arbitrary<readonly Tree[]>, separator: string): fc.Arbitrary<string> {
  return fc
    .tuple(trees, mutations, fc.constantFrom(flowText, blockText), textMutations)
    .map(([some, changes, write, textChanges]) => {
      const texts = mutated(some, changes).map((tree) => write(tree).replace(/^\n/, '').replace(/\n?$/, '\n'))
      return mutatedText(texts.join(separator), textChanges)
    })
}

const someDocuments = fc.array(fc.constantFrom(...documents), { minLength: 1, maxLength: 3 })

export const snapshots: Form = {
  name: 'snapshot',
  inputs: textsOf(
    someDocuments.map((some) => [anything, ...some]),
    '---\n',
  ),
  read(text) {
    readersAgree(text)
    const parsed = parseSnapshot([{ file: 'input', text }], kinds)
    if (!isSound(parsed)) return parsed.issues
    comesBack(parsed)
    makePlan(parsed.snapshot, emptyServer, kinds, { secretValues: noSecrets, allowUnresolved: true })
    return parsed.issues
  },
}

/** An empty server, and no secrets. */
export const emptyServer: Live = {
  server: { url: 'http://127.0.0.1:1/api', version: '3.8.8' },
  resources: new Map(),
  complete: new Set(kinds.map(({ name }) => name)),
  issues: [],
}
export const noSecrets: SecretValues = {
  secretFor: () => undefined,
  missingReason: () => ({ code: 'missing-secret', reason: 'it has none', fix: 'None.' }),
}

export function isSound({ issues }: Parsed): boolean {
  return issues.every(({ severity }) => severity !== 'error')
}

/** Both readers of YAML say the same, wherever the fast one reads a document. */
function readersAgree(text: string): void {
  for (const { text: document } of cutStream('input', text)) {
    const fast = mayHaveNul.test(document) ? undefined : readFast(document, 200)
    if (fast === undefined) continue
    const careful = valueOfDocument(parseYaml(document, false).document, document)
    if (!('value' in careful)) throw new Error('only the fast reader reads a document')
    if (textOf(fast) !== textOf(careful.value)) throw new Error('the readers of YAML disagree')
  }
}

/** JSON with the difference between 1 and 1.0, -0 and 0. */
function textOf(value: Json): string {
  return JSON.stringify(value, (_, item) => {
    if (Object.is(item, -0)) return 'number -0'
    return typeof item === 'object' && item !== null && 'isLosslessNumber' in item ? `number ${String(item)}` : item
  })
}

/** A snapshot that is written reads as the same, and has the same edges. */
export function comesBack({ snapshot }: Pick<Parsed, 'snapshot'>): void {
  const text = formatSnapshot(snapshot)
  const again = parseSnapshot([{ file: 'written', text }], kinds)
  const [fault] = again.issues.filter(({ severity }) => severity === 'error')
  if (fault) throw new Error(`what was written is refused: ${fault.message}`)
  if (formatSnapshot(again.snapshot) !== text) throw new Error('what was written reads as something else')
  const edgesOf = edgeFinder(kinds)
  const edges = ({ resources }: Parsed['snapshot']) => JSON.stringify(resources.flatMap(edgesOf))
  if (edges(snapshot) !== edges(again.snapshot)) throw new Error('what was written has other edges')
}

/** A snapshot with every kind. */
export const base = parseSnapshot([{ file: 'world', text: world }], kinds)

/** A few resources, for overlays. */
const few = parseSnapshot(
  [
    {
      file: 'few',
      text: `kind: snapshot
version: 1
---
kind: variable
key: a
spec: {value: {a: 1}, tags: [x, y]}
---
kind: variable
key: b
spec: {value: [null, 2]}
secrets: {/value/0: {env: A}}
---
kind: work-pool
key: k8s
spec: {type: process, description: x}
---
kind: work-queue
key: k8s/fast
refs: {pool: work-pool/k8s}
spec: {priority: 2}
---
kind: flow
key: f
spec: {tags: [x]}
---
kind: deployment
key: f/d
refs: {flow: flow/f, queue: work-queue/k8s/fast}
spec: {tags: [x], parameters: {a: 1}, schedules: [{cron: "0 0 * * *", active: true}, {interval: 60, slug: s, active: true}]}
`,
    },
  ],
  kinds,
)

/** Kept apart from templates of JavaScript. */
const variable = ['$', '{env:NAME}'].join('')

const overlay = treeOf({
  kind: 'overlay',
  version: 1,
  entries: [
    { match: 'variable/*', merge: { spec: { value: { a: variable, b: [1, 2] }, tags: ['x'] } } },
    { match: 'deployment/**', set: { '/spec/paused': true, '/spec/parameters/*': 2 }, remove: ['/spec/tags/0'] },
    { match: 'work-pool/{k8s,x}', rename: { from: '*', to: 'prod-*' }, merge: { spec: { description: null } } },
    { match: 'deployment/f/d', set: { '/spec/schedules/0/cron': '1 1 * * *' }, refs: { flow: 'flow/f' } },
    { match: 'variable/b', drop: true },
    { match: 'variable/a', remove: ['/spec/value'], set: { '/secrets/~1value': { env: 'NAME' } } },
  ],
  map: { 'flow/f': 'flow/f' },
  external: ['variable/x*', variable],
})

export const overlays: Form = {
  name: 'overlay',
  inputs: textsOf(fc.constant([overlay]), '---\n'),
  read(text) {
    const { overlay: read, issues } = readOverlay('input', text, { NAME: 'a', A: '[1]' })
    if (issues.some(({ severity }) => severity === 'error')) return issues
    const made = applyOverlay(few, read, kinds)
    if (isSound(made)) comesBack(made)
    return [...issues, ...made.issues.map((issue): Issue => issue)]
  },
}
