import { type Json, writeJson } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Placeholder, Resource } from '../../src/model.ts'
import { refOf } from '../../src/ref.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'

function resourcesOf(text: string): readonly Resource[] {
  return parseSnapshot([{ file: 'snapshot', text }], kinds).snapshot.resources
}

/** Environment variables for the placeholders of one snapshot, with values from a clear-text snapshot of the same server. */
export function environmentOf(placeholders: string, plain: string): Record<string, string> {
  const values = new Map(resourcesOf(plain).map((resource) => [refOf(resource), resource.secrets]))
  const entries = resourcesOf(placeholders).flatMap((resource) =>
    Object.entries(resource.secrets).map(([pointer, placeholder]) => {
      const value = revealed(values.get(refOf(resource))?.[pointer])
      const isText = 'env' in placeholder && placeholder.as !== 'json' && typeof value === 'string'
      return ['env' in placeholder ? placeholder.env : '', isText ? value : writeJson(value)] as const
    }),
  )
  return Object.fromEntries(entries)
}

function revealed(placeholder: Placeholder | undefined): Json {
  if (placeholder && 'plain' in placeholder) return placeholder.plain.reveal()
  throw new Error('the snapshot does not say a secret in clear')
}
