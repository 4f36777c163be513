import { Failure, type IssueCode, issueCodes } from '../issue.ts'
import { type JsonObject, writeJson } from '../json.ts'
import type { Field, Kind, RefField } from '../kind.ts'
import { paragraph as brokenText } from '../report/text/wrap.ts'
import { documentSchema } from '../snapshot/snapshot-schema.ts'
import { suggest } from '../suggest.ts'
import type { ExitStatus, Io } from './io.ts'

export interface ExplainFlags {
  readonly format?: 'text' | 'json'
}

/** CODE | KIND | KIND.FIELD → what it is. Without a word, all that can be explained. Offline. */
export async function explain(
  word: string | undefined,
  { format = 'text' }: ExplainFlags,
  kinds: readonly Kind[],
  io: Io,
): Promise<ExitStatus> {
  const asked = word === undefined ? everything(kinds) : find(word, kinds)
  io.out(format === 'json' ? `${writeJson(asked.schema, 2)}\n` : asked.text(io))
  return 'ok'
}

/** The answer to a question, for people and as JSON Schema (a code: as an object). */
interface Answer {
  readonly schema: JsonObject
  readonly text: (io: Io) => string
}

function find(word: string, kinds: readonly Kind[]): Answer {
  if (Object.hasOwn(issueCodes, word)) return codeAnswer(word as IssueCode)
  const [name = '', ...rest] = word.split('.')
  const kind = kinds.find((one) => one.name === name)
  if (!kind) throw unknown(word, [...kinds.map((one) => one.name), ...Object.keys(issueCodes)], 'kind or error code')
  if (rest.length === 0) return kindAnswer(kind)
  const field = rest.join('.').replace(/^(spec|refs)\./, '')
  const found = kind.fields[field] ?? kind.refFields[field]
  if (!found) {
    const names = [...Object.keys(kind.refFields), ...Object.keys(kind.fields)]
    throw unknown(field, names, `field of ${name}`, (near) => `${name}.${near}`)
  }
  return 'schema' in found ? fieldAnswer(kind, field, found) : slotAnswer(kind, field, found)
}

function unknown(word: string, known: readonly string[], what: string, full = (near: string) => near): Failure {
  const near = suggest(word, known)
  const message = `there is no ${what} called ${JSON.stringify(word)}`
  const fix = near ? `Did you mean prefect-snapshot explain ${full(near)}?` : `There are ${known.join(', ')}`
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}

function codeAnswer(code: IssueCode): Answer {
  return {
    schema: { code, meaning: issueCodes[code] },
    text: ({ style, width }) => `${style.bold(code)}\n\n${paragraph(issueCodes[code], width)}`,
  }
}

function kindAnswer(kind: Kind): Answer {
  const entries: (readonly [string, string])[] = [
    ...Object.entries(kind.refFields).map(([name, slot]) => [`refs.${name}`, slotDoc(slot)] as const),
    ...Object.entries(kind.fields).map(([name, field]) => [`spec.${name}`, fieldDoc(field)] as const),
  ]
  const column = Math.max(0, ...entries.map(([name]) => name.length))
  return {
    schema: documentSchema(kind),
    text: ({ style, width }) =>
      [
        `${style.bold(kind.name)}\n\n${paragraph(kind.doc, width)}`,
        paragraph(`Key: ${kind.keyDoc}.${kind.since ? ` From Prefect ${kind.since} on.` : ''}`, width),
        '\n',
        ...entries.map(([name, doc]) => entry(style.bold(name.padEnd(column)), column, doc, width)),
      ].join(''),
  }
}

function fieldAnswer(kind: Kind, name: string, field: Field): Answer {
  const lines = [
    ...(field.default === undefined ? [] : [`Default: ${writeJson(field.default)}`]),
    ...(field.since ? [`From Prefect ${field.since} on.`] : []),
    ...(field.operational ? ['Operational: it switches work on or off. --activation says what is done with it.'] : []),
    ...(field.fixed ? [`It cannot be changed in place: ${field.fixed}.`] : []),
    ...(field.freeform
      ? ['Free-form: an id in it is written <ref:KIND/KEY>, and names of blocks and variables count as needs.']
      : []),
  ]
  const schema = (documentSchema(kind).properties as { spec: { properties: JsonObject } }).spec.properties[name]
  return {
    schema: schema as JsonObject,
    text: ({ style, width }) =>
      [
        `${style.bold(`${kind.name}.spec.${name}`)}\n\n`,
        paragraph(field.doc, width),
        ...lines.map((line) => paragraph(line, width)),
        `\nJSON Schema:\n${indented(writeJson(field.schema, 2))}`,
      ].join(''),
  }
}

function slotAnswer(kind: Kind, name: string, slot: RefField): Answer {
  const schema = (documentSchema(kind).properties as { refs: { properties: JsonObject } }).refs.properties[name]
  return {
    schema: schema as JsonObject,
    text: ({ style, width }) =>
      [
        `${style.bold(`${kind.name}.refs.${name}`)}\n\n`,
        paragraph(`${slotDoc(slot)} Written as ${slot.kinds.map((one) => `${one}/KEY`).join(' or ')}.`, width),
        slot.fixed ? paragraph(`It cannot be changed in place: ${slot.fixed}.`, width) : '',
      ].join(''),
  }
}

function everything(kinds: readonly Kind[]): Answer {
  const column = Math.max(...[...kinds.map(({ name }) => name), ...Object.keys(issueCodes)].map(({ length }) => length))
  return {
    schema: { kinds: Object.fromEntries(kinds.map(({ name, doc }) => [name, doc])), codes: issueCodes },
    text: ({ style, width }) => {
      const list = (entries: Iterable<readonly [string, string]>) =>
        [...entries].map(([name, doc]) => entry(style.bold(name.padEnd(column)), column, doc, width)).join('')
      return `Kinds:\n${list(kinds.map(({ name, doc }) => [name, doc]))}\nError codes:\n${list(Object.entries(issueCodes))}`
    },
  }
}

function slotDoc({ doc, required, since, kinds }: RefField): string {
  const notes = [required ? 'required' : '', kinds.join(' or '), since ? `from Prefect ${since} on` : '']
  return `${sentence(doc)} (${notes.filter(Boolean).join(', ')})`
}

function fieldDoc({ doc, default: value, operational, since, fixed, freeform: free }: Field): string {
  const notes = [
    value === undefined ? '' : `default ${short(writeJson(value))}`,
    operational ? 'operational' : '',
    fixed ? 'fixed' : '',
    free ? 'free-form' : '',
    since ? `from Prefect ${since} on` : '',
  ].filter(Boolean)
  return `${sentence(doc)}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`
}

function sentence(text: string): string {
  const first = /^[a-z-]+[ ,]/.test(text) ? text.charAt(0).toUpperCase() : text.charAt(0)
  return first + text.slice(1).replace(/([^.])$/, '$1.')
}

function short(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text
}

/** Text as wide as it is easy to read. */
function paragraph(text: string, width: number): string {
  return brokenText(text, Math.min(width, 100), (plain) => plain).replaceAll('\n  ', '\n')
}

/** A name, and beside it what it is, on as many lines as that takes. */
function entry(name: string, column: number, doc: string, width: number): string {
  const room = Math.max(30, Math.min(width, 120) - column - 4)
  const [first = '', ...rest] = paragraph(doc, room).trimEnd().split('\n')
  return [`  ${name}  ${first}`, ...rest.map((line) => ' '.repeat(column + 4) + line)].join('\n').concat('\n')
}

function indented(text: string): string {
  return `${text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n`
}
