import { type JsonObject, own, sameJson, writeJson } from '../../json.ts'
import type { DroppedSetting, Encoded, Names, OnPage } from '../../kind.ts'
import { listAt } from '../../list-at.ts'
import type { Reader } from '../../model.ts'
import { keyParts } from '../../ref.ts'
import { object, objects, text } from '../endpoints.ts'
import { queueRef } from '../queue-name.ts'
import { readAll, readNamed } from '../read-list.ts'
import { cloudValues } from './cloud-fields.ts'
import { encodeOptions } from './concurrency-options.ts'
import { encodeLimit } from './deployment-limit.ts'
import { encodeSchedules } from './schedule.ts'

const path = '/deployments/filter'
/**
 * Names are unique only within a flow, and the order has no tie-breaker, but creation times practically never collide.
 */
const sort = 'CREATED_DESC'

/** Reads all deployments, or at least those with the wanted keys. */
export async function listDeployments(
  reader: Reader,
  wanted: ReadonlySet<string> | undefined,
  onPage?: OnPage,
): Promise<readonly JsonObject[]> {
  if (!wanted) return readAll(reader, path, { sort }, { path: '/deployments/count', body: {} }, onPage)
  const byFlow = new Map<string, string[]>()
  for (const key of wanted) {
    const [flow = '', name = ''] = keyParts(key)
    listAt(byFlow, flow).push(name)
  }
  const names = new Set([...byFlow.values()].flat())
  const few = names.size <= 200
  const filter = (flows: readonly string[]) => ({
    sort,
    flows: { name: { any_: flows } },
    ...(few ? { deployments: { name: { any_: [...names] } } } : {}),
  })
  // A flow has at most one deployment with a name.
  return readNamed(reader, path, [...byFlow.keys()], filter, {
    each: few ? names.size : Number.POSITIVE_INFINITY,
    onPage,
  })
}

/** Encodes an API object as a deployment. */
export function encodeDeployment(raw: JsonObject, names: Names): Encoded {
  const flow = names.raw(raw.flow_id)
  const limit = encodeLimit(raw.global_concurrency_limit)
  // A queue without its pool is gone; sending only the queue would make the server create `default-agent-pool`.
  const [pool, queue] = [text(raw, 'work_pool_name'), text(raw, 'work_queue_name')]
  return {
    refs: {
      flow: names.refForField('flow', raw.flow_id),
      queue: pool ? queueRef(pool, queue || 'default') : undefined,
      limit: limit.shared,
      storage: names.refForField('block', raw.storage_document_id),
      infrastructure: names.refForField('block', raw.infrastructure_document_id),
    },
    spec: {
      description: raw.description,
      version: raw.version,
      tags: raw.tags,
      labels: ownLabels(raw, flow),
      entrypoint: raw.entrypoint,
      path: raw.path,
      pull_steps: raw.pull_steps,
      parameters: raw.parameters,
      parameter_openapi_schema: raw.parameter_openapi_schema,
      enforce_parameter_schema: raw.enforce_parameter_schema,
      // Before 3.0, responses have only `infra_overrides`.
      job_variables: raw.job_variables ?? raw.infra_overrides ?? {},
      paused: raw.paused,
      schedules: encodeSchedules(raw.schedules),
      concurrency_limit: limit.own,
      concurrency_options: encodeOptions(raw.concurrency_options),
      ...cloudValues(raw, names.server),
    },
    dropped: [
      ...(queue && !pool ? [queueAlone(queue)] : []),
      ...droppedSettings(raw, before3),
      ...objects(raw.schedules).flatMap((one) => droppedSettings(one, schedulesBefore3)),
    ],
  }
}

/** Fields that deployments had before 3.0, and what to use instead. */
const before3 = { manifest_path: 'Nothing to do: Prefect 3 does not use manifests' }
const schedulesBefore3 = {
  max_active_runs: 'Set a concurrency_limit on the deployment, which counts all of its runs',
  catchup: 'Nothing to do: workers always run late runs',
}

/** The name of a queue that no pool has: of the days of agents, or of a pool that is gone. */
function queueAlone(queue: string): DroppedSetting {
  return { what: `work_queue_name ${writeJson(queue)}`, fix: 'Give it a work pool if it is to run.' }
}

function droppedSettings(raw: JsonObject, fields: Readonly<Record<string, string>>): DroppedSetting[] {
  return Object.entries(fields).flatMap(([name, fix]) => {
    const value = raw[name] ?? false
    return value === false ? [] : [{ what: `${name} ${writeJson(value)}`, fix }]
  })
}

/** The labels that the server did not add: it copies those of the flow, and adds the flow's ID. */
function ownLabels(raw: JsonObject, flow: JsonObject | undefined): JsonObject {
  const inherited = object(flow?.labels)
  const labels = Object.entries(object(raw.labels)).filter(
    ([name, value]) => name !== 'prefect.flow.id' && !sameJson(value, own(inherited, name)),
  )
  return Object.fromEntries(labels)
}
