import type { Document, Update } from '../hold.ts'

type Schedule = Readonly<Record<string, unknown>>

export const flow: Document = { kind: 'flow', key: 'f' }

export function deployment(spec: Document, refs: Document = {}, key = 'f/d'): Document {
  return { kind: 'deployment', key, refs: { flow: 'flow/f', ...refs }, spec: { paused: true, ...spec } }
}

const cron = (text: string, more: Schedule = {}): Schedule => ({ cron: text, active: true, ...more })
const anchored = (interval: number, more: Schedule = {}): Schedule => ({
  interval,
  anchor_date: '2024-01-01T00:00:00+02:00',
  active: true,
  ...more,
})

function schedules(name: string, from: readonly Schedule[], to: readonly Schedule[], spec: Document = {}): Update {
  return {
    name: `schedules: ${name}`,
    from: [flow, deployment({ schedules: from })],
    to: [flow, deployment({ schedules: to, ...spec })],
  }
}

const [early, late] = [cron('0 5 * * *'), cron('0 23 * * *', { timezone: 'Europe/Berlin' })]

export const scheduleUpdates: readonly Update[] = [
  schedules('cron', [early, late], [cron('30 5 * * *'), late], { tags: ['a'] }),
  schedules('cron with a slug', [cron('0 5 * * *', { slug: 'a' }), late], [cron('30 5 * * *', { slug: 'a' }), late], {
    description: 'changed too',
  }),
  schedules('interval', [anchored(90), late], [anchored(120), late], { tags: ['a'] }),
  schedules(
    'rrule',
    [{ rrule: 'FREQ=DAILY;COUNT=5', active: true }, late],
    [{ rrule: 'FREQ=WEEKLY;COUNT=5', active: true }, late],
    { tags: ['a'] },
  ),
  schedules(
    'active',
    [early, late],
    [
      { ...early, active: false },
      { ...late, active: false },
    ],
  ),
  schedules('one more, another changed', [early], [cron('30 5 * * *'), late]),
  schedules('one less, another changed', [early, late], [cron('30 5 * * *')]),
  schedules('all gone', [early, late], []),
  schedules('a slug renamed', [cron('0 5 * * *', { slug: 'a' }), late], [cron('0 5 * * *', { slug: 'b' }), late]),
  schedules(
    'slugs swapped',
    [cron('0 5 * * *', { slug: 'a' }), cron('0 6 * * *', { slug: 'b' }), late],
    [cron('0 6 * * *', { slug: 'a' }), cron('0 5 * * *', { slug: 'b' }), late],
  ),
  schedules('a slug dropped', [cron('0 5 * * *', { slug: 'a' }), late], [early, late]),
  schedules('a slug added', [early, late], [cron('0 5 * * *', { slug: 'a' }), late], { tags: ['a'] }),
  schedules(
    'parameters and runs ahead',
    [cron('0 5 * * *', { parameters: { n: 1 } }), cron('0 6 * * *', { slug: 'a', max_scheduled_runs: 3 })],
    [cron('0 5 * * *', { parameters: { n: 2 } }), cron('0 6 * * *', { slug: 'a' })],
  ),
  schedules(
    'other kinds of schedules',
    [cron('0 5 * * *', { slug: 'a' }), anchored(90)],
    [anchored(60, { slug: 'a' }), cron('0 7 * * *')],
  ),
]
