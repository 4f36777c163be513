import type { Issue } from '../../issue.ts'
import { type Json, type Pointer, parseJson } from '../../json.ts'
import { listAt } from '../../list-at.ts'
import type { Ref } from '../../ref.ts'
import { type Checklist, checklistOf, type FlowChecklist, type ListedFlow } from './checklist.ts'
import { type MadeFlow, makeFlow, neededBy } from './deployments.ts'
import { flowRowsIn } from './flow-rows.ts'
import { type FindPlace, placeAt, placesIn, tooDeepAt } from './json-places.ts'
import { type Construct, createNotes, type Notes } from './notes.ts'

/** What the reader needs to know beside the text. */
export interface Prefect1Options {
  readonly now: Date
  /** Names of work pools, by type (`kubernetes`) or label (`label:gpu`). */
  readonly pools?: Readonly<Record<string, string>>
}

/** What a file of Prefect 1 says. With an error among the issues, nothing of it is used. */
export interface Prefect1 {
  readonly made: readonly MadeFlow[]
  /** What the destination has to have. */
  readonly external: readonly Ref[]
  readonly issues: readonly Issue[]
  readonly checklist: Checklist
  /** What became of each construct. */
  readonly constructs: readonly Construct[]
  /** What is told of each flow. */
  readonly told: ReadonlyMap<MadeFlow, readonly Told[]>
  readonly place: FindPlace
}

/** Reads serialized flows of Prefect 1, or an answer of its GraphQL API. */
export function readPrefect1(file: string, text: string, { now, pools = {} }: Prefect1Options): Prefect1 {
  const parsed = parsedJson(file, text)
  if ('issue' in parsed) return nothing([parsed.issue], placesIn(file, 'null'))
  const place = placesIn(file, text)
  const notes = createNotes()
  const rows = flowRowsIn(parsed.value, notes)
  const made = rows.map((row) => makeFlow(row, { notes, now, pools }))
  findTwins(made, notes)
  const faults = notes.faults.map(
    (fault): Issue => ({
      code: 'invalid-value',
      severity: 'error',
      message: fault.message,
      fix: fault.fix,
      place: place(fault.pointer),
    }),
  )
  if (faults.length > 0) return { ...nothing(faults, place), constructs: notes.constructs }
  const ownerOf = ownersOf(made)
  const told = toldOf(notes.constructs, ownerOf, place)
  const warnings = notes.constructs.flatMap(({ pointer, told }): Issue[] => {
    if (!told) return []
    const owner = ownerOf(pointer)
    const subject = owner ? `deployment/${owner.deployment}: ` : ''
    return [
      {
        code: 'not-carried-over',
        severity: 'warning',
        message: `${subject}${told.why}`,
        fix: told.fix,
        place: place(pointer),
      },
    ]
  })
  return {
    made,
    external: neededBy(made),
    issues: warnings,
    checklist: checklistOf(makeListed(file, made, told)),
    told,
    constructs: notes.constructs,
    place,
  }
}

/** Flows for a checklist. */
export function makeListed(
  file: string,
  made: readonly MadeFlow[],
  told: ReadonlyMap<MadeFlow, readonly Told[]>,
): readonly ListedFlow[] {
  return made.map((one) => ({ made: one, file, told: told.get(one) ?? [] }))
}

function nothing(issues: readonly Issue[], place: FindPlace): Prefect1 {
  return { made: [], external: [], issues, checklist: checklistOf([]), constructs: [], told: new Map(), place }
}

const rewrite = 'Write it as Prefect 1 does: json.dump(flow.serialize(), file), or the answer of its GraphQL API.'

function parsedJson(file: string, text: string): { readonly value: Json } | { readonly issue: Issue } {
  const deep = tooDeepAt(text)
  const fault = (message: string, offset: number) => ({
    issue: {
      code: 'invalid-value',
      severity: 'error',
      message,
      fix: rewrite,
      place: placeAt(file, text, offset),
    } as const,
  })
  if (deep !== undefined) return fault('The JSON is nested too deeply for a flow of Prefect 1.', deep)
  try {
    return { value: parseJson(text) }
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    const offset = Number(/position (\d+)/.exec(message)?.[1] ?? text.length)
    const isCut = offset >= text.trimEnd().length
    return fault(
      isCut ? 'The file ends within a JSON value: it was cut.' : 'The file is not JSON.',
      Math.min(offset, text.length),
    )
  }
}

/** Flows whose names differ in Prefect 1, but not in Prefect 3. */
function findTwins(made: readonly MadeFlow[], notes: Notes): void {
  const seen = new Map<string, MadeFlow>()
  for (const one of made) {
    if (seen.has(one.deployment))
      notes.fault(
        one.pointer,
        `Two flows become deployment/${one.deployment}: Prefect 3 refuses the characters in which their names or projects differ.`,
        'Rename one of them in the file.',
      )
    seen.set(one.deployment, one)
  }
}

/** Finds the flow that a place in the file belongs to. */
function ownersOf(made: readonly MadeFlow[]): (pointer: Pointer) => MadeFlow | undefined {
  const byPointer = new Map(made.map((one) => [one.pointer, one]))
  return (pointer) => {
    for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
      const owner = byPointer.get(at)
      if (owner || at === '') return owner
    }
  }
}

type Told = FlowChecklist['told'][number]

/** What is told of each flow. */
function toldOf(
  constructs: readonly Construct[],
  ownerOf: (pointer: Pointer) => MadeFlow | undefined,
  place: FindPlace,
): ReadonlyMap<MadeFlow, readonly Told[]> {
  const byFlow = new Map<MadeFlow, Told[]>()
  for (const { name, pointer, told } of constructs) {
    const owner = told && ownerOf(pointer)
    if (owner) listAt(byFlow, owner).push({ construct: name, pointer, line: place(pointer).line, ...told })
  }
  return byFlow
}
