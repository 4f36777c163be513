import { needsOf, reachable } from '../graph/dependencies.ts'
import { Failure, type IssueCode } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { refOf } from '../ref.ts'
import { type GraphFormat, graphReporters } from '../report/index.ts'
import { wholeOf } from '../report/model/field-views.ts'
import { withoutSecretExcerpt } from '../report/model/redact.ts'
import type { Focus, GraphReport } from '../report/model/report.ts'
import { matches } from '../selection/scope.ts'
import { type Selection, selected, selects } from '../selection/selection.ts'
import { suggest } from '../suggest.ts'
import type { ExitStatus, Io } from './io.ts'
import { readSnapshot } from './validate.ts'

export interface GraphFlags extends Selection, EnvironmentChoice {
  readonly snapshot: string
  readonly format?: GraphFormat
  readonly focus?: readonly string[]
  readonly depth?: number
  readonly reverse?: boolean
}

/** Faults that a picture shows better than words: they are told, and the graph is drawn. */
const drawable: ReadonlySet<IssueCode> = new Set(['cycle', 'dangling-ref', 'missing-ref', 'wrong-kind'])

/** file → snapshot → graph → picture. Offline. */
export async function graph(flags: GraphFlags, kinds: readonly Kind[], io: Io): Promise<ExitStatus> {
  const { snapshot, issues, placeOf } = await readSnapshot(flags.snapshot, kinds, io, flags)
  if (issues.some(({ code, severity }) => severity === 'error' && !drawable.has(code))) throw new Failure(issues)
  const resources = selects(flags) ? selected(snapshot.resources, kinds, flags) : snapshot.resources
  const needs = needsOf(resources, kinds)
  const focus = focusOf(flags, resources)
  const kept = focus ? reachable(focus.refs, needs, focus.towards, focus.depth) : new Set<Ref>(resources.map(refOf))
  const exit = issues.some(({ severity }) => severity === 'error') ? 'usage' : 'ok'
  const report: GraphReport = {
    schema: 'prefect-snapshot/graph',
    version: 1,
    tool: io.version,
    exit: io.exitCodeOf(exit),
    issues: issues.map(withoutSecretExcerpt),
    source: { file: flags.snapshot, ...(snapshot.source ?? {}) },
    ...(focus ? { focus } : {}),
    resources: resources
      .filter((resource) => kept.has(refOf(resource)))
      .map((resource) => ({
        ref: refOf(resource),
        ...placed(placeOf(refOf(resource))),
        fields: wholeOf(resource, 'after'),
      })),
    edges: needs.filter(({ from, to }) => kept.has(from) && kept.has(to)),
  }
  const format = flags.format ?? 'mermaid'
  const reporter = await graphReporters[format]()
  io.out(await reporter(report, { style: io.style, width: io.width }))
  if (format !== 'json') io.warn(issues)
  return exit
}

function placed(place: { readonly file: string; readonly line: number } | undefined) {
  return place ? { place: { file: place.file, line: place.line } } : {}
}

function focusOf({ focus, depth, reverse }: GraphFlags, resources: readonly Resource[]): Focus | undefined {
  if (focus === undefined) {
    if (depth === undefined && !reverse) return undefined
    throw wrong('--depth and --reverse say how far to look from what --focus names', 'Add --focus KIND/KEY')
  }
  const known = resources.map(refOf)
  const refs = focus.flatMap((word) => named(word, known))
  return { refs, towards: reverse ? 'needed-by' : 'needs', ...(depth === undefined ? {} : { depth }) }
}

/** The resource that is called so, else those that a glob fits. */
function named(word: string, known: readonly Ref[]): Ref[] {
  const exact = known.find((ref) => ref === word)
  if (exact) return [exact]
  const found = known.filter((ref) => matches([word], ref))
  if (found.length > 0) return found
  const near = suggest(word, known)
  const message = `the snapshot has no ${JSON.stringify(word)} to focus on`
  throw wrong(
    message,
    near ? `Did you mean ${near}?` : 'Write it as KIND/KEY, such as deployment/etl/prod, or as a glob',
  )
}

function wrong(message: string, fix: string): Failure {
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
