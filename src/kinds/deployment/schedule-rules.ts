import type { Json, JsonObject, Pointer } from '../../json.ts'
import type { Finding, Rule } from '../../kind.ts'
import { anchorFault } from '../../schedule/anchor.ts'
import { parseCron } from '../../schedule/cron.ts'
import { parseRule } from '../../schedule/rrule.ts'
import { containsTimeZone, isTimeZone, timeZones } from '../../schedule/time-zone.ts'
import { suggest } from '../../suggest.ts'
import { objects } from '../endpoints.ts'
import { isTime, laxSeconds, noTime } from '../lax-values.ts'

const models = 'prefect/server/schemas/schedules.py'
const validators = 'prefect/_internal/schemas/validators.py'

type Problem = Omit<Finding, 'pointer'> | undefined

/** Judges one property of each schedule that has it. */
function each(property: string, judge: (value: Json, schedule: JsonObject) => Problem): Rule['find'] {
  return function* (value) {
    for (const [index, schedule] of objects(value).entries()) {
      const item = schedule[property]
      const problem = item === undefined || item === null ? undefined : judge(item, schedule)
      if (problem) yield { pointer: `/${index}/${property}`, ...problem }
    }
  }
}

/** What Prefect demands of schedules. */
export const scheduleRules: readonly Rule[] = [
  {
    name: 'cron',
    doc: 'A cron expression has five fields, or six with a second or seven with a year at the end, in the dialect of croniter, without H and R.',
    source: `${validators}: validate_cron_string`,
    find: each('cron', (cron) => {
      const fault = parseCron(String(cron))
      if (typeof fault !== 'string') return undefined
      return {
        problem: `the cron expression ${JSON.stringify(cron)}: ${fault}`,
        fix: 'Write it like "0 5 * * 1-5": minute, hour, day of month, month, day of week.',
      }
    }),
  },
  {
    name: 'rrule',
    doc: 'A recurrence rule is one that dateutil reads, of at most 6500 characters.',
    source: `${validators}: validate_rrule_string`,
    find: each('rrule', (rule) => {
      const fault = parseRule(String(rule))
      if (typeof fault !== 'string') return undefined
      return {
        problem: `the recurrence rule ${quoted(String(rule))}: ${fault}`,
        fix: 'Write it like "FREQ=WEEKLY;BYDAY=MO,WE".',
      }
    }),
  },
  {
    name: 'timezone',
    doc: 'A time zone is a name of the tz database, spelled exactly. In a recurrence rule, it only has to contain one.',
    source: `${validators}: default_timezone`,
    find: each('timezone', (zone, schedule) => zoneProblem(String(zone), schedule.rrule !== undefined)),
  },
  {
    name: 'anchor-date',
    doc: 'An anchor is a date and time of ISO 8601.',
    source: `${models}: IntervalSchedule.anchor_date`,
    find: each('anchor_date', (anchor) => {
      const fault = anchorFault(String(anchor))
      if (fault === undefined) return undefined
      return { problem: `the anchor ${JSON.stringify(anchor)}: ${fault}`, fix: 'Write it like "2026-01-31T05:00:00Z".' }
    }),
  },
  {
    name: 'interval',
    doc: 'An interval is a number of seconds, or a duration such as PT1H, and shorter than 86400000000000 seconds.',
    source: `${models}: IntervalSchedule.interval`,
    find: each('interval', (interval) => {
      const seconds = Number(laxSeconds(interval))
      if (!isTime(interval)) return noTime('an interval', interval)
      if (seconds < 86_400_000_000_000 && seconds >= 0.000_001) return undefined
      return { problem: `an interval of ${seconds} seconds`, fix: 'Write the seconds between two runs.' }
    }),
  },
  {
    name: 'max-scheduled-runs',
    doc: 'At most 50 runs are scheduled ahead, or as many as the server is set to.',
    source: `${validators}: validate_schedule_max_scheduled_runs`,
    offlineOnly: true,
    held: 'a server accepts more only if PREFECT_DEPLOYMENT_SCHEDULE_MAX_SCHEDULED_RUNS raises the limit of 50',
    find: each('max_scheduled_runs', (runs) =>
      Number(runs) > 50 ? { problem: `max_scheduled_runs of ${Number(runs)}`, fix: 'Write at most 50.' } : undefined,
    ),
  },
  {
    name: 'schedule-slug',
    doc: 'The slugs of the schedules of a deployment differ.',
    source: 'prefect/server/database/orm_models.py: DeploymentSchedule',
    *find(value) {
      const seen = new Set<Json>()
      for (const [index, { slug }] of objects(value).entries()) {
        if (slug === undefined || slug === null) continue
        const pointer: Pointer = `/${index}/slug`
        if (seen.has(slug))
          yield {
            pointer,
            problem: `a second schedule with the slug ${JSON.stringify(slug)}`,
            fix: 'Give each schedule its own slug.',
          }
        seen.add(slug)
      }
    },
  },
]

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

/** A server may have a newer tz database, so an unknown place in a known region is only a warning. */
function zoneProblem(zone: string, isRule: boolean): Problem {
  if (isRule ? containsTimeZone(zone) : zone === '' || isTimeZone(zone)) return undefined
  const near = timeZones().find((name) => name.toLowerCase() === zone.toLowerCase()) ?? suggest(zone, timeZones())
  const problem = `the time zone ${JSON.stringify(zone)}, which the tz database does not have`
  if (near) return { problem, fix: `Did you mean "${near}"?` }
  const region = zone.includes('/') ? zone.slice(0, zone.indexOf('/') + 1) : undefined
  const isKnown = region !== undefined && timeZones().some((name) => name.startsWith(region))
  return { problem, fix: 'Write a name such as "Europe/Berlin".', ...(isKnown ? { severity: 'warning' } : {}) }
}
