import { type Json, writeJson } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Hole, Resource } from '../../src/model.ts'
import { refOf } from '../../src/ref.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'

function resourcesOf(text: string): readonly Resource[] {
  return parseSnapshot([{ file: 'snapshot', text }], kinds).snapshot.resources
}

/** The environment that fills the holes of one snapshot with what another of the same server says in clear. */
export function environmentOf(holes: string, plain: string): Record<string, string> {
  const values = new Map(resourcesOf(plain).map((resource) => [refOf(resource), resource.secrets]))
  const entries = resourcesOf(holes).flatMap((resource) =>
    Object.entries(resource.secrets).map(([pointer, hole]) => {
      const value = revealed(values.get(refOf(resource))?.[pointer])
      const isText = 'env' in hole && hole.as !== 'json' && typeof value === 'string'
      return ['env' in hole ? hole.env : '', isText ? value : writeJson(value)] as const
    }),
  )
  return Object.fromEntries(entries)
}

function revealed(hole: Hole | undefined): Json {
  if (hole && 'plain' in hole) return hole.plain.reveal()
  throw new Error('the snapshot does not say a secret in clear')
}
