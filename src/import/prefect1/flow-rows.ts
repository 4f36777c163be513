import { isNumber, isObject, type Json, type JsonObject, own, type Pointer, step } from '../../json.ts'
import { saysNothing } from './field-table.ts'
import type { Notes } from './notes.ts'

/** A value and its pointer. */
export interface At {
  readonly value: Json | undefined
  readonly at: Pointer
}

/** A flow as it is serialized, or as a row of the GraphQL API has it. */
export interface FlowRow {
  readonly name: string
  readonly pointer: Pointer
  readonly project?: string
  readonly version?: string
  readonly description?: string
  /** Whether Prefect 1 makes runs by its schedule. */
  readonly isActive: boolean
  /** Labels of the flow group, which replace those of the run config. */
  readonly labels?: readonly string[]
  readonly schedule: At
  readonly runConfig: At
  readonly storage: At
  readonly parameters: At
  /** Default parameters of the flow group. */
  readonly defaults: At
  readonly tasks: At
  readonly edges: At
  readonly referenceTasks: At
}

const shape = 'a flow of Prefect 1 (flow.serialize()), a list of them, or an answer of its GraphQL API with data.flow'
const howTo = 'See docs/how-to/from-prefect-1.md for the query and for the script that write such files.'

/** The flows in a JSON value; faults if there is none. */
export function flowRowsIn(value: Json, notes: Notes): FlowRow[] {
  const rows = rowsIn(value, notes)
  const current = rows.filter(({ value, at }) => isCurrent(value, at, notes))
  if (rows.length === 0 && notes.faults.length === 0)
    notes.fault('', `There is no flow in it: it has to be ${shape}.`, howTo)
  const named = current.flatMap(({ value, at, project }) => {
    const row = rowOf(value, at, project, notes)
    return row ? [row] : []
  })
  return newestOf(named, notes)
}

interface RawRow {
  readonly value: JsonObject
  readonly at: Pointer
  readonly project?: string
}

function rowsIn(value: Json, notes: Notes, at: Pointer = '', project?: string): RawRow[] {
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => rowsIn(item, notes, step(at, index), project))
  if (!isObject(value)) {
    notes.fault(at, `It is no object: it has to be ${shape}.`, howTo)
    return []
  }
  if (Array.isArray(value.errors) && saysNothing(value.data)) {
    notes.fault(
      step(at, 'errors'),
      'It is an answer of the GraphQL API with errors, and without data.',
      'Correct the query.',
    )
    return []
  }
  const inner = ['data', 'flow', 'flows', 'flow_by_pk', 'project'].filter((key) => isRows(value[key]))
  if (isFlow(value)) return [{ value, at, ...(project === undefined ? {} : { project }) }]
  const name = typeof value.name === 'string' ? value.name : project
  return inner.flatMap((key) => rowsIn(value[key] as Json, notes, step(at, key), key === 'flows' ? name : project))
}

function isRows(value: Json | undefined): boolean {
  return isObject(value) || Array.isArray(value)
}

/** Whether an object is a flow, which has one of the fields that only flows have. */
function isFlow(value: JsonObject): boolean {
  if (value.flow !== undefined || value.flows !== undefined) return false
  return (
    value.name !== undefined &&
    ['serialized_flow', 'tasks', 'storage', 'run_config', 'reference_tasks', 'flow_group'].some(
      (key) => value[key] !== undefined,
    )
  )
}

function isCurrent(value: JsonObject, at: Pointer, notes: Notes): boolean {
  if (value.archived !== true) return true
  notes.told('archived flow', at, `The flow ${JSON.stringify(value.name)} is archived.`, 'Nothing has to be done.')
  return false
}

