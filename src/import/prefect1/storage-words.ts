import { isObject, type Json, type JsonObject } from '../../json.ts'
import { elsewhere, type FieldRule, tell } from './field-table.ts'

/** A field that the reader of a storage uses. */
export const used: FieldRule = () => ({ set: {} })
export const told = tell

/** Fields that every storage has. */
export const elsewhereFields: Readonly<Record<string, FieldRule>> = {
  flows: elsewhere,
  secrets: (value) => ({
    why: `Prefect 1 loads the secrets ${Array.isArray(value) ? value.join(', ') : ''} with the code, and Prefect 3 has blocks.`,
    fix: 'Make Secret blocks of them, and load them in the flow.',
  }),
}

/** A text value, or nothing. */
export function textAt(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/**
 * An entrypoint with a marker: Prefect 1 has no name of a function, because its flows are no functions. Every marker begins
 * with `TODO_`, so that it can be searched for.
 */
export function marker(file: string, flow: string): string {
  const name = flow
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return `${file === '' ? '' : `${file}:`}TODO_${name || 'flow'}`
}

/** The folder of a path: empty for a plain file name. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash) || '/'
}

/** The file name of a path. */
export function fileIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The name of the Secret block for a secret of Prefect 1: blocks have lowercase letters, digits and `-`. */
export function secretBlock(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return slug || 'secret'
}

/** The template that Prefect 3 replaces with the value of a Secret block. */
export function secretText(name: string): string {
  return `{{ prefect.blocks.secret.${secretBlock(name)} }}`
}

/** Where Prefect 3 finds the code of a flow. */
export interface Code {
  /** Ends with a marker in place of the function's name, which Prefect 1 does not have. */
  readonly entrypoint: string
  readonly path?: string
  readonly pull_steps?: readonly JsonObject[]
  /** The image that the code is in. */
  readonly image?: string
}

/** The names of the secrets with which a storage is read, and of those that it loads. */
export function secretsIn(storage: Json | undefined): string[] {
  if (!isObject(storage)) return []
  const named = Object.entries(storage).flatMap(([field, value]) => (/_secret(_name)?$/.test(field) ? [value] : []))
  const loaded = Array.isArray(storage.secrets) ? storage.secrets : []
  return [...new Set([...named, ...loaded].filter((name) => typeof name === 'string'))]
}
