import { isObject } from '../../json.ts'
import type { RuleKeyword } from '../../kind.ts'
import { runSchedules } from './schedule.ts'

/** A keyword for an item of `schedules`, since no JSON Schema can tell how often a cron expression runs. */
export const minimumInterval: RuleKeyword = {
  name: 'minimumInterval',
  doc: 'Two runs of a schedule are at least this many seconds apart, by the clock on the wall.',
  schema: { type: 'number', exclusiveMinimum: 0 },
  async load() {
    const { shortestGap } = await import('../../schedule/shortest-gap.ts')
    return (argument, value) => {
      const resource = { kind: 'deployment', key: '', refs: {}, secrets: {}, spec: { schedules: [value] } }
      const [schedule] = isObject(value) ? runSchedules(resource) : []
      if (!schedule || (schedule.cron ?? schedule.interval ?? schedule.rrule) === undefined)
        return 'is not a schedule, which minimumInterval is for'
      const gap = shortestGap(schedule, Number(argument))
      if (gap === undefined) return 'has runs whose times cannot be computed'
      return gap < Number(argument) ? `has runs that are ${gap} s apart, less than ${argument} s` : undefined
    }
  },
}
