import { isObject, type Json, parseJson, sameJson } from '../json.ts'
import type { RunArtifact } from '../kind.ts'
import { plural } from '../plain-text.ts'
import type { RunDifference } from './compare-runs.ts'

/** What runs of one deployment have left on both sides. */
export interface ComparedArtifacts {
  /** Keys that both sides have. */
  readonly keys: number
  readonly differences: readonly RunDifference[]
}

/**
 * Compares what pairs of runs have left, the newest pair first: for each key the artifact of the newest run, and whether the flow's
 * result was kept. Contents that name runs, times or places differ by nature, and are told like all others.
 */
export function compareArtifacts(
  old: readonly RunArtifact[],
  new_: readonly RunArtifact[],
  pairs: readonly (readonly [string, string])[],
): ComparedArtifacts {
  const before = latest(
    old,
    pairs.map(([one]) => one),
  )
  const after = latest(
    new_,
    pairs.map(([, other]) => other),
  )
  const both = [...before.keys()].filter((key) => after.has(key))
  const lost = [...before.keys()].filter((key) => !after.has(key))
  const extra = [...after.keys()].filter((key) => !before.has(key))
  const [first] = pairs
  return {
    keys: both.length,
    differences: [
      ...named(lost, 'only at the old side'),
      ...named(extra, 'only at the new side'),
      ...both.flatMap((key) => differenceOf(key, before.get(key), after.get(key))),
      ...(first ? results(old, new_, first) : []),
    ],
  }
}

/** The artifact of each key by the newest of the runs that has it. */
function latest(artifacts: readonly RunArtifact[], runs: readonly string[]): Map<string, RunArtifact> {
  const found = new Map<string, RunArtifact>()
  const rank = new Map(runs.map((run, index) => [run, index]))
  const rankOf = ({ run }: RunArtifact) => rank.get(run) ?? runs.length
  for (const artifact of artifacts) {
    const { key } = artifact
    const known = key === undefined ? undefined : found.get(key)
    if (key !== undefined && (!known || rankOf(artifact) < rankOf(known))) found.set(key, artifact)
  }
  return found
}

function named(keys: readonly string[], where: string): RunDifference[] {
  return keys.map((key) => ({ about: 'artifacts', text: `the artifact ${JSON.stringify(key)} is ${where}` }))
}

function differenceOf(key: string, old: RunArtifact | undefined, new_: RunArtifact | undefined): RunDifference[] {
  const name = `the artifact ${JSON.stringify(key)}`
  if (old?.type !== new_?.type)
    return [
      { about: 'artifacts', text: `${name} has the type ${new_?.type ?? 'none'} instead of ${old?.type ?? 'none'}` },
    ]
  const [before, after] = [contentOf(old?.data), contentOf(new_?.data)]
  if (sameJson(before, after)) return []
  return [{ about: 'artifacts', text: `${name} has other content${sizes(before, after)}` }]
}

/** A table is stored as a text of JSON, which is compared by its values. */
function contentOf(data: Json | undefined): Json {
  if (typeof data !== 'string' || !/^\s*[[{]/.test(data)) return data ?? null
  try {
    return parseJson(data)
  } catch {
    return data
  }
}

function sizes(before: Json, after: Json): string {
  if (!Array.isArray(before) || !Array.isArray(after) || before.length === after.length) return ''
  return `: ${plural(after.length, 'row')} instead of ${before.length}`
}

/** Whether the result of the flow was kept on both sides, and in the same form. Where it is stored differs by design. */
function results(
  old: readonly RunArtifact[],
  new_: readonly RunArtifact[],
  [one, other]: readonly [string, string],
): RunDifference[] {
  const formOf = (artifacts: readonly RunArtifact[], id: string) => {
    const kept = artifacts.find(
      ({ run, key, ofFlow, data }) => run === id && key === undefined && ofFlow && isKept(data),
    )
    return kept ? (serializerOf(kept.data) ?? 'kept') : 'not kept'
  }
  const [before, after] = [formOf(old, one), formOf(new_, other)]
  return before === after
    ? []
    : [{ about: 'results', text: `the result of the last run is ${after} instead of ${before}` }]
}

/** Whether the record of a result says where it is stored: forms of Prefect 2 and 3. */
function isKept(data: Json): boolean {
  return isObject(data) && typeof data.storage_key === 'string'
}

function serializerOf(data: Json): string | undefined {
  if (!isObject(data)) return undefined
  const { serializer_type, serializer } = data
  const type = serializer_type ?? (isObject(serializer) ? serializer.type : undefined)
  return typeof type === 'string' ? `kept as ${type}` : undefined
}
