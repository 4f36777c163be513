import type { IModule } from 'dependency-cruiser'

const picture = /(?<=<!-- drawn by npm run draw -->\n```mermaid\n)[^`]*(?=```)/

/** Every room may import these; their arrows would hide the others. */
const shared = [
  'json',
  'secret',
  'placeholder',
  'version',
  'suggest',
  'map-concurrent',
  'list-at',
  'plain-text',
  'shell',
  'field-path',
  'nul',
  'check',
  'context',
  'model',
  'ref',
  'issue',
  'kind',
  'token',
  'spec',
]

const roomOf = (source: string) => /^src\/([a-z-]+)/.exec(source)?.[1] ?? ''

/** A text with its diagram of rooms redrawn from the imports. */
export function withDiagram(text: string, modules: readonly IModule[]): string {
  const arrows = new Set<string>()
  for (const { source, dependencies } of modules) {
    for (const { resolved } of dependencies) {
      const [from, to] = [roomOf(source), roomOf(resolved)]
      if (from && to && from !== to && !shared.includes(from) && !shared.includes(to))
        arrows.add(`  ${from} --> ${to}\n`)
    }
  }
  if (!picture.test(text)) throw new Error('The text has no place for the diagram of rooms.')
  return text.replace(picture, () => `flowchart LR\n${[...arrows].sort().join('')}`)
}
