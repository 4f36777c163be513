import type { Place } from '../issue.ts'
import type { Change, Plan, Ref, Server, Snapshot } from '../model.ts'
import { splitRef } from '../ref.ts'
import { plural, type Style } from './style.ts'
import { isLong, linesText, pathText, summaryText, valueText } from './value.ts'

/** What a plan is of. */
export interface PlanContext {
  readonly profile: string | undefined
  readonly server: Server
  readonly file: string
  readonly snapshot: Snapshot
  readonly placeOf: (ref: Ref) => Place | undefined
  readonly width: number
}

const signs = { create: '+', update: '~', complete: '~', delete: '-' } as const

/** A plan for people. */
export function planText(plan: Plan, context: PlanContext, style: Style): string {
  const parts = [
    headText(context, style),
    ...plan.changes.map((change) => changeText(change, context, style)),
    ...unsupportedText(plan, style),
  ]
  if (plan.kept.length > 0) parts.push(`\n${keptText(plan, style)}`)
  parts.push(`${plan.changes.length > 0 ? '\n' : ''}${countsText(plan)}\n`)
  return parts.join('')
}

function headText({ profile, server, file, snapshot, width }: PlanContext, style: Style): string {
  const source = snapshot.source ? ` (exported from ${snapshot.source.api}, Prefect ${snapshot.source.server})` : ''
  const kinds = [...new Set(snapshot.resources.map(({ kind }) => kind))]
  const scope =
    snapshot.scope.include.join(' ') === '**' && snapshot.scope.exclude.length === 0
      ? 'everything'
      : [...snapshot.scope.include, ...snapshot.scope.exclude.map((glob) => `not ${glob}`)].join(', ')
  const target = `${style.bold(`Plan for ${profile ?? 'the server'}`)}  ${server.url}  (Prefect ${server.version})`
  const from = `from ${file}${source}`
  const oneLine = target.length + from.length + 3 <= width
  return `${target}${oneLine ? '   ' : '\n  '}${from}\n${style.dim(`Scope: ${scope}, ${plural(snapshot.resources.length, 'resource')} of ${kinds.join(', ') || 'no kind'}`)}\n\n`
}

function changeText(change: Change, context: PlanContext, style: Style): string {
  const colour = change.action === 'create' ? style.green : change.action === 'delete' ? style.red : style.yellow
  const { kind, key } = splitRef(change.ref)
  const place = context.placeOf(change.ref)
  const at = place ? `${place.file}:${place.line}` : ''
  const head = `${signs[change.action]} ${kind} ${key}`
  const inner =
    detailText(change, context.width - 4, style) +
    change.notes.map((note) => `    ${style.yellow('!')} ${note}\n`).join('')
  if (change.action === 'create') {
    const room = context.width - head.length - 2
    return `${colour(head)}${room > 20 ? `  ${style.dim(summaryText(change.after.spec, room))}` : ''}\n${inner}`
  }
  const gap = Math.max(2, context.width - head.length - at.length)
  return `${colour(head)}${at && gap < context.width ? ' '.repeat(gap) + style.dim(at) : ''}\n${inner}`
}

function detailText(change: Change, width: number, style: Style): string {
  if (change.action === 'complete')
    return `    ${change.without.join(', ')} filled in, now that what they point to exists\n`
  if (change.action === 'create')
    return change.without.length > 0
      ? `    without ${change.without.join(', ')} at first, since it is part of a cycle\n`
      : secretsText(change, style)
  if (change.action !== 'update') return ''
  const names = change.fields.map(({ pointer }) => pathText(pointer))
  const column = Math.min(40, Math.max(...names.map((name) => name.length)))
  const lines = change.fields.map(({ before, after }, index) => {
    const name = names[index] ?? ''
    if (isLong(before, after)) return `    ${name}\n${linesText(before, after, '      ', style)}`
    const room = Math.max(12, Math.floor((width - column - 6) / 2))
    return `    ${name.padEnd(column)}  ${style.red(valueText(before, room))} → ${style.green(valueText(after, room))}\n`
  })
  const hidden =
    Object.keys(change.after.spec).length - new Set(change.fields.map(({ pointer }) => pointer.split('/')[2])).size
  return lines.join('') + (hidden > 0 ? style.dim(`    … ${hidden} unchanged\n`) : '') + secretsText(change, style)
}

function secretsText(change: Change & { action: 'create' | 'update' }, style: Style): string {
  return Object.entries(change.after.secrets)
    .map(([pointer, hole]) => {
      const kept = change.action === 'update' && 'plain' in (change.before.secrets[pointer] ?? {}) && 'env' in hole
      const source = kept
        ? '(secret: kept as on the server, not compared)'
        : 'env' in hole
          ? `(hole: env ${hole.env})`
          : '(secret)'
      return `    ${pathText(`/spec${pointer}`)}  ${style.dim(source)}\n`
    })
    .join('')
}

function unsupportedText(plan: Plan, style: Style): string[] {
  return plan.unsupported.map(
    ({ ref, pointer, reason }) =>
      `${style.red('x')} ${splitRef(ref).kind} ${splitRef(ref).key}${pointer ? `  ${pathText(pointer)}` : ''}\n    ${style.yellow('!')} not possible: ${reason}\n`,
  )
}

function keptText({ kept }: Plan, style: Style): string {
  const counts = new Map<string, number>()
  for (const ref of kept) counts.set(splitRef(ref).kind, (counts.get(splitRef(ref).kind) ?? 0) + 1)
  const list = [...counts].map(([kind, count]) => plural(count, kind)).join(', ')
  return style.dim(`Only on the server, and kept: ${list}\n`)
}

function countsText({ changes, unchanged, unsupported }: Plan): string {
  if (changes.length === 0 && unsupported.length === 0)
    return `Nothing to do: ${plural(unchanged.length, 'resource')} as in the snapshot.`
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length
  const parts = [
    `${count('create')} to create`,
    `${count('update')} to update`,
    `${count('delete')} to delete`,
    `${unchanged.length} unchanged`,
  ]
  if (count('complete') > 0) parts.splice(2, 0, `${count('complete')} to complete`)
  if (unsupported.length > 0) parts.push(`${unsupported.length} not possible`)
  return `Plan: ${parts.join(', ')}.`
}
