import {
  type Document,
  type DocumentOptions,
  LineCounter,
  type Node,
  type ParseOptions,
  parseDocument,
  type SchemaOptions,
} from 'yaml'
import type { Json } from '../../json.ts'
import { append } from '../../list-at.ts'
import { forbiddenCharacters, withLineFeeds } from './characters.ts'
import { duplicateKeys } from './duplicate-keys.ts'
import { escapedNuls } from './escaped-nul.ts'
import { customTags } from './number-tags.ts'
import { treeState, valueOfNode } from './tree-value.ts'
import { faultsOf, independentErrors, type YamlFault } from './yaml-fault.ts'

/** How documents are parsed, and, with a layout, written. */
export const options: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.2',
  schema: 'core',
  customTags,
  // `duplicateKeys` checks them.
  uniqueKeys: false,
  strict: true,
  stringKeys: true,
  prettyErrors: false,
}

/** Parses a YAML document into a node tree, with errors and line positions. */
export function parseYaml(
  text: string,
  keepTokens: boolean,
): { readonly document: Document.Parsed; readonly lines: LineCounter } {
  const lines = new LineCounter()
  const document = parseDocument(withLineFeeds(text), { ...options, lineCounter: lines, keepSourceTokens: keepTokens })
  const duplicates = duplicateKeys(document)
  if (duplicates.length > 0) {
    append(document.errors, duplicates)
    document.errors.sort((a, b) => a.pos[0] - b.pos[0])
  }
  return { document, lines }
}

/** The value of a document, or its faults. */
export type YamlValue = { readonly value: Json } | { readonly faults: readonly YamlFault[] }

/** The value of a document, with aliases and merges resolved. */
export function valueOfDocument(document: Document.Parsed, text: string): YamlValue {
  const raw = text.indexOf('\0')
  if (raw >= 0)
    return { faults: [{ code: 'invalid-yaml', message: 'YAML text must not contain the NUL character.', offset: raw }] }
  const faults = [...faultsOf(document, text), ...escapedNuls(document, text), ...forbiddenCharacters(document, text)]
  if (document.errors.some(({ code }) => !independentErrors.has(code))) return { faults }
  const fail = (code: YamlFault['code'], message: string, node: Node) =>
    faults.push({ code, message, offset: node.range?.[0] ?? 0 })
  const value = valueOfNode(document.contents, treeState(text.length, fail))
  return faults.length > 0 ? { faults: faults.sort((a, b) => a.offset - b.offset) } : { value }
}
