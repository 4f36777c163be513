import type { JsonObject } from '../../json.ts'
import type { Answer } from '../../kind.ts'
import {
  countShape,
  createdBy,
  doneBy,
  idShape,
  listOf,
  objectWith,
  orNull,
  rowsFrom,
  rowWith,
} from '../answer-shapes.ts'
import { limitAnswers } from '../concurrency-limit.ts'
import { anyObject, boolean, nullableString, string, tags } from '../field-schemas.ts'

const scheduleRow = rowWith({ schedule: anyObject, active: orNull(boolean), slug: nullableString }, ['schedule'])

const runRow = rowWith(
  {
    deployment_id: nullableString,
    name: string,
    state_type: nullableString,
    expected_start_time: nullableString,
    run_count: { type: ['integer', 'null'] },
    auto_scheduled: orNull(boolean),
  },
  ['deployment_id', 'state_type', 'expected_start_time'],
)

const artifactRow = rowWith({ key: nullableString, type: nullableString, flow_run_id: nullableString }, [])

/** A deployment as it is returned: everything from which its document is made. */
const deploymentRow: JsonObject = rowWith(
  {
    name: string,
    flow_id: idShape,
    description: nullableString,
    version: nullableString,
    entrypoint: nullableString,
    path: nullableString,
    tags: orNull(tags),
    labels: orNull(anyObject),
    parameters: orNull(anyObject),
    parameter_openapi_schema: orNull(anyObject),
    enforce_parameter_schema: orNull(boolean),
    job_variables: orNull(anyObject),
    infra_overrides: orNull(anyObject),
    pull_steps: orNull(listOf(anyObject)),
    paused: orNull(boolean),
    schedules: orNull(listOf(scheduleRow)),
    work_pool_name: nullableString,
    work_queue_name: nullableString,
    storage_document_id: nullableString,
    infrastructure_document_id: nullableString,
    global_concurrency_limit: orNull(objectWith({ name: string }, ['name'])),
    concurrency_options: orNull(anyObject),
  },
  ['name', 'flow_id', 'schedules'],
)

/** The answers to the requests for deployments, their schedules and their runs. */
export const deploymentAnswers: readonly Answer[] = [
  rowsFrom('POST /deployments/filter', deploymentRow),
  { to: 'POST /deployments/count', schema: countShape },
  createdBy('POST /deployments/'),
  doneBy('PATCH|DELETE /deployments/*'),
  doneBy('POST /deployments/*/pause_deployment'),
  doneBy('POST /deployments/*/resume_deployment'),
  { to: 'GET|POST /deployments/*/schedules', schema: listOf(scheduleRow) },
  doneBy('PATCH|DELETE /deployments/*/schedules/*'),
  { to: 'POST /flow_runs/count', schema: countShape },
  { to: 'POST /artifacts/filter', schema: listOf(artifactRow) },
  { to: 'POST /flow_runs/filter', schema: listOf(runRow) },
  // It makes a run, not a deployment.
  { to: 'POST /deployments/*/create_flow_run', schema: rowWith({}, []) },
  { to: 'GET /admin/settings', schema: anyObject },
  ...limitAnswers.filter(({ ofKind }) => !ofKind),
]
