import { isObject, type Json, type JsonObject } from '../../json.ts'

/** A task as it is serialized. */
export interface Task {
  readonly slug: string
  readonly name: string
  readonly type: string
  readonly of: JsonObject
}

/** The objects of a list; empty for other values. */
export function objectsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Reads a serialized task. */
export function taskOf(of: JsonObject): Task {
  const slug = typeof of.slug === 'string' ? of.slug : String(of.name)
  return { slug, name: typeof of.name === 'string' ? of.name : slug, type: String(of.type), of }
}

/** The slugs of tasks. */
export function slugs(tasks: readonly Task[]): string[] {
  return tasks.map(({ slug }) => slug)
}
