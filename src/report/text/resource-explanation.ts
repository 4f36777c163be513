import type { Neighbor, ResourceSubject } from '../../explanation.ts'
import { pathText } from '../../field-path.ts'
import { largest } from '../../list-at.ts'
import { visible } from '../../plain-text.ts'
import type { View } from '../reporter.ts'
import { paragraph } from './wrap.ts'

/** Explains a resource: where its document is, whether it is external, and what is on the other side of each edge. */
export function resourceExplanation(resource: ResourceSubject, { style, width }: View): string {
  const { ref, refersTo, referredToBy } = resource
  const about = paragraph(placeText(resource), Math.min(width, 100), (text) => text, '')
  return [
    `${style.bold(visible(ref))}\n\n${about}`,
    neighborsText('Refers to', refersTo),
    neighborsText('Referred to by', referredToBy),
  ].join('')
}

function placeText({ place, external }: ResourceSubject): string {
  const at = place ? `${visible(place.file)}:${place.line}` : undefined
  if (!external) return at === undefined ? 'Part of the snapshot.' : `Document: ${at}`
  const unused = at === undefined ? '' : ` Its document at ${at} is not used.`
  const globs = external.map(visible).join(', ')
  return `External, by ${globs} under external:. It must exist on the destination, where it is looked up by name, and is never written.${unused}`
}

function neighborsText(title: string, neighbors: readonly Neighbor[]): string {
  if (neighbors.length === 0) return ''
  const rows = neighbors.map(({ ref, pointer, via, external }) => {
    const notes = [external ? 'external' : '', via === 'name' ? 'by name when a flow runs' : ''].filter(Boolean)
    return [pathText(pointer), `${visible(ref)}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`] as const
  })
  const column = largest(rows.map(([path]) => path.length))
  return `\n${title}:\n${rows.map(([path, text]) => `  ${path.padEnd(column)}  ${text}\n`).join('')}`
}
