import { largest } from '../../list-at.ts'
import { plural, visible } from '../../plain-text.ts'
import { shellLine } from '../../shell.ts'
import type { MigrateStatusReport, WaveReport } from '../model/migrate-reports.ts'
import type { View } from '../reporter.ts'
import type { Style } from './style.ts'

const stateWords: Readonly<Record<WaveReport['state'], string>> = {
  empty: 'no members',
  planned: 'planned',
  moved: 'moved',
  partly: 'partly cut over',
  'cut-over': 'cut over',
  'rolled-back': 'rolled back',
  'dual-run': 'dual run',
}

const columns = [
  'wave',
  'state',
  'members',
  'schedules: old',
  'new',
  'both',
  'neither',
  'paused',
  'dual run',
  'since (UTC)',
]
const firstNumber = 2
const lastNumber = 8

/** The state of a migration: a line for each wave, what is in none, what needs attention, and what to do next. */
export function migrateStatusText(report: MigrateStatusReport, view: View): string {
  const { style } = view
  const { from, to, waves, none, attention, next } = report
  return [
    `${visible(from.profile ?? from.url)} (Prefect ${from.version}) → ${visible(to.profile ?? to.url)} (Prefect ${to.version})\n\n`,
    table(waves, style),
    '\n',
    ...(none.length > 0 ? [listText(`In no wave: ${plural(none.length, 'resource')}`, none, view)] : []),
    ...attention.map(({ ref, wave, reason, next }) => {
      const at = wave === undefined ? '' : ` (${wave})`
      return `${style.yellow('!')} ${visible(ref)}${at} ${reason}.\n${next ? `    → ${shellLine(next)}\n` : ''}`
    }),
    ...driftTexts(report, view),
    ...(next ? [`Next: ${shellLine(next)}\n`] : []),
  ].join('')
}

/** The state of a wave in words: how far it is, and whether the old side has changed since. */
export function waveStateText({ state, drift }: Pick<WaveReport, 'state' | 'drift'>): string {
  const isDrift = drift.length > 0 && state !== 'planned'
  return `${stateWords[state]}${isDrift ? `, drift (${drift.length})` : ''}`
}

function driftTexts({ waves, attention, shared, deleted }: MigrateStatusReport, view: View): string[] {
  const told = new Set(attention.map(({ ref }) => ref))
  const drift = waves.flatMap(({ drift }) => drift).filter((ref) => !told.has(ref))
  return [
    ...(drift.length > 0 ? [listText('Changed at the old side since they were carried over', drift, view)] : []),
    ...(shared.length > 0 ? [listText('Other resources that a sync would carry over', shared, view)] : []),
    ...(deleted.length > 0 ? [listText('Deleted at the old side, and kept at the new one', deleted, view)] : []),
  ]
}

const most = 10

function listText(title: string, refs: readonly string[], { full }: View): string {
  const shown = full ? refs : refs.slice(0, most)
  const more = refs.length - shown.length
  return `${title}:\n${shown.map((ref) => `  ${visible(ref)}\n`).join('')}${more > 0 ? `  … and ${more} more\n` : ''}`
}

function table(waves: readonly WaveReport[], style: Style): string {
  const rows = waves.map((wave) => {
    const { name, members, schedules, since } = wave
    const all = Object.values(members).reduce((sum: number, one: number) => sum + one, 0)
    const { old, new: new_, both, neither, paused, dualRun } = schedules
    const numbers = [all, old, new_, both, neither, paused, dualRun].map(String)
    return [visible(name), waveStateText(wave), ...numbers, since?.slice(0, 16).replace('T', ' ') ?? '']
  })
  const widths = columns.map((column, index) => largest([column.length, ...rows.map((row) => row[index]?.length ?? 0)]))
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) =>
        index >= firstNumber && index <= lastNumber
          ? cell.padStart(widths[index] ?? 0)
          : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd()
  const bodies = rows.map((row, index) => {
    const { both = 0, neither = 0 } = waves[index]?.members ?? {}
    return both + neither > 0 ? style.red(line(row)) : line(row)
  })
  return [style.dim(line(columns)), ...bodies].map((text) => `${text}\n`).join('')
}

/** What has changed between two readings, a line for each wave. */
export function statusChanges(before: MigrateStatusReport | undefined, now: MigrateStatusReport): string {
  const time = now.time.slice(0, 19).replace('T', ' ')
  const lines = now.waves.flatMap((wave) => {
    const text = waveLine(wave)
    const old = before?.waves.find(({ name }) => name === wave.name)
    return old && waveLine(old) === text ? [] : [`${time}  ${text}\n`]
  })
  const known = new Set(before?.attention.map(({ ref, reason }) => `${ref} ${reason}`))
  const fresh = now.attention.filter(({ ref, reason }) => !known.has(`${ref} ${reason}`))
  return [...lines, ...fresh.map(({ ref, reason }) => `${time}  ! ${visible(ref)} ${reason}\n`)].join('')
}

function waveLine(wave: WaveReport): string {
  const { old, new: new_, both, neither, paused, dualRun } = wave.schedules
  const numbers = `schedules: ${old} old, ${new_} new, ${both} both, ${neither} neither, ${paused} paused, ${dualRun} dual run`
  return `${visible(wave.name)}: ${waveStateText(wave)}; ${numbers}`
}
