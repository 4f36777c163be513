import type { Issue } from '../../issue.ts'
import { type Json, type Pointer, parseJson } from '../../json.ts'
import type { Ref } from '../../ref.ts'
import { type Checklist, checklistOf } from './checklist.ts'
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
  const warnings = notes.constructs.flatMap(({ pointer, told }): Issue[] => {
    if (!told) return []
    const owner = ownerOf(pointer, made)
    const subject = owner ? `deployment/${owner.deployment}: ` : ''
    return [
      {
        code: 'not-imported',
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
    checklist: checklistOf(made.map((one) => ({ made: one, file, told: toldOf(one, made, notes, place) }))),
    constructs: notes.constructs,
    place,
  }
}

function nothing(issues: readonly Issue[], place: FindPlace): Prefect1 {
  return { made: [], external: [], issues, checklist: checklistOf([]), constructs: [], place }
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

function ownerOf(pointer: Pointer, made: readonly MadeFlow[]): MadeFlow | undefined {
  const isIn = (outer: Pointer) => outer === '' || pointer === outer || pointer.startsWith(`${outer}/`)
  return made.find((one) => isIn(one.pointer))
}

function toldOf(one: MadeFlow, made: readonly MadeFlow[], { constructs }: Notes, place: FindPlace) {
  return constructs.flatMap(({ name, pointer, told }) =>
    told && ownerOf(pointer, made) === one
      ? [{ construct: name, pointer, line: place(pointer).line, why: told.why, fix: told.fix }]
      : [],
  )
}
