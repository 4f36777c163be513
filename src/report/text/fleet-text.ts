import { shorten, visible } from '../../plain-text.ts'
import type { FleetReport } from '../model/fleet-report.ts'
import type { View } from '../reporter.ts'
import { fleetVerdict, resultText } from '../wording/fleet-wording.ts'

/** A table of the results, one line for each server, and the result of all. */
export function fleetText(report: FleetReport, { style, width }: View): string {
  const { by, targets, exit } = report
  const nameWidth = Math.max(by.length, ...targets.map(({ name }) => visible(name).length))
  const line = (name: string, code: string, result: string) =>
    `${name.padEnd(nameWidth)}  ${code.padStart(4)}  ${result}`
  const room = Math.max(20, width - nameWidth - 8)
  const rows = targets.map((target) => {
    const paint = target.exit === 0 ? (text: string) => text : style.red
    return paint(line(visible(target.name), String(target.exit), shorten(visible(resultText(target)), room)))
  })
  const verdict = exit === 0 ? style.green(fleetVerdict(report)) : style.red(fleetVerdict(report))
  return `${[style.dim(line(by, 'exit', 'result')), ...rows, verdict].join('\n')}\n`
}
