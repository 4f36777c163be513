import type { MemberAttention, MigrationStatus, SideName, WaveStatus } from '../operations/migrate-status.ts'
import type { AttentionReport, MigrateStatusReport, WaveReport } from '../report/model/migrate-reports.ts'
import type { Common, Target } from '../report/model/report.ts'
import { type MigrationInput, migrateWords } from './migrate-words.ts'

/** The report of `migrate status`. */
export function statusReport(
  status: MigrationStatus,
  common: Common,
  time: number,
  input: MigrationInput,
): MigrateStatusReport {
  const { from, to, journal, none, attention, shared, deleted } = status
  const next = nextOf(status, input)
  return {
    schema: 'prefect-snapshot/migrate-status',
    ...common,
    time: new Date(time).toISOString(),
    from: targetReport(from),
    to: targetReport(to),
    journal,
    waves: status.waves.map((wave) => waveReport(wave, input)),
    none: none.map(({ ref }) => ref),
    attention: attention.map((one) => attentionReport(one, status, input)),
    shared,
    deleted,
    ...(next ? { next } : {}),
  }
}

/** A server in a report. */
export function targetReport({ profile, url, version }: SideName): Target {
  return { profile, url, version }
}

function waveReport({ name, after, state, counts, drift, since, next }: WaveStatus, input: MigrationInput): WaveReport {
  return {
    ...{ name, after, state, ...counts, drift },
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(next ? { next: migrateWords(next, input, name) } : {}),
  }
}

/** The first wave that has something to do is next; then what is in none of them; then the end. */
function nextOf({ none, shared, waves }: MigrationStatus, input: MigrationInput): readonly string[] | undefined {
  const [first] = waves.filter(({ next }) => next)
  if (first?.next) return migrateWords(first.next, input, first.name)
  if (shared.length > 0) return migrateWords('sync', input)
  if (none.length > 0) return migrateWords('plan', input)
  const isDone = waves.every(({ counts: { members } }) => members.old + members.both + members.neither === 0)
  return isDone ? migrateWords('finish', input) : undefined
}

function attentionReport(one: MemberAttention, status: MigrationStatus, input: MigrationInput): AttentionReport {
  const { ref, wave, state, reason } = one
  const next = commandFor(one, status, input)
  return { ref, ...(wave === undefined ? {} : { wave }), state, reason, ...(next ? { next } : {}) }
}

function commandFor(
  { act, ref, target = ref, wave }: MemberAttention,
  { from, to }: MigrationStatus,
  input: MigrationInput,
): readonly string[] | undefined {
  const pause = (include: string, profile: string) => [
    ...['prefect-snapshot', 'pause', '--include', include, '--profile', profile],
  ]
  if (act === 'pause-old') return pause(ref, from.profile)
  if (act === 'pause-new') return pause(target, to.profile)
  if (act === undefined || (wave === undefined && act !== 'sync')) return undefined
  return migrateWords(act, input, ...(wave === undefined ? [] : [wave]))
}
