import { Lexer } from 'yaml'
import { isObject } from '../../json.ts'
import { formatDocument } from '../format.ts'
import type { Chunk } from './documents.ts'
import type { Read } from './yaml-value.ts'

/** What a comment begins with; text may hold the same. */
const hash = /(?:^|\s)#/m

/** A document of a text, with its value. */
export interface ReadDocument {
  readonly chunk: Chunk
  readonly read: Read
}

/** Whether a text with these documents has a comment, between documents or in one. */
export function hasComments(text: string, documents: readonly ReadDocument[]): boolean {
  if (!hash.test(text)) return false
  let done = 0
  for (const { chunk, read } of documents) {
    // Between documents there are only markers, blank lines and comments.
    if (hash.test(text.slice(done, chunk.start))) return true
    done = chunk.start + chunk.text.length - (chunk.marked ? 3 : 0)
    if (hash.test(chunk.text) && isCommented(chunk.text, read)) return true
  }
  return hash.test(text.slice(done))
}

function isCommented(text: string, read: Read): boolean {
  // What an export writes is recognized in a fraction of the time.
  const value = 'value' in read ? read.value : undefined
  if (isObject(value) && formatDocument(value) === text.replace(/^ {3}\n/, '')) return false
  let before = ''
  for (const token of new Lexer().lex(text)) {
    if (token.startsWith('#') && before !== scalarNext) return true
    before = token
  }
  return false
}

/** What the lexer gives out before the text of a scalar. */
const scalarNext = '\u001f'
