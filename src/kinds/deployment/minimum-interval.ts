import { isObject } from '../../json.ts'
import type { RuleKeyword, RunSchedule } from '../../kind.ts'
import { runSchedules } from './schedule.ts'

/** A keyword for an item of `schedules`, since no JSON Schema can tell how often a cron expression runs. */
export const minimumInterval: RuleKeyword = {
  name: 'minimumInterval',
  doc: 'Two runs of a schedule are at least this many seconds apart, by the clock on the wall.',
  schema: { type: 'number', exclusiveMinimum: 0 },
  async load() {
    const { shortestGap } = await import('../../schedule/shortest-gap.ts')
    // Many deployments have the same schedule, and the runs of a rule take milliseconds to find.
    const known = new Map<string, number | undefined>()
    const gapOf = (schedule: RunSchedule, enough: number) => {
      const { cron, dayOr, interval, rrule } = schedule
      const key = JSON.stringify([cron, dayOr, interval, rrule, enough])
      if (!known.has(key)) known.set(key, shortestGap(schedule, enough))
      return known.get(key)
    }
    return (argument, value) => {
      const resource = { kind: 'deployment', key: '', refs: {}, secrets: {}, spec: { schedules: [value] } }
      if (isObject(value) && isObject(value.form)) return 'has runs whose times cannot be computed'
      const [schedule] = isObject(value) ? runSchedules(resource) : []
      if (!schedule || (schedule.cron ?? schedule.interval ?? schedule.rrule) === undefined)
        return 'is not a schedule, which minimumInterval is for'
      const gap = gapOf(schedule, Number(argument))
      if (gap === undefined) return 'has runs whose times cannot be computed'
      return gap < Number(argument) ? `has runs that are ${gap} s apart, less than ${argument} s` : undefined
    }
  },
}
