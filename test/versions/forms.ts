import { atLeast } from '../../src/version.ts'

/** A field that a server of one version fills in, and another one does not have. */
interface Default {
  readonly kind: string
  /** The path of the field in the resource; twins of one name are a list. */
  readonly path: RegExp
  /** What the server fills in where the field is not set, so that losing it loses nothing. */
  readonly value: string
  /** The release that brought the field. */
  readonly since: string
  /** The release that dropped it. */
  readonly until?: string
}

const action = '(/\\d+)?/actions(_on_trigger|_on_resolve)?/\\d+'
const storage = ['bundle_upload_step', 'bundle_execution_step', 'default_result_storage_block_id']

/**
 * All differences by plain HTTP that lose nothing. Each holds only between a version that has the field and one that lacks it, and only for
 * the default: any other value of the field is a difference that the plan has to name.
 */
const defaults: readonly Default[] = [
  // A flow without labels.
  { kind: 'flow', path: /^\/labels$/, value: '{}', since: '3.1.5' },
  // A deployment without labels of its own, of a flow without labels: the server adds the flow's ID.
  { kind: 'deployment', path: /^\/labels$/, value: '{"prefect.flow.id":"<flow:FLOW>"}', since: '3.1.5' },
  // Limits of a schedule that only Prefect 3.0 has; both are off.
  { kind: 'deployment', path: /^\/schedules\/\d+\/catchup$/, value: 'false', since: '3.0.0', until: '3.1.0' },
  { kind: 'deployment', path: /^\/schedules\/\d+\/max_active_runs$/, value: 'null', since: '3.0.0', until: '3.1.0' },
  // A schedule without a name, and one without parameters of its own.
  { kind: 'deployment', path: /^\/schedules\/\d+\/slug$/, value: 'null', since: '3.2.0' },
  { kind: 'deployment', path: /^\/schedules\/\d+\/parameters$/, value: '{}', since: '3.2.0' },
  // A pool without storage, of the steps and of results.
  ...[storage.slice(0, 2), storage].map(
    (names): Default => ({
      kind: 'work-pool',
      path: /^\/storage_configuration$/,
      value: JSON.stringify(Object.fromEntries([...names].sort().map((name) => [name, null]))),
      since: '3.2.14',
    }),
  ),
  {
    kind: 'work-pool',
    path: /^\/storage_configuration\/default_result_storage_block_id$/,
    value: 'null',
    since: '3.4.0',
  },
  // An automation without tags.
  { kind: 'automation', path: /^(\/\d+)?\/tags$/, value: '[]', since: '3.4.7' },
  // An action that runs at once, and one that does not force a state.
  {
    kind: 'automation',
    path: new RegExp(`^${action}/schedule_after$`),
    value: '{"value":"0.0","isLosslessNumber":true}',
    since: '3.4.15',
  },
  { kind: 'automation', path: new RegExp(`^${action}/force$`), value: 'false', since: '3.6.11' },
  // Runs that are cancelled without a time of grace.
  {
    kind: 'deployment',
    path: /^\/concurrency_options\/grace_period_seconds$/,
    value: 'null',
    since: '3.6.6',
  },
]

/** Labels of the flow of the world that has some: the server copies them to its deployments, and the plan names them at the flow. */
const copied =
  '{"critical":true,"level":3,"owner":"data","prefect.flow.id":"<flow:etl>","ratio":{"value":"2.0","isLosslessNumber":true}}'

/** Whether a difference between two versions, `/path: a → b`, is only a default that one of them fills in. */
export function isForm(name: string, line: string, from: string, to: string): boolean {
  const [kind = '', flow = ''] = name.split('/')
  const [, path = '', a = '', b = ''] = /^([^:]*): (.*) → (.*)$/.exec(line) ?? []
  const has = ({ since, until }: Default, version: string) =>
    atLeast(version, since) && (until === undefined || !atLeast(version, until))
  if (kind === 'deployment' && flow === 'etl' && path === '/labels' && a === copied && b === 'undefined') return true
  return defaults.some((one) => {
    if (one.kind !== kind || !one.path.test(path) || has(one, from) === has(one, to)) return false
    const value = one.value.replace('FLOW', flow)
    return has(one, from) ? a === value && b === 'undefined' : a === 'undefined' && b === value
  })
}
