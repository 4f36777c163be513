import { isNumber, isObject, type Json, type JsonObject } from '../../json.ts'
import type { FlowRow } from './flow-rows.ts'
import { type StartedFlow, startsOf } from './started-flows.ts'
import { secretBlock } from './storage-words.ts'
import { objectsOf, slugs, type Task, taskOf } from './tasks.ts'

/** Something that a person has to do for a flow. */
export interface WorkItem {
  /** Identifies the sort of work. */
  readonly code: string
  /** What to do, as a sentence. */
  readonly todo: string
  /** The tasks that it is about, by slug. */
  readonly tasks?: readonly string[]
}

/** What Prefect 1 knows of the code of a flow. */
export interface FlowWork {
  /** Tasks without parameters; undefined if the file does not have them. */
  readonly tasks?: number
  readonly mapped: number
  readonly starts: readonly StartedFlow[]
  /** The secrets of the flow, and the blocks or variables that replace them. */
  readonly secrets: readonly { readonly name: string; readonly instead: string }[]
  readonly items: readonly WorkItem[]
}

/** The work for a person that the tasks of a flow mean. `ofStorage` are the secrets of its storage. */
export function workOf(row: FlowRow, ofStorage: readonly string[]): FlowWork {
  const known = Array.isArray(row.tasks.value)
  const tasks = objectsOf(row.tasks.value).map(taskOf)
  const edges = objectsOf(row.edges.value)
  // The API also says it of the task.
  const mapped = [
    ...new Set([
      ...slugsOf(edges.filter(({ mapped }) => mapped === true)),
      ...slugs(tasks.filter(({ of }) => of.mapped === true)),
    ]),
  ]
  const flattened = slugsOf(edges.filter(({ flattened }) => flattened === true))
  const own = tasks.filter(({ type }) => !type.startsWith('prefect.core.parameter.'))
  const items: WorkItem[] = []
  const add = adderOf(items)
  if (!known)
    add('tasks-unknown', 'The file does not have its tasks: ask the API for tasks and edges too, or read the code.')
  add('tasks', 'Rewrite its tasks as functions with @task, and call them in the function of the flow.', slugs(own))
  add('mapped', 'Rewrite .map: a mapped task of Prefect 3 returns futures.', mapped)
  add('flatten', 'Flatten the results of mapped tasks yourself: Prefect 3 has no flatten.', flattened)
  const secrets = own.filter(({ type }) => /(^|\.)\w*Secret$/.test(type))
  add('secrets', 'Load blocks or variables in place of tasks for secrets.', slugs(secrets))
  const starts = startsOf(own, objectsOf(row.parameters.value), edges)
  add(
    'flows-of-flows',
    'Replace tasks that start flows by run_deployment, or call the flow.',
    starts.map(({ task }) => task),
  )
  addTaskItems(own, add)
  if (objectsOf(row.referenceTasks.value).length > 0)
    add(
      'reference-tasks',
      'Return the states that decide on the state of the flow: Prefect 3 has no reference tasks.',
      slugs(objectsOf(row.referenceTasks.value).map(taskOf)),
    )
  add(
    'not-serialized',
    'Look into the code for state handlers, on_failure, results, targets, checkpoints, caches and the executor: Prefect 1 does not serialize them.',
  )
  return {
    ...(known ? { tasks: own.length } : {}),
    mapped: mapped.length,
    starts,
    secrets: [
      ...secrets.map(({ name, type }) => ({ name, instead: insteadOf(name, type) })),
      ...ofStorage.map((name) => ({ name, instead: insteadOf(name, '') })),
    ],
    items,
  }
}

type AddItem = (code: string, todo: string, tasks?: readonly string[]) => void

/** Adds work; an empty list of tasks means that there is none. */
function adderOf(items: WorkItem[]): AddItem {
  return (code, todo, tasks) => {
    if (tasks?.length !== 0) items.push({ code, todo, ...(tasks ? { tasks } : {}) })
  }
}

/** What tasks have that the tasks of Prefect 3 say in another way. */
function addTaskItems(tasks: readonly Task[], add: AddItem): void {
  const having = (test: (task: Task) => boolean) => slugs(tasks.filter(test))
  const fn = (value: Json | undefined) => (isObject(value) ? String(value.fn) : typeof value === 'string' ? value : '')
  const ofType = (pattern: RegExp) => having(({ type }) => pattern.test(type))
  add('branches', 'Write if and else in place of case, switch, ifelse and merge.', ofType(/\.control_flow\./))
  add('resource-managers', 'Write a context manager in place of a resource manager.', ofType(/\.resource_manager\./))
  add(
    'task-library',
    'The task library of Prefect 1 has moved to the integrations of Prefect 3, or is gone.',
    having(
      ({ type }) => type.startsWith('prefect.tasks.') && !/core\.|control_flow|secrets|prefect\.flow_run/.test(type),
    ),
  )
  add(
    'triggers',
    'Use return states and allow_failure in place of triggers.',
    having(({ of }) => !['', 'prefect.triggers.all_successful'].includes(fn(of.trigger)) && !isBuiltIn(of)),
  )
  add(
    'retries',
    'Write retries and retry_delay_seconds.',
    having(({ of }) => isNumber(of.max_retries ?? null) && Number(of.max_retries) > 0),
  )
  add(
    'timeouts',
    'Write timeout_seconds.',
    having(({ of }) => isNumber(of.timeout ?? null)),
  )
  add(
    'caching',
    'Write cache_policy and cache_expiration.',
    having(({ of }) => isNumber(of.cache_for ?? null) || typeof of.cache_key === 'string'),
  )
  add(
    'no-skip',
    'Prefect 3 does not skip tasks: return early.',
    having(({ of }) => of.skip_on_upstream_skip === false && !isBuiltIn(of)),
  )
  add(
    'task-tags',
    'Write tags of tasks; a limit on a tag is a concurrency limit of Prefect 3.',
    having(({ of }) => Array.isArray(of.tags) && of.tags.length > 0 && !isBuiltIn(of)),
  )
}

/** Tasks that Prefect 1 makes itself, for branches and resource managers. */
function isBuiltIn({ type }: JsonObject): boolean {
  return /\.(control_flow|resource_manager)\./.test(String(type))
}

/** The tasks that edges lead to, once each. */
function slugsOf(edges: readonly JsonObject[]): string[] {
  return [...new Set(edges.flatMap(({ downstream_task: task }) => (isObject(task) ? [String(task.slug)] : [])))]
}

function insteadOf(name: string, type: string): string {
  return type.endsWith('EnvVarSecret') ? `the environment variable ${name}` : `block/secret/${secretBlock(name)}`
}