function rowOf(value: JsonObject, pointer: Pointer, outer: string | undefined, notes: Notes): FlowRow | undefined {
  const { name, project, serialized_flow: serialized = null } = value
  if (typeof name !== 'string' || name.trim() === '') {
    notes.fault(step(pointer, 'name'), 'A flow has a name, which is a text.', 'Export the flow again.')
    return undefined
  }
  if (serialized !== null && !isObject(serialized)) {
    notes.fault(
      step(pointer, 'serialized_flow'),
      'The serialized flow is no object.',
      'Ask the API for serialized_flow as JSON.',
    )
    return undefined
  }
  const find = finderIn(value, serialized ?? {}, pointer)
  const given = project ?? find('project').value ?? outer
  const projectName = isObject(given) ? given.name : given
  const group = isObject(value.flow_group) ? value.flow_group : {}
  const [version, description] = [find('version').value, find('description').value]
  const environment = find('environment')
  if (!saysNothing(environment.value))
    notes.told(
      'Flow.environment',
      environment.at,
      'Environments are older than run configs.',
      'Write job_variables and the work pool by hand.',
    )
  tellSettings(group, step(pointer, 'flow_group'), notes)
  return {
    name,
    pointer,
    ...(typeof projectName === 'string' ? { project: projectName } : {}),
    ...(typeof version === 'string' || (version !== undefined && isNumber(version))
      ? { version: String(version) }
      : {}),
    ...(typeof description === 'string' ? { description } : {}),
    isActive: value.is_schedule_active !== false,
    ...(Array.isArray(group.labels) ? { labels: group.labels.map(String) } : {}),
    schedule: find('schedule', true),
    runConfig: find('run_config', true),
    storage: find('storage'),
    parameters: find('parameters'),
    defaults: { value: own(group, 'default_parameters'), at: `${pointer}/flow_group/default_parameters` },
    tasks: find('tasks'),
    edges: find('edges'),
    referenceTasks: find('reference_tasks'),
  }
}

/** Finds a field in the flow group, which has what was changed in the UI, then in the row, then in the serialized flow. */
function finderIn(row: JsonObject, serialized: JsonObject, pointer: Pointer) {
  return (field: string, inGroup = false): At => {
    const group = isObject(row.flow_group) ? row.flow_group : {}
    if (inGroup && !saysNothing(own(group, field)))
      return { value: own(group, field), at: `${pointer}/flow_group/${field}` }
    const direct = own(row, field)
    if (direct !== undefined && direct !== null) return { value: direct, at: step(pointer, field) }
    const inner = own(serialized, field)
    return inner === undefined
      ? { value: undefined, at: pointer }
      : { value: inner, at: `${pointer}/serialized_flow/${field}` }
  }
}

function tellSettings({ settings }: JsonObject, at: Pointer, notes: Notes): void {
  if (!isObject(settings)) return
  for (const name of Object.keys(settings))
    notes.told(
      'flow_group.settings',
      step(step(at, 'settings'), name),
      `Prefect 3 has no setting ${name} of a flow.`,
      'See what it was for.',
    )
}

/** The newest version of each flow in each project. Two of the same version are a fault. */
function newestOf(rows: readonly FlowRow[], notes: Notes): FlowRow[] {
  const newest = new Map<string, FlowRow>()
  for (const row of rows) {
    const key = JSON.stringify([row.project, row.name])
    const other = newest.get(key)
    if (!other) newest.set(key, row)
    else if (Number(row.version) > Number(other.version)) replace(newest, key, row, other, notes)
    else if (Number(row.version) < Number(other.version)) replace(newest, key, other, row, notes)
    else
      notes.fault(
        step(row.pointer, 'name'),
        `There is a second flow ${JSON.stringify(row.name)}${row.project === undefined ? '' : ` in the project ${JSON.stringify(row.project)}`}, and none is newer.`,
        'Remove one of them, or ask the API for version and archived too.',
      )
  }
  return [...newest.values()]
}

function replace(newest: Map<string, FlowRow>, key: string, kept: FlowRow, older: FlowRow, notes: Notes): void {
  newest.set(key, kept)
  notes.told(
    'older version',
    older.pointer,
    `Version ${older.version} of the flow ${JSON.stringify(older.name)} is not the newest.`,
    'Nothing has to be done.',
  )
}
