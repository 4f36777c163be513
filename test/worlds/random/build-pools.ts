import type { Row, Value } from '../world-json.ts'
import { create, freeform, limit, type Making, mention, names } from './build-world.ts'
import { anyText, trapTexts } from './trap-texts.ts'
import { anyValue } from './trap-values.ts'

/** Work pools with templates, and queues. Names of one or two dots alone cannot be addressed in a path. */
export async function buildPools(making: Making): Promise<void> {
  const { chance, http, pools, queues } = making
  for (const name of names(chance, 1 + chance.below(3)).filter((name) => !/^\.{1,2}$/.test(name))) {
    const body = {
      name,
      type: chance.pick(['process', '', 'docker', 'Of My Own', 'null']),
      description: chance.oneIn(4) ? null : anyText(chance),
      is_paused: chance.oneIn(4),
      concurrency_limit: limit(chance),
    }
    const pool = await create(making, pools, '/work_pools/', {
      ...body,
      base_job_template: template(making),
      ...(chance.oneIn(3) ? { storage_configuration: storage(making) } : {}),
    })
    if (!pool) continue
    const path = `/work_pools/${encodeURIComponent(name)}/queues`
    for (const queue of names(chance, chance.below(4))) {
      const fields = {
        name: queue,
        description: anyText(chance),
        is_paused: chance.oneIn(4),
        concurrency_limit: limit(chance),
        ...(chance.oneIn(2) ? { priority: 1 + chance.below(9) } : {}),
      }
      await create(making, queues, path, fields)
    }
    const standard = await http.send('GET', `${path}/default`)
    if (standard?.id && chance.oneIn(3))
      await http.send('PATCH', `/work_queues/${String(standard.id)}`, {
        name: chance.pick(['main', 'null', 'é', '~']),
        description: anyText(chance),
      })
    if (standard) queues.push(standard)
  }
}

function template(making: Making): Row {
  const { chance } = making
  if (chance.oneIn(4)) return {}
  const keys = [...new Set(['env', ...chance.some(trapTexts, 3)])]
  const properties = keys.map((key): [string, Row] => [
    key,
    { title: key, ...(chance.oneIn(2) ? { default: defaultOf(making) } : {}), description: anyText(chance) },
  ])
  return {
    job_configuration: { env: '{{ env }}', ...freeform(making, 2) },
    variables: { type: 'object', properties: Object.fromEntries(properties) },
    ...(chance.oneIn(3) ? { [chance.pick(trapTexts)]: anyValue(chance) } : {}),
  }
}

function defaultOf(making: Making): Value {
  return making.chance.oneIn(4) ? mention(making) : anyValue(making.chance, 2)
}

function storage(making: Making): Row {
  const { chance, blocks } = making
  const block = blocks.length > 0 ? chance.pick(blocks).id : undefined
  return {
    bundle_upload_step: freeform(making, 2),
    ...(chance.oneIn(2) ? { bundle_execution_step: freeform(making, 1) } : {}),
    ...(block && chance.oneIn(2) ? { default_result_storage_block_id: block } : {}),
  }
}
