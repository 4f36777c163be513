import { isObject, type Json, type JsonObject } from '../../json.ts'
import type { Task } from './tasks.ts'

/** A flow that another one starts. */
export interface StartedFlow {
  /** Undefined if only the code names it. */
  readonly flow?: string
  readonly by: 'StartFlowRun' | 'create_flow_run'
  readonly task: string
}

/** The flows that tasks start. `parameters` are those of the flow, `edges` what its tasks give to each other. */
export function startsOf(
  tasks: readonly Task[],
  parameters: readonly JsonObject[],
  edges: readonly JsonObject[],
): StartedFlow[] {
  const starters = tasks.flatMap((task): { readonly task: Task; readonly by: StartedFlow['by'] }[] => {
    if (task.type.endsWith('.StartFlowRun')) return [{ task, by: 'StartFlowRun' }]
    const isCreate = task.type.endsWith('.FunctionTask') && /^create_flow_run(-|$)/.test(task.slug)
    return isCreate ? [{ task, by: 'create_flow_run' }] : []
  })
  return starters.map(({ task, by }) => {
    const flow =
      (by === 'StartFlowRun' ? /^Flow (.+)$/s.exec(task.name)?.[1] : undefined) ?? byParameter(task, parameters, edges)
    return { by, task: task.slug, ...(flow === undefined ? {} : { flow }) }
  })
}

/** The name of a flow that a parameter with a default gives to a task. */
function byParameter(
  { slug }: Task,
  parameters: readonly JsonObject[],
  edges: readonly JsonObject[],
): string | undefined {
  const slugAt = (task: Json | undefined) => (isObject(task) ? task.slug : undefined)
  const edge = edges.find(({ key, downstream_task }) => key === 'flow_name' && slugAt(downstream_task) === slug)
  const from = edge && parameters.find((parameter) => parameter.slug === slugAt(edge.upstream_task))
  return typeof from?.default === 'string' ? from.default : undefined
}
