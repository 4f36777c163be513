import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import {
  endLine,
  headLine,
  intentLine,
  parseJournal,
  resultLine,
  withDeletedAlong,
  writeLine,
  wroteLine,
} from '../../src/journal/journal.ts'
import { withoutLostSecrets } from '../../src/journal/lost-secrets.ts'
import { leftBehind, referencedRefs, undoOf } from '../../src/journal/undo.ts'
import { parseJson } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Change, Id, Live, LiveResource, Plan, Snapshot } from '../../src/model.ts'
import { loadSavedPlan } from '../../src/operations/plan-file.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { restorable } from '../../src/plan/restorable.ts'
import { savedPlan, staleness } from '../../src/plan/saved-plan.ts'
import { refOf } from '../../src/ref.ts'
import { formatSnapshot } from '../../src/snapshot/format.ts'
import type { Form } from './hunt.ts'
import { flowText, mutated, mutatedText, mutations, type Tree, textMutations, treeOf } from './mutate.ts'
import { base, emptyServer, noSecrets } from './snapshot-forms.ts'

const wanted = base.snapshot
const server = { url: 'http://127.0.0.1:1/api', version: '3.8.8' } as const

/** A server that has all resources of a snapshot; `changed` gives some of them another content. */
function serverWith({ resources }: Snapshot, changed = false): Live {
  const live = resources.map((resource, index): LiveResource => {
    const spec =
      changed && index % 3 === 0 ? { ...resource.spec, tags: ['changed'], description: 'changed' } : resource.spec
    return { ...resource, spec, id: `id-${index}` as Id, carriedOver: {} }
  })
  return { ...emptyServer, resources: new Map(live.map((resource) => [refOf(resource), resource])) }
}

const full = serverWith(wanted)
const different = serverWith(wanted, true)
const options = { secretValues: noSecrets, allowUnresolved: true, overrideChangeLimit: true }
const plans: readonly Plan[] = [
  makePlan(wanted, emptyServer, kinds, options),
  makePlan(wanted, different, kinds, options),
  makePlan({ ...wanted, resources: wanted.resources.slice(0, 20) }, full, kinds, { ...options, prune: true }),
]

/** The lines of a journal about a change. */
function linesOf(change: Change, index: number): string[] {
  const request = { method: 'POST', path: '/things/' }
  const start = [intentLine(change), writeLine(change, request)]
  if (index % 3 === 0) return start
  const status = index % 3 === 1 ? 201 : undefined
  const ended = resultLine({ change, status: 'done', ms: 1 }, `id-${index}` as Id)
  return [...start, wroteLine(change, request, status), ended]
}

const head = headLine({ tool: '0.1.0', server, of: 'snapshot.yaml', time: 1, changes: 3 })
const changes = plans.flatMap((plan) => plan.changes)

const journalTrees: fc.Arbitrary<readonly Tree[]> = fc
  .array(fc.constantFrom(...changes.map(linesOf)), { minLength: 1, maxLength: 4 })
  .map((some) => [head, ...some.flat(), endLine()].map((line) => treeOf(parseJson(line))))

/** Lines of JSON, changed. */
function linesFrom(trees: fc.Arbitrary<readonly Tree[]>): fc.Arbitrary<string> {
  return fc.tuple(trees, mutations, textMutations).map(([some, changes, text]) =>
    mutatedText(
      mutated(some, changes)
        .map((tree) => `${flowText(tree)}\n`)
        .join(''),
      text,
    ),
  )
}

const journals: Form = {
  name: 'journal',
  inputs: linesFrom(journalTrees),
  read(text) {
    const record = withDeletedAlong(parseJournal('input', text))
    referencedRefs(record)
    leftBehind(record)
    return [emptyServer, full, different].flatMap((live) => {
      const undoing = undoOf(record, live, kinds, () => ({ env: 'A' }))
      const known = withoutLostSecrets(undoing.resources, record, live, kinds, noSecrets)
      const { resources, issues } = restorable(known.resources, live, kinds)
      const snapshot: Snapshot = { ...wanted, moved: undoing.moved, resources }
      const plan = makePlan(snapshot, live, kinds, { ...options, rewrite: undoing.rewrite, remove: undoing.remove })
      return [...undoing.refused, ...known.issues, ...issues, ...plan.issues].map((issue) => ({
        ...issue,
        severity: 'warning' as const,
      }))
    })
  },
}

const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-forms-'))
/** Small plans: each is read as a whole. */
const savedPlans = [emptyServer, different].map((live) => {
  const some = { ...wanted, external: ['**'], resources: wanted.resources.slice(0, 3) }
  const plan = makePlan(some, live, kinds, options)
  const request = { snapshot: 'snapshot.yaml', include: ['**'], prune: false, activation: 'paused' }
  return treeOf(savedPlan(plan, live, { tool: '0.1.0', request, snapshot: formatSnapshot(some) }))
})

const plansAsFiles: Form = {
  name: 'saved plan',
  inputs: linesFrom(fc.constantFrom(...savedPlans).map((tree) => [tree])),
  async read(text) {
    const file = join(folder, 'plan.json')
    writeFileSync(file, text)
    const { saved, parsed } = await loadSavedPlan(file, { kinds, cwd: folder } as Parameters<typeof loadSavedPlan>[1])
    return [emptyServer, full, different].flatMap((live) => {
      const plan = makePlan(parsed.snapshot, live, kinds, options)
      return staleness(saved, plan, live, kinds).map((issue) => ({ ...issue, severity: 'warning' as const }))
    })
  },
}

/** Files that an apply writes or takes. */
export const planForms: readonly Form[] = [journals, plansAsFiles]
