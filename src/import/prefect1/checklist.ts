import type { JsonObject } from '../../json.ts'
import type { MadeFlow } from './deployments.ts'
import type { WorkItem } from './flow-work.ts'
import type { StartedFlow } from './started-flows.ts'

/** What a person has to do to migrate flows of Prefect 1, and how they depend on each other. */
export interface Checklist {
  readonly version: 1
  readonly flows: readonly FlowChecklist[]
  /** Flows that start other flows. `to` is null if only the code names it. */
  readonly dependencies: readonly {
    readonly from: string
    readonly to: string | null
    readonly task: string
    readonly isKnown: boolean
  }[]
  /** Secrets, and what replaces each of them. */
  readonly secrets: readonly { readonly name: string; readonly instead: string; readonly flows: readonly string[] }[]
  readonly pools: readonly { readonly name: string; readonly type: string; readonly flows: readonly string[] }[]
}

/** The work for one flow. */
export interface FlowChecklist {
  readonly flow: string
  readonly project?: string
  readonly deployment: string
  readonly file: string
  readonly entrypoint: string
  /** Without parameters; null if the file does not have them. */
  readonly tasks: number | null
  readonly mapped: number
  readonly starts: readonly StartedFlow[]
  readonly items: readonly WorkItem[]
  /** What is not carried over, with its place in the file. */
  readonly told: readonly {
    readonly construct: string
    readonly pointer: string
    readonly line: number
    readonly why: string
    readonly fix: string
  }[]
}

/** A flow with the file that it is in, and what is told of it. */
export interface ListedFlow {
  readonly made: MadeFlow
  readonly file: string
  readonly told: FlowChecklist['told']
}

/** The checklist of flows. */
export function checklistOf(listed: readonly ListedFlow[]): Checklist {
  const flows = listed.map(({ made, file, told }): FlowChecklist => {
    const { flow, project, deployment, entrypoint, work } = made
    return {
      flow,
      ...(project === undefined ? {} : { project }),
      deployment,
      file,
      entrypoint,
      tasks: work.tasks ?? null,
      mapped: work.mapped,
      starts: work.starts,
      items: [codeItem(entrypoint), ...work.items],
      told,
    }
  })
  const names = new Set(flows.map(({ flow }) => flow))
  return {
    version: 1,
    flows,
    dependencies: flows.flatMap(({ deployment, starts }) =>
      starts.map(({ flow, task }) => ({
        from: deployment,
        to: flow ?? null,
        task,
        isKnown: flow !== undefined && names.has(flow),
      })),
    ),
    secrets: grouped(
      listed,
      ({ work }) => work.secrets,
      (secret) => secret.name,
    ),
    pools: grouped(
      listed,
      ({ pool }) => [pool],
      ({ name, type }) => `${name}/${type}`,
    ),
  }
}

function codeItem(entrypoint: string): WorkItem {
  const name = /TODO_\w+$/.exec(entrypoint)?.[0] ?? entrypoint
  return {
    code: 'entrypoint',
    todo: `Rewrite the flow as a function with @flow, and write its name in place of ${name} in the entrypoint.`,
  }
}

/** Equal values of several flows, with the deployments that have them. */
function grouped<T extends object>(
  listed: readonly ListedFlow[],
  valuesOf: (made: MadeFlow) => readonly T[],
  keyOf: (value: T) => string,
): (T & { readonly flows: readonly string[] })[] {
  const groups = new Map<string, { readonly value: T; readonly flows: string[] }>()
  for (const { made } of listed)
    for (const value of valuesOf(made)) {
      const group = groups.get(keyOf(value)) ?? { value, flows: [] }
      groups.set(keyOf(value), group)
      if (!group.flows.includes(made.deployment)) group.flows.push(made.deployment)
    }
  return [...groups.values()].map(({ value, flows }) => ({ ...value, flows }))
}

/** The checklist as JSON. */
export function checklistJson(checklist: Checklist): JsonObject {
  return JSON.parse(JSON.stringify(checklist)) as JsonObject
}
