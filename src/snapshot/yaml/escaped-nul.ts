import { type Document, visit as visitNodes } from 'yaml'
import { nulReason } from '../../nul.ts'
import type { YamlFault } from './yaml-fault.ts'

/** Whether a text may write the NUL character: as it is, or as an escape. */
export const mayHaveNul = /\0|\\(?:0|x00|u0000|U00000000)/

/** Faults of texts with a NUL, keys too: YAML and JSON can write one, and PostgreSQL, which servers use, cannot store it. */
export function escapedNuls(document: Document.Parsed, text: string): YamlFault[] {
  if (!mayHaveNul.test(text)) return []
  const faults: YamlFault[] = []
  visitNodes(document, {
    Scalar: (_, { value, range }) => {
      if (typeof value !== 'string' || !value.includes('\0') || !range) return
      const written = text.slice(range[0], range[1])
      // The escape of a backslash is one too, so that what follows is text.
      const escapes = [...written.matchAll(/\\(0|x00|u0000|U00000000|[\s\S])/g)]
      const nul = escapes.find(([, name]) => name?.endsWith('0'))
      const message = `A text must not contain the NUL character, ${nulReason}.`
      faults.push({ code: 'invalid-value', message, offset: range[0] + (nul?.index ?? 0) })
    },
  })
  return faults
}
