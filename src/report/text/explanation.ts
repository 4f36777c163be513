import { type IssueCode, issueCodes } from '../../issue.ts'
import { type Json, type JsonObject, writeJson } from '../../json.ts'
import type { Field, Kind, RefField } from '../../kind.ts'
import type { View } from '../reporter.ts'
import { type ResourceInfo, resourceExplanation } from './resource-explanation.ts'
import { paragraph as wrapText } from './wrap.ts'

/** The subject of an explanation, with the JSON document that describes it. */
export type Explained = ResourceInfo | Word

type Word = { readonly schema: JsonObject } & (
  | { readonly type: 'code'; readonly code: IssueCode }
  | { readonly type: 'kind'; readonly kind: Kind }
  | { readonly type: 'field'; readonly kind: Kind; readonly name: string; readonly field: Field }
  | { readonly type: 'ref'; readonly kind: Kind; readonly name: string; readonly field: RefField }
  | { readonly type: 'everything'; readonly kinds: readonly Kind[] }
)

/** Explains an issue code, a kind, a field, or a resource of a snapshot. */
export function explanationText(subject: Explained, view: View): string {
  const { style, width } = view
  switch (subject.type) {
    case 'code':
      return `${style.bold(subject.code)}\n\n${paragraph(issueCodes[subject.code], width)}`
    case 'kind':
      return kindText(subject.kind, view)
    case 'field':
      return fieldText(subject.kind, subject.name, subject.field, view)
    case 'ref':
      return refText(subject.kind, subject.name, subject.field, view)
    case 'resource':
      return resourceExplanation(subject, view)
    case 'everything':
      return everythingText(subject.kinds, view)
  }
}

function kindText(kind: Kind, { style, width }: View): string {
  const entries: (readonly [string, string])[] = [
    ...Object.entries(kind.refFields).map(([name, field]) => [`refs.${name}`, refDoc(field)] as const),
    ...Object.entries(kind.fields).map(([name, field]) => [`spec.${name}`, fieldDoc(field)] as const),
  ]
  const column = Math.max(0, ...entries.map(([name]) => name.length))
  return [
    `${style.bold(kind.name)}\n\n${paragraph(kind.doc, width)}`,
    paragraph(`Key: ${kind.keyDoc}.${since(kind.since)}`, width),
    '\n',
    ...entries.map(([name, doc]) => entry(style.bold(name.padEnd(column)), column, doc, width)),
  ].join('')
}

function fieldText(kind: Kind, name: string, field: Field, { style, width }: View): string {
  const lines = [
    ...(field.default === undefined ? [] : [`Default: ${writeJson(field.default)}`]),
    ...(field.since ? [since(field.since).trim()] : []),
    ...(field.operational ? ['Operational: switches work on or off. See --activation.'] : []),
    ...(field.fixed ? [`Cannot be changed in place: ${field.fixed}.`] : []),
    ...(field.freeform
      ? ['Freeform: an ID in it is written <ref:KIND/KEY>, and names of blocks and variables in it are dependencies.']
      : []),
    ...(field.rules ?? []).map(
      ({ doc, since: version }) => `Rule of Prefect${version ? ` (from ${version} on)` : ''}: ${doc}`,
    ),
  ]
  return [
    `${style.bold(`${kind.name}.spec.${name}`)}\n\n`,
    paragraph(field.doc, width),
    ...lines.map((line) => paragraph(line, width)),
    `\nJSON Schema:\n${indented(writeJson(field.schema as Json, 2))}`,
  ].join('')
}

function refText(kind: Kind, name: string, field: RefField, { style, width }: View): string {
  const forms = field.kinds.map((one) => `${one}/KEY`).join(' or ')
  return [
    `${style.bold(`${kind.name}.refs.${name}`)}\n\n`,
    paragraph(`${refDoc(field)} Written as ${forms}.`, width),
    field.fixed ? paragraph(`Cannot be changed in place: ${field.fixed}.`, width) : '',
  ].join('')
}

function everythingText(kinds: readonly Kind[], { style, width }: View): string {
  const names = [...kinds.map(({ name }) => name), ...Object.keys(issueCodes)]
  const column = Math.max(...names.map(({ length }) => length))
  const list = (entries: Iterable<readonly [string, string]>) =>
    [...entries].map(([name, doc]) => entry(style.bold(name.padEnd(column)), column, doc, width)).join('')
  const codes = list(Object.entries(issueCodes))
  return `Kinds:\n${list(kinds.map(({ name, doc }) => [name, doc]))}\nError codes:\n${codes}`
}

function refDoc({ doc, required, since: version, kinds }: RefField): string {
  const notes = [required ? 'required' : '', kinds.join(' or '), version ? `since Prefect ${version}` : '']
  return `${sentence(doc)} (${notes.filter(Boolean).join(', ')})`
}

function fieldDoc({ doc, default: value, operational, since: version, fixed, freeform }: Field): string {
  const notes = [
    value === undefined ? '' : `default ${short(writeJson(value))}`,
    operational ? 'operational' : '',
    fixed ? 'fixed' : '',
    freeform ? 'freeform' : '',
    version ? `since Prefect ${version}` : '',
  ].filter(Boolean)
  return `${sentence(doc)}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`
}

function since(version: string | undefined): string {
  return version ? ` Available since Prefect ${version}.` : ''
}

function sentence(text: string): string {
  const first = /^[a-z-]+[ ,]/.test(text) ? text.charAt(0).toUpperCase() : text.charAt(0)
  return first + text.slice(1).replace(/([^.])$/, '$1.')
}

function short(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text
}

/** Wraps text at a readable width. */
function paragraph(text: string, width: number): string {
  return wrapText(text, Math.min(width, 100), (plain) => plain).replaceAll('\n  ', '\n')
}

/** A name and its description, wrapped beside the name. */
function entry(name: string, column: number, doc: string, width: number): string {
  const room = Math.max(30, Math.min(width, 120) - column - 4)
  const [first = '', ...rest] = paragraph(doc, room).trimEnd().split('\n')
  return [`  ${name}  ${first}`, ...rest.map((line) => ' '.repeat(column + 4) + line)].join('\n').concat('\n')
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ').concat('\n')
}
