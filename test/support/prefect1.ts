import { readdirSync, readFileSync } from 'node:fs'

/** Flows of Prefect 1.4.1, serialized by itself (`scripts/prefect1_flows.py`). */
const folder = new URL('../fixtures/prefect1/', import.meta.url)

/** The text of a file of the fixtures. */
export function fixture(path: string): string {
  return readFileSync(new URL(path, folder), 'utf8')
}

/** The names of the flows. */
export const flowNames: readonly string[] = readdirSync(new URL('flows/', folder)).map((file) =>
  file.replace('.json', ''),
)

/** A flow as `flow.serialize()` returns it. */
export function serialized(name: string): string {
  return fixture(`flows/${name}.json`)
}

/** The time at which the fixtures are read: the recorded runs are of later times. */
export const now = new Date('2026-12-01T00:00:00Z')
