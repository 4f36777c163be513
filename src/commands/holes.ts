import { type Json, parseJson } from '../json.ts'
import type { Hole, LiveResource, Resource } from '../model.ts'

/** The value of a hole, from the environment; undefined where there is none. */
export function secretFrom(env: Readonly<Record<string, string | undefined>>): (hole: Hole) => Json | undefined {
  return (hole) => {
    if ('plain' in hole) return hole.plain.reveal()
    if (!('env' in hole)) return undefined
    const text = env[hole.env]
    if (text === undefined || hole.as !== 'json') return text
    try {
      return parseJson(text)
    } catch {
      return undefined
    }
  }
}

/** Resources with their secret values replaced by names of environment variables: readable, stable, none twice. */
export function withHoles(resources: readonly LiveResource[]): Resource[] {
  const taken = new Map<string, string>()
  return resources.map((resource) => {
    const holes = Object.entries(resource.secrets).map(([pointer, hole]): [string, Hole] => {
      const text = 'plain' in hole ? typeof hole.plain.reveal() === 'string' : true
      return [
        pointer,
        {
          env: nameFor(`${resource.kind}/${resource.key}`, resource.key, pointer, taken),
          ...(text ? {} : { as: 'json' as const }),
        },
      ]
    })
    return { ...resource, secrets: Object.fromEntries(holes) }
  })
}

/** `SECRET_API_TOKEN_VALUE` for /data/value of secret/api-token; another place of the same name gets a number. */
function nameFor(ref: string, key: string, pointer: string, taken: Map<string, string>): string {
  const base = `${key}${pointer.replace(/^\/data/, '')}`
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .replace(/^(?=\d)/, '_')
  const owner = `${ref}${pointer}`
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}_${n}`
    const other = taken.get(name)
    if (other === undefined || other === owner) {
      taken.set(name, owner)
      return name
    }
  }
}
