import { expect, test } from 'vitest'
import { asSources } from '../../src/import/as-sources.ts'
import { checklistOf } from '../../src/import/prefect1/checklist.ts'
import { checklistMarkdown } from '../../src/import/prefect1/checklist-markdown.ts'
import { prefect1 } from '../../src/import/prefect1/prefect1.ts'
import { isObject, type Json, type Pointer, parseJson, step, withValue, writeJson } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { fixture, now } from '../support/prefect1.ts'

/* Each value of rows of the GraphQL API is replaced by values of other types: the file is refused with a place, or makes a valid snapshot. */
const rows = (parseJson(fixture('graphql.json')) as { readonly data: { readonly flow: readonly Json[] } }).data.flow
const names = ['starts-later', 'not-at-christmas', 'regions', 'office-hours', 'evening']
const values: readonly Json[] = [
  null,
  true,
  7,
  -1.5,
  '',
  'x',
  '2022-02-30T25:00:00+99:99',
  [],
  [null],
  {},
  { type: 'x' },
]

function pointersIn(value: Json, pointer: Pointer = ''): Pointer[] {
  const items: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? value.map((item: Json, index) => [index, item] as const)
    : isObject(value)
      ? Object.entries(value)
      : []
  return [pointer, ...items.flatMap(([key, item]) => pointersIn(item, step(pointer, key)))]
}

/** What is said about a text, and whether a snapshot would be written. */
function outcome(text: string): { readonly errors: number; readonly withoutPlace: number } {
  const input = { file: 'flows.json', text, env: {}, now, readBeside: () => undefined }
  const read = { file: input.file, ...prefect1.read(input) }
  checklistMarkdown(checklistOf(read.flows ?? []))
  const { issues } = parseSnapshot(asSources([read]), kinds)
  const errors = issues.filter(({ severity, code }) => severity === 'error' && code !== 'refused-value')
  return { errors: errors.length, withoutPlace: issues.filter(({ place }) => !place).length }
}

test.each(names)('no value of %s breaks the reader, and each issue has a place', (name) => {
  const row = rows.find((each) => isObject(each) && each.name === name) as Json
  const pointers = pointersIn(row).filter((pointer) => !/__version__|\/(inputs|outputs)(\/|$)/.test(pointer))
  const faults: string[] = []
  for (const pointer of pointers)
    for (const value of [
      values[(pointer.length * 7) % values.length],
      values[(pointer.length * 3 + 5) % values.length],
      values[pointer.length % values.length],
    ]) {
      const text = writeJson(withValue(row, pointer, value as Json), 1)
      try {
        if (outcome(text).withoutPlace > 0) faults.push(`${pointer} = ${writeJson(value as Json)}: no place`)
      } catch (error) {
        faults.push(`${pointer} = ${writeJson(value as Json)}: ${String(error)}`)
      }
    }
  expect(pointers.length).toBeGreaterThan(60)
  expect(faults).toEqual([])
})
