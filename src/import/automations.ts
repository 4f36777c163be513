import { isObject, type Json, type JsonObject, type Pointer, step } from '../json.ts'
import type { Ref } from '../ref.ts'
import { readOldYaml, withPlainTimes } from '../snapshot/yaml/read-old-yaml.ts'
import { idsToTokens, isUuid, refsIn } from '../token.ts'
import { keyOfAutomation } from './automation-keys.ts'
import { collectFaults, documentFrom, type Faults } from './issues.ts'
import type { Imported, ImportedDocument, ImportInput, ImportReader } from './reader.ts'
import { serverNames } from './server-names.ts'
import { ignoredIn, triggerDocument } from './trigger-document.ts'

const lists = ['actions', 'actions_on_trigger', 'actions_on_resolve'] as const
const known = new Set(['name', 'description', 'enabled', 'tags', 'trigger', ...lists, 'owner_resource', 'id'])

/** Files of `prefect automation create --from-file`: one automation, a list, or `automations:` with a list. */
export const automations: ImportReader = {
  name: 'automations',
  summary: 'files of prefect automation create --from-file, YAML or JSON',
  recognizes: (_, text) =>
    !/^deployments:|^kind: *snapshot/m.test(text) &&
    (/^automations:/m.test(text) ||
      (/^(?:- |\s*)["']?trigger["']?:/m.test(text) && /["']?actions["']?\s*:/.test(text))),
  read: readFile,
}

function readFile(input: ImportInput): Imported {
  const { value, place, issues } = readOldYaml(input.file, input.text)
  const faults = collectFaults(place, issues)
  const names = new Map<string, number>()
  const external = new Set<string>()
  const documents = entriesOf(withPlainTimes(value)).flatMap(({ entry, pointer }) => {
    if (!isObject(entry)) {
      faults.error('invalid-value', 'An automation must be a mapping.', pointer)
      return []
    }
    const made = automationOf(entry, pointer, names, input, faults)
    if (!made) return []
    for (const ref of [...made.refs, ...serverNames(made.document.document)]) external.add(ref)
    return [made.document]
  })
  if (documents.length === 0 && !faults.issues.some(({ severity }) => severity === 'error'))
    faults.error('nothing-to-import', 'The file has no automations.', '')
  return { documents, external: [...external].sort(), issues: faults.issues }
}

function entriesOf(value: Json): readonly { readonly entry: Json; readonly pointer: Pointer }[] {
  if (isObject(value) && Array.isArray(value.automations))
    return value.automations.map((entry: Json, index: number) => ({ entry, pointer: `/automations/${index}` }))
  if (Array.isArray(value)) return value.map((entry: Json, index: number) => ({ entry, pointer: `/${index}` }))
  return [{ entry: value, pointer: '' }]
}

interface Made {
  readonly document: ImportedDocument
  /** What its IDs name. */
  readonly refs: readonly Ref[]
}

function automationOf(
  entry: JsonObject,
  pointer: Pointer,
  names: Map<string, number>,
  input: ImportInput,
  faults: Faults,
): Made | undefined {
  const { name, trigger } = entry
  if (typeof name !== 'string' || name === '') {
    faults.error('invalid-value', 'An automation needs a name.', step(pointer, 'name'))
    return undefined
  }
  if (!isObject(trigger)) {
    faults.error('invalid-value', 'An automation needs a trigger.', step(pointer, 'trigger'))
    return undefined
  }
  for (const key of Object.keys(entry))
    if (!known.has(key)) faults.warn('ignored-field', `Prefect ignores ${key} of an automation.`, step(pointer, key))
  for (const key of ignoredIn(trigger, []))
    faults.warn('ignored-field', `Prefect ignores ${key} of a trigger.`, step(step(pointer, 'trigger'), key))
  const ids = replaceIds(input, faults)
  const parts: Record<string, Json> = {
    enabled: entry.enabled ?? true,
    trigger: ids.replace(triggerDocument(trigger), step(pointer, 'trigger')),
  }
  for (const key of ['description', 'tags'])
    if (entry[key] !== undefined && entry[key] !== null) parts[key] = entry[key]
  for (const key of lists)
    if (entry[key] !== undefined) parts[key] = ids.replace(withDefaults(entry[key]), step(pointer, key))
  for (const key of lists) checkIds(parts[key], step(pointer, key), faults)
  const owner = ownerOf(entry, pointer, input, faults)
  const refs = owner ? { refs: { owner } } : {}
  const document = { kind: 'automation', key: keyOfAutomation(name, pointer, names), ...refs, spec: parts }
  const origins = { '': pointer, '/key': step(pointer, 'name'), '/spec': pointer }
  return { document: documentFrom(document, faults.place, origins), refs: [...ids.refs, ...(owner ? [owner] : [])] }
}

/** The deployment that owns an automation, if it is known by its ID. */
function ownerOf({ owner_resource: owner }: JsonObject, pointer: Pointer, input: ImportInput, faults: Faults) {
  if (typeof owner !== 'string') return undefined
  const ref = input.names?.[owner.replace(/^prefect\.deployment\./, '')]
  if (ref?.startsWith('deployment/')) return ref
  const message = `The owner ${owner} is an object of one server, so the automation has none.`
  faults.warn(
    'unresolved-id',
    message,
    step(pointer, 'owner_resource'),
    'Name it with --name-of ID=deployment/FLOW/NAME.',
  )
  return undefined
}

/** Replaces IDs by the names that `--name-of` gives, and warns about the others. */
function replaceIds({ names = {} }: ImportInput, faults: Faults) {
  const refs = new Set<Ref>()
  return {
    refs,
    replace(value: Json, pointer: Pointer): Json {
      return idsToTokens(
        value,
        (id) => {
          const ref = names[id.toLowerCase()]
          if (ref) refs.add(ref)
          return ref
        },
        (id, _, at) => {
          const message = `${id} is the ID of an object on one server. It stays, and plan refuses it.`
          const fix = `Name the object with --name-of ${id}=KIND/KEY, such as ${id}=deployment/etl/prod.`
          faults.warn('unresolved-id', message, `${pointer}${at}`, fix)
        },
      )
    },
  }
}

/** Refuses what stands in an action where Prefect demands an ID. */
function checkIds(actions: Json | undefined, pointer: Pointer, faults: Faults): void {
  if (!Array.isArray(actions)) return
  for (const [index, action] of actions.entries())
    for (const [key, id] of Object.entries(isObject(action) ? action : {})) {
      if (!/^(?:deployment|work_pool|work_queue|automation|block_document)_id$/.test(key)) continue
      if (id === null || (typeof id === 'string' && (isUuid(id.toLowerCase()) || refsIn(id).length > 0))) continue
      const fix = 'Write the ID, or edit the snapshot: <ref:KIND/KEY> names a resource.'
      faults.error('invalid-value', `${key} must be an ID.`, `${pointer}/${index}/${key}`, fix)
    }
}

const selecting = /^(?:run-deployment|(?:pause|resume)-(?:deployment|work-pool|work-queue|automation))$/

/** Actions with the defaults that Prefect's client adds. */
function withDefaults(actions: Json): Json {
  if (!Array.isArray(actions)) return actions
  return actions.map((action: Json) => {
    if (!isObject(action) || typeof action.type !== 'string') return action
    if (selecting.test(action.type)) return { source: 'selected', ...action }
    if (action.type === 'call-webhook') return { payload: '', ...action }
    return action.type === 'send-notification' ? { subject: 'Prefect automated notification', ...action } : action
  })
}

/** The names of IDs, from `ID=KIND/KEY`; undefined if one has another form. */
export function namesOfIds(given: readonly string[]): Readonly<Record<string, Ref>> | undefined {
  const pairs = given.map((text) => /^([^=]+)=([a-z][a-z-]*\/.+)$/s.exec(text))
  if (pairs.some((pair) => !pair || !isUuid(pair[1]?.toLowerCase() ?? ''))) return undefined
  return Object.fromEntries(pairs.map((pair) => [pair?.[1]?.toLowerCase() ?? '', pair?.[2] as Ref]))
}
