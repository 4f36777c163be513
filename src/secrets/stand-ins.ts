import type { Placeholder, Resource } from '../model.ts'

/** Resources with names in place of their secret values. */
export interface StandIns<R extends Resource> {
  readonly resources: readonly R[]
  /** A resource with its values again, wherever its stand-ins are by now. Placeholders that replaced them stay. */
  withValues<T extends Resource>(resource: T): T
}

const prefix = 'PASSES_IN_MEMORY_'

/**
 * Replaces secret values by the names of variables that nobody sets, so that the resources can be written and read as
 * documents, and no value gets into a text.
 */
export function standInsFor<R extends Resource>(resources: readonly R[]): StandIns<R> {
  const values = new Map<string, Placeholder>()
  const hidden = (placeholder: Placeholder): Placeholder => {
    if (!('plain' in placeholder)) return placeholder
    const env = `${prefix}${values.size + 1}`
    values.set(env, placeholder)
    return typeof placeholder.plain.reveal() === 'string' ? { env } : { env, as: 'json' }
  }
  const shown = (placeholder: Placeholder) => ('env' in placeholder && values.get(placeholder.env)) || placeholder
  return {
    resources: resources.map((resource) => withEach(resource, hidden)),
    withValues: (resource) => withEach(resource, shown),
  }
}

function withEach<R extends Resource>(resource: R, change: (placeholder: Placeholder) => Placeholder): R {
  const secrets = Object.entries(resource.secrets)
  if (secrets.length === 0) return resource
  return { ...resource, secrets: Object.fromEntries(secrets.map(([at, placeholder]) => [at, change(placeholder)])) }
}
