import { namesOf, plural, visible } from '../../plain-text.ts'
import type { ComparedDeployment, MigrateCompareReport, RunFigures } from '../model/compare-reports.ts'
import type { View } from '../reporter.ts'

/** What a wave has run on both sides: differences first, then the deployments that are alike in one line. */
export function migrateCompareText(report: MigrateCompareReport, { style, full }: View): string {
  const { from, to, wave, deployments, skipped } = report
  const differing = deployments.filter(({ differences }) => differences.length > 0)
  const alike = deployments.filter(({ differences }) => differences.length === 0)
  return [
    `${visible(wave)}: ${visible(from.profile ?? from.url)} (Prefect ${from.version}) and ${visible(to.profile ?? to.url)} (Prefect ${to.version}), runs due ${short(report.since)} to ${short(report.until)} (UTC)\n`,
    ...differing.map((one) => `\n${style.yellow('≠')} ${visible(one.ref)}${slotsText(one)}\n${linesOf(one)}`),
    ...(full ? alike.map((one) => `\n${style.green('=')} ${visible(one.ref)}${slotsText(one)}\n${linesOf(one)}`) : []),
    '\n',
    alikeText(alike),
    ...reasonsIn(skipped).map(([reason, refs]) => `Not compared, because ${reason}: ${namesOf(refs)}\n`),
    `${plural(differing.length, 'deployment')} with differences, ${alike.length} alike\n`,
  ].join('')
}

function short(time: string): string {
  return time.slice(0, 16).replace('T', ' ')
}

/** The slots of a dual run in words. */
export function slotsText({ dualRun }: ComparedDeployment): string {
  if (!dualRun) return ' (no dual run: other times on each side)'
  const { shiftMinutes, slots } = dualRun
  const open = slots.open > 0 ? `, ${slots.open} not finished` : ''
  return ` (${plural(slots.both, 'slot')} on both sides${open}, ${Math.abs(shiftMinutes)} min ${shiftMinutes < 0 ? 'earlier' : 'later'})`
}

function linesOf({ differences, old, new: new_ }: ComparedDeployment): string {
  return [
    ...differences.map(({ about, text }) => `    ${about}: ${visible(text)}\n`),
    `    old  ${figuresText(old)}\n`,
    `    new  ${figuresText(new_)}\n`,
  ].join('')
}

/** The runs of one side in words. */
export function figuresText({ runs, states, median, p95, late, retries }: RunFigures): string {
  const counts = Object.entries(states).map(([state, count]) => `${count} ${state.toLowerCase()}`)
  const seconds = (name: string, value: number | undefined) =>
    value === undefined ? [] : [`${name} ${Math.round(value * 10) / 10} s`]
  return [
    runs === 0 ? 'no runs' : counts.join(', '),
    ...seconds('median', median),
    ...seconds('95th percentile', p95),
    ...seconds('late up to', late),
    ...(retries > 0 ? [plural(retries, 'retry', 'retries')] : []),
  ].join('; ')
}

function alikeText(alike: readonly ComparedDeployment[]): string {
  return alike.length === 0 ? '' : `Alike: ${namesOf(alike.map(({ ref }) => ref))}\n`
}

/** Members that were not compared, by the reason. */
export function reasonsIn(skipped: MigrateCompareReport['skipped']): readonly (readonly [string, readonly string[]])[] {
  const reasons = new Map<string, string[]>()
  for (const { ref, reason } of skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), ref])
  return [...reasons]
}
