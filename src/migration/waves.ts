import { Failure, type Issue, type Place } from '../issue.ts'
import { isObject, type Json, type Pointer, step } from '../json.ts'
import { readSettingsDocument, type SettingsForm } from '../snapshot/settings-document.ts'
import { suggest } from '../suggest.ts'
import { wavesSchema } from './waves-schema.ts'

/** A wave of a migration: deployments and automations that are switched over together. */
export interface Wave {
  readonly name: string
  /** A member has one of these tags, if there are any. */
  readonly tag: readonly string[]
  /** A member matches one of these globs over the refs of the old side, if there are any. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** Names of waves that have to be cut over before. */
  readonly after: readonly string[]
  /** The place of its name, and of each glob or tag. */
  readonly place: Place
  placeOf(field: 'tag' | 'include' | 'exclude' | 'after', index: number): Place
}

/** A waves file: both sides of a migration and its waves. */
export interface Waves {
  readonly file: string
  readonly from: string
  readonly to: string
  readonly fromWorkspace?: string
  readonly toWorkspace?: string
  /** Paths of overlays, relative to the folder of the file. */
  readonly overlays: readonly string[]
  readonly waves: readonly Wave[]
}

const form: SettingsForm = {
  shape: { name: 'waves', schema: wavesSchema, field: 'field' },
  code: 'invalid-waves',
  noun: 'A waves file',
}

/** Parses a waves file. Throws `Failure` with all errors and their places. */
export function parseWaves(file: string, text: string): Waves {
  const { value, issues: found, place } = readSettingsDocument(file, text, form)
  if (!value) throw new Failure([invalid('The waves file is empty.', { file, line: 1, column: 1 }, begin)])
  if (found.length > 0) throw new Failure(found)
  const waves = listOf(value.waves).map((item, index) => waveOf(item, step('/waves', index), place))
  const issues = [...sameNames(waves), ...unknownNames(waves), ...circular(waves)]
  if (issues.length > 0) throw new Failure(issues)
  return {
    file,
    from: String(value.from),
    to: String(value.to),
    ...(value.from_workspace === undefined ? {} : { fromWorkspace: String(value.from_workspace) }),
    ...(value.to_workspace === undefined ? {} : { toWorkspace: String(value.to_workspace) }),
    overlays: textsOf(value.overlay),
    waves,
  }
}

const begin = 'Write from:, to: and waves:, a list of {name, tag or include, after}.'

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

/** One text or a list of them. */
function textsOf(value: Json | undefined): readonly string[] {
  return value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String)
}

function waveOf(item: Json, at: Pointer, place: (pointer: Pointer) => Place): Wave {
  const wave = isObject(item) ? item : {}
  const pointerOf = (field: string, index: number) =>
    Array.isArray(wave[field]) ? step(step(at, field), index) : step(at, field)
  return {
    name: String(wave.name),
    tag: textsOf(wave.tag),
    include: textsOf(wave.include),
    exclude: textsOf(wave.exclude),
    after: textsOf(wave.after),
    place: place(step(at, 'name')),
    placeOf: (field, index) => place(pointerOf(field, index)),
  }
}

function sameNames(waves: readonly Wave[]): Issue[] {
  const first = new Map<string, Wave>()
  return waves.flatMap((wave) => {
    const other = first.get(wave.name)
    if (!other) first.set(wave.name, wave)
    return other ? [invalid(`The wave "${wave.name}" is already in line ${other.place.line}.`, wave.place)] : []
  })
}

function unknownNames(waves: readonly Wave[]): Issue[] {
  const names = waves.map(({ name }) => name)
  return waves.flatMap((wave) =>
    wave.after.flatMap((name, index) => {
      if (names.includes(name)) return []
      const similar = suggest(name, names)
      const fix = similar ? `Did you mean ${similar}?` : `The waves are ${names.join(', ')}.`
      return [invalid(`There is no wave "${name}".`, wave.placeOf('after', index), fix)]
    }),
  )
}

/** Waves that wait for themselves, directly or through others. */
function circular(waves: readonly Wave[]): Issue[] {
  const byName = new Map(waves.map((wave) => [wave.name, wave]))
  return waves.flatMap((wave) => {
    const seen = new Set<string>()
    const open = [...wave.after]
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue
      seen.add(name)
      open.push(...(byName.get(name)?.after ?? []))
    }
    return seen.has(wave.name)
      ? [invalid(`The wave "${wave.name}" has to wait for itself.`, wave.placeOf('after', 0))]
      : []
  })
}

function invalid(message: string, place: Place, fix?: string): Issue {
  return { code: 'invalid-waves', severity: 'error', message, place, ...(fix ? { fix } : {}) }
}
