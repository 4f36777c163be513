import { createHash } from 'node:crypto'
import type { FlowFacts } from '../reader.ts'

/*
 * What the code of a flow says without running it: the arguments of its decorator that are plain strings, and its docstring. Code
 * that says more is not understood.
 */

/** The files that may have the code of an entrypoint, and its function: `path/to/file.py:function`, or `package.module.function`. */
export function splitEntrypoint(entrypoint: string): { readonly paths: readonly string[]; readonly function: string } {
  const at = entrypoint.includes(':') ? entrypoint.lastIndexOf(':') : entrypoint.lastIndexOf('.')
  const [place, what] = [entrypoint.slice(0, Math.max(at, 0)), entrypoint.slice(at + 1)]
  const module = place.replaceAll('.', '/')
  const isModule = /^\w+(?:\.\w+)*$/.test(place)
  return {
    paths: isModule ? [`${module}.py`, `${module}/__init__.py`] : place === '' ? [] : [place],
    function: what.split('.').at(-1) ?? '',
  }
}

/** The name that Prefect gives to a flow without one. */
export function defaultFlowName(functionName: string): string {
  return functionName.replaceAll('_', '-')
}

/** What the source of a flow says; undefined if it has no such function with a plain `@flow`. */
export function readFlowSource(source: string, functionName: string): FlowFacts | undefined {
  const name = functionName.replaceAll(/[^\w]/g, '')
  const found = new RegExp(`^([ \\t]*)(?:async[ \\t]+)?def[ \\t]+${name}[ \\t]*\\(`, 'm').exec(source)
  if (name === '' || !found) return undefined
  const indent = found[1] ?? ''
  const before = source.slice(0, found.index)
  const decorator = /(?:^|\n)[ \t]*@(?:\w+\.)*flow[ \t]*(\(|\r?\n|#)/g
  let last: RegExpExecArray | undefined
  for (const each of before.matchAll(decorator)) last = each
  if (!last) return undefined
  const start = last.index + last[0].length
  // Between the decorator and the function there may only be its arguments, other decorators and comments.
  if (/^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]/m.test(before.slice(start))) return undefined
  const given = last[1] === '(' ? argumentsIn(before.slice(start)) : none
  if (!given) return undefined
  const docstring = docstringOf(source.slice(found.index), indent)
  const description = given.description === undefined ? docstring : given.description
  const version = given.version === undefined ? createHash('md5').update(source).digest('hex') : given.version
  return {
    ...(given.name === undefined ? { name: defaultFlowName(name) } : given.name === null ? {} : { name: given.name }),
    ...(description === undefined ? {} : { description }),
    ...(version === null ? {} : { version }),
  }
}

type Given = Readonly<Record<'name' | 'description' | 'version', string | null | undefined>>

const none: Given = { name: undefined, description: undefined, version: undefined }

/** The arguments of a decorator that are plain strings; null where one is anything else. */
function argumentsIn(text: string): Given | undefined {
  const end = closing(text)
  if (end < 0) return undefined
  const inside = text.slice(0, end)
  const lookUp = (name: string): string | null | undefined => {
    const start = new RegExp(`(?:^|[,(\\s])${name}[ \\t]*=[ \\t]*`).exec(inside)
    if (!start) return undefined
    const [, , value] =
      /^(["'])((?:(?!\1)[^\\\n])*)\1\s*(?:,|$|#)/.exec(inside.slice(start.index + start[0].length)) ?? []
    return value ?? null
  }
  return { name: lookUp('name'), description: lookUp('description'), version: lookUp('version') }
}

/** Where the parenthesis before a text closes; -1 if it does not. */
function closing(text: string): number {
  let depth = 1
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*|[()]/g)) {
    if (token === '(') depth++
    if (token === ')' && --depth === 0) return index
  }
  return -1
}

/** The docstring of a function, as `inspect.cleandoc` prints it; null without one, undefined if it is not a plain one. */
function docstringOf(source: string, indent: string): string | null | undefined {
  const signature = source.indexOf('(')
  const end = closing(source.slice(signature + 1))
  const colon = end < 0 ? -1 : source.indexOf(':', signature + 1 + end)
  if (colon < 0) return undefined
  const header = source.slice(signature + 1 + end, colon)
  if (/[[{(]/.test(header.slice(1)) && header.includes('\n')) return undefined
  const body = source.slice(colon + 1).replace(/^(?:[ \t]*(?:#[^\n]*)?\r?\n)+/, '')
  const [, prefix = '', quotes, text] = /^[ \t]*([a-zA-Z]*)("""|'''|"|')([\s\S]*?)\2/.exec(body) ?? []
  if (quotes === undefined || text === undefined) return null
  return prefix !== '' || text.includes('\\') || indent === undefined ? undefined : cleandoc(text)
}

function cleandoc(text: string): string {
  const lines = text.replaceAll('\t', '        ').split(/\r?\n/)
  const margins = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length)
  const margin = margins.length > 0 ? Math.min(...margins) : 0
  const cleaned = [lines[0]?.trimStart() ?? '', ...lines.slice(1).map((line) => line.slice(margin))]
  while (cleaned.length > 0 && cleaned.at(-1)?.trim() === '') cleaned.pop()
  while (cleaned.length > 0 && cleaned[0]?.trim() === '') cleaned.shift()
  return cleaned.join('\n')
}
