import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { common, newest, prefect2, type ServerVersion } from '../servers/versions.ts'
import type { Moved } from './pair.ts'

/** What became of the resources of a version on another one: `npm run test:versions` writes it, and docs/explanation/limits.md has it as a table. */
export interface PairResult {
  readonly resources: number
  readonly arrived: number
  readonly inPart: readonly string[]
  readonly leftOut: readonly string[]
}

/** By `SOURCE to DESTINATION`. */
export type Results = Readonly<Record<string, PairResult>>

const file = fileURLToPath(new URL('../fixtures/versions.json', import.meta.url))

export function readResults(): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results
}

/** Adds a result to the file; results of pairs that did not run stay. */
export function record({ from, to, resources, arrived, inPart, leftOut }: Moved): void {
  const all: Results = { ...readResults(), [`${from} to ${to}`]: { resources, arrived, inPart, leftOut } }
  const sorted = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), undefined, 1)}\n`)
}

const wanted = (process.env.PREFECT_SNAPSHOT_TEST_VERSIONS ?? 'usual').split(',')

/**
 * Whether a pair runs. By default those with the newest release on either side, with one release on both sides, and of Prefect 2 with the
 * two most used ones, which show each version as a source and as a destination. `PREFECT_SNAPSHOT_TEST_VERSIONS` has pairs or
 * versions instead, separated by commas, or `all`.
 */
export function chosen(from: ServerVersion, to: ServerVersion): boolean {
  const isUsual = from === newest || to === newest || from === to || (from === prefect2 && to === common)
  if (wanted.includes('usual') && isUsual) return true
  return wanted.includes('all') || wanted.includes(from) || wanted.includes(to) || wanted.includes(`${from}-${to}`)
}
