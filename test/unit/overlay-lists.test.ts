import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import { applyOverlay } from '../../src/overlay/apply-overlay.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { type Parsed, parseSnapshot } from '../../src/snapshot/parse.ts'

/** The deployment has its schedules in another order than the canonical form, which sorts them by slug. */
const parsed = (): Parsed =>
  parseSnapshot(
    [
      {
        file: 's.yaml',
        text: `kind: snapshot
version: 1
---
kind: flow
key: etl
---
kind: deployment
key: etl/prod
refs: {flow: flow/etl}
spec:
  schedules:
    - {slug: z, cron: 0 1 * * *, active: true, day_or: true}
    - {slug: m, cron: 0 2 * * *, active: true}
    - {slug: a, cron: 0 3 * * *, active: true}
`,
      },
    ],
    kinds,
  )

const over = (before: Parsed, entry: string, file = 'o.yaml') => {
  const { overlay, issues } = readOverlay(
    file,
    `kind: overlay\nversion: 1\nentries:\n- {match: deployment/**, ${entry}}\n`,
    {},
  )
  expect(issues).toEqual([])
  return applyOverlay(before, overlay, kinds)
}
const schedulesOf = ({ snapshot, issues }: Parsed) => {
  expect(issues.filter(({ code }) => code !== 'refused-value')).toEqual([])
  const { spec } = snapshot.resources.find(({ kind }) => kind === 'deployment') ?? {}
  return ((spec?.schedules ?? []) as unknown as { slug: string; cron: string }[]).map(
    ({ slug, cron }) => `${slug} ${cron}`,
  )
}

test('an overlay counts the items of a list as they are written', () => {
  expect(schedulesOf(over(parsed(), 'set: {/spec/schedules/0/cron: 0 9 * * *}'))).toEqual([
    'a 0 3 * * *',
    'm 0 2 * * *',
    'z 0 9 * * *',
  ])
  expect(schedulesOf(over(parsed(), 'remove: [/spec/schedules/0]'))).toEqual(['a 0 3 * * *', 'm 0 2 * * *'])
})

test('a second overlay counts them as the first has left them', () => {
  const first = over(parsed(), 'remove: [/spec/schedules/0]')
  expect(schedulesOf(over(first, 'set: {/spec/schedules/0/cron: 0 9 * * *}'))).toEqual(['a 0 3 * * *', 'm 0 9 * * *'])
})

test('the line of an overlay belongs to the item that it changed', () => {
  const made = over(parsed(), 'set: {/spec/schedules/0/cron: 61 9 * * *}')
  expect(made.originsOf?.('deployment/etl/prod').map(({ pointer, place }) => [pointer, place.line])).toEqual([
    ['/spec/schedules/2/cron', 4],
  ])
  expect(made.issues.map(({ code, pointer, place }) => [code, pointer, place?.file, place?.line])).toEqual([
    ['refused-value', '/spec/schedules/2/cron', 'o.yaml', 4],
  ])
  // Other items keep their lines in the snapshot.
  expect(made.placeOf('deployment/etl/prod', '/spec/schedules/0/cron')?.line).toBe(14)
})

test('a document that no entry changes is the same', () => {
  const before = parsed()
  const made = over(before, 'set: {/spec/schedules/0/active: true}')
  expect(made.snapshot.resources).toEqual(before.snapshot.resources)
})
