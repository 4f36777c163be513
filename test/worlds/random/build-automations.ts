import type { Row, Value } from '../world-json.ts'
import { create, freeform, type Making, mention, names, tags } from './build-world.ts'
import { anyText, trapTexts } from './trap-texts.ts'

const nobody = '00000000-0000-4000-8000-00000000dead'

/** Automations with triggers and actions of every form; some have the same name, some refer to each other. */
export async function buildAutomations(making: Making): Promise<void> {
  const { chance, http, automations } = making
  const all = names(chance, 2 + chance.below(5), /^/)
  const repeated = [...all, ...chance.some(all, 2), ...(chance.oneIn(2) ? [all[0] ?? ''] : [])]
  for (const name of repeated) await create(making, automations, '/automations/', automation(making, name))
  // What refers to a later one can only be said when that exists.
  for (const { id, name } of chance.some(automations, 3)) {
    const { owner_resource: _, ...body } = automation(making, String(name))
    await http.send('PUT', `/automations/${String(id)}`, body)
  }
}

function automation(making: Making, name: string): Row {
  const { chance, deployments } = making
  const owner =
    deployments.length > 0 && chance.oneIn(6)
      ? { owner_resource: `prefect.deployment.${String(chance.pick(deployments).id)}` }
      : {}
  return {
    name,
    description: anyText(chance),
    enabled: !chance.oneIn(3),
    tags: tags(chance),
    trigger: trigger(making, 2),
    actions: chance.times(chance.below(3), () => action(making)),
    actions_on_trigger: chance.oneIn(4) ? [action(making)] : [],
    actions_on_resolve: chance.oneIn(4) ? [action(making)] : [],
    ...owner,
  }
}

function trigger(making: Making, depth: number): Row {
  const { chance } = making
  const within = chance.pick<Value>([0, 5.5, 60, 1e-3, 31_536_000])
  const way = depth > 0 ? chance.below(4) : 0
  const triggers = () => chance.times(1 + chance.below(2), () => trigger(making, depth - 1))
  if (way === 1)
    return {
      type: 'compound',
      require: chance.pick<Value>(['any', 'all', 1]),
      within: chance.oneIn(3) ? null : within,
      triggers: triggers(),
    }
  if (way === 2) return { type: 'sequence', within: chance.oneIn(3) ? null : within, triggers: triggers() }
  const reactive = !chance.oneIn(3)
  return {
    type: 'event',
    posture: reactive ? 'Reactive' : 'Proactive',
    within: reactive ? within : chance.pick([10, 60.5]),
    threshold: chance.pick([0, 1, 5]),
    expect: chance.times(1 + chance.below(2), () =>
      chance.pick(['never.happens', 'prefect.flow-run.Failed', 'a*', ...trapTexts]),
    ),
    after: chance.times(chance.below(2), () => anyText(chance)),
    for_each: chance.some(['prefect.resource.id', 'related:flow:prefect.resource.id', ...trapTexts], 2),
    match: chance.oneIn(4) ? {} : { 'prefect.resource.id': resource(making) },
    match_related: chance.pick<Value>([
      {},
      [],
      { 'prefect.resource.role': 'flow', 'prefect.resource.id': [resource(making)] },
      [{ a: chance.pick(trapTexts) }, {}],
    ]),
  }
}

function resource({ chance, flows, deployments, pools, queues, blocks, variables, automations }: Making): Value {
  const kinds: readonly (readonly [string, readonly Row[]])[] = [
    ['flow', flows],
    ['deployment', deployments],
    ['work-pool', pools],
    ['work-queue', queues],
    ['block-document', blocks],
    ['variable', variables],
    ['automation', automations],
  ]
  const [kind, rows] = chance.pick(kinds)
  const id = rows.length > 0 && !chance.oneIn(5) ? String(chance.pick(rows).id) : nobody
  return chance.pick<Value>([
    `prefect.${kind}.${id}`,
    `!prefect.${kind}.${id}`,
    `prefect.${kind}.*`,
    [`prefect.${kind}.${id}`, chance.pick(trapTexts)],
  ])
}

const states = ['FAILED', 'COMPLETED', 'CANCELLED', 'SCHEDULED']

function action(making: Making): Row {
  const { chance, deployments, pools, queues, automations, blocks } = making
  const selected = (rows: readonly Row[], key: string): Row => {
    if (rows.length === 0 || chance.oneIn(4)) return { source: 'inferred' }
    return { source: 'selected', [key]: chance.oneIn(6) ? nobody : (chance.pick(rows).id ?? nobody) }
  }
  const verb = chance.pick(['pause', 'resume'])
  const block = blocks.find((row) => row.name === 'alerts')?.id ?? nobody
  const call = blocks.find((row) => row.name === 'call')?.id ?? nobody
  const template = () =>
    chance.oneIn(2)
      ? chance.pick(['{{ flow.name }}', '{{ a.b["c"] }} {% if x %}y{% endif %}', '{# #}'])
      : anyText(chance)
  const run: Row = { type: 'run-deployment', ...selected(deployments, 'deployment_id') }
  return chance.pick<() => Row>([
    () => ({ type: chance.pick(['do-nothing', 'cancel-flow-run', 'suspend-flow-run', 'resume-flow-run']) }),
    () => ({
      type: 'change-flow-run-state',
      state: chance.pick(states),
      name: chance.pick([null, anyText(chance)]),
      message: chance.pick([null, anyText(chance)]),
    }),
    () => ({ ...run, parameters: chance.pick<Value>([null, {}, freeform(making), { a: mention(making) }]) }),
    // With job variables, even without any, a server that has no such deployment refuses every later update.
    () => ({
      ...run,
      job_variables: run.deployment_id === nobody ? null : chance.pick<Value>([null, {}, { env: mention(making) }]),
      parameters: {},
    }),
    () => ({ type: `${verb}-deployment`, ...selected(deployments, 'deployment_id') }),
    () => ({ type: `${verb}-work-pool`, ...selected(pools, 'work_pool_id') }),
    () => ({ type: `${verb}-work-queue`, ...selected(queues, 'work_queue_id') }),
    () => ({ type: `${verb}-automation`, ...selected(automations, 'automation_id') }),
    () => ({ type: 'send-notification', block_document_id: block, subject: template(), body: template() }),
    () => ({
      type: 'call-webhook',
      block_document_id: call,
      payload: chance.pick<Value>(['', template(), { a: template() }]),
    }),
  ])()
}
