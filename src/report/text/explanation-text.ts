import type {
  CodeSubject,
  Contents,
  Explanation,
  FieldExplanation,
  FieldSubject,
  KindSubject,
} from '../../explanation.ts'
import { type Json, writeJson } from '../../json.ts'
import type { View } from '../reporter.ts'
import { resourceExplanation } from './resource-explanation.ts'
import { indented, paragraph as wrapText } from './wrap.ts'

/** Explains an issue code, a kind, a field, or a resource of a snapshot, or lists all kinds and codes. */
export function explanationText(subject: Explanation, view: View): string {
  switch (subject.type) {
    case 'code':
      return codeText(subject, view)
    case 'kind':
      return kindText(subject, view)
    case 'field':
      return fieldText(subject, view)
    case 'resource':
      return resourceExplanation(subject, view)
    case 'contents':
      return contentsText(subject, view)
  }
}

function codeText({ code, meaning, cause, example, fix }: CodeSubject, { style, width }: View): string {
  const rows = Object.entries({ 'Cause:': cause, 'Example:': example, 'Fix:': fix })
  const details = rows.map(([label, text]) => entry(style.bold(label.padEnd(8)), 8, text, width))
  return `${style.bold(code)}\n\n${paragraph(meaning, width)}\n${details.join('')}`
}

function kindText({ kind, doc, since, fields }: KindSubject, { style, width }: View): string {
  const column = Math.max(0, ...fields.map(({ path }) => path.length))
  return [
    `${style.bold(kind)}\n\n${paragraph(`${doc}${sinceText(since)}`, width)}\n`,
    ...fields.map((field) => entry(style.bold(field.path.padEnd(column)), column, summary(field), width)),
  ].join('')
}

function fieldText(field: FieldSubject, { style, width }: View): string {
  const { rules } = field
  const version = rules[0]?.sourceVersion
  const rows = rules.flatMap(({ doc, source, since }) => [
    paragraph(`  - ${doc}${since === undefined ? '' : ` (Prefect ${since} and later)`}`, width, '    '),
    `    ${style.dim(source)}\n`,
  ])
  return [
    `${style.bold(`${field.kind}.${field.path}`)}\n\n${paragraph(field.doc, width)}\n`,
    ...facts(field).map(([label, text]) => entry(style.bold(label.padEnd(12)), 12, text, width)),
    ...(rules.length > 0 ? [`\nRules, and where Prefect ${version} has them:\n`, ...rows] : []),
    `\nJSON Schema:\n${indented(writeJson(field.jsonSchema as Json, 2), '  ')}`,
  ].join('')
}

function facts(field: FieldExplanation): (readonly [string, string])[] {
  const { valueType, required, since, operational, fixed, freeform } = field
  const freeText = 'An ID in it is written <ref:KIND/KEY>, and names of blocks and variables in it are dependencies.'
  return [
    ['Type:', valueType],
    ['Required:', required ? 'yes' : 'no'],
    ...(field.default === undefined ? [] : [['Default:', writeJson(field.default)] as const]),
    ...(since === undefined ? [] : [['Since:', `Prefect ${since}`] as const]),
    ...(operational ? [['Operational:', 'It switches work on or off. See --activation.'] as const] : []),
    ...(fixed === undefined ? [] : [['Fixed:', `It cannot be changed in place: ${fixed}.`] as const]),
    ...(freeform ? [['Freeform:', freeText] as const] : []),
  ]
}

function contentsText({ kinds, codes }: Contents, { style, width }: View): string {
  const rows = [
    ...kinds.map(({ kind, doc }) => [kind, doc] as const),
    ...codes.map(({ code, meaning }) => [code, meaning] as const),
  ]
  const column = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, doc]) => entry(style.bold(name.padEnd(column)), column, doc, width))
  const list = (some: readonly string[]) => some.join('')
  return `Kinds:\n${list(lines.slice(0, kinds.length))}\nError codes:\n${list(lines.slice(kinds.length))}`
}

/** The description of a field on one line, with its most important properties. */
function summary(field: FieldExplanation): string {
  const { doc, valueType, required, since, operational, fixed, freeform } = field
  const notes = [
    valueType,
    required ? 'required' : '',
    field.default === undefined ? '' : `default ${short(writeJson(field.default))}`,
    operational ? 'operational' : '',
    fixed === undefined ? '' : 'fixed',
    freeform ? 'freeform' : '',
    since === undefined ? '' : `since Prefect ${since}`,
  ].filter(Boolean)
  return `${doc} (${notes.join('; ')})`
}

function sinceText(version: string | undefined): string {
  return version ? ` Available since Prefect ${version}.` : ''
}

function short(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text
}

/** Wraps text at a readable width. */
function paragraph(text: string, width: number, indent = ''): string {
  return wrapText(text, Math.min(width, 100), (plain) => plain, indent)
}

/** A name and its description, wrapped beside the name. */
function entry(name: string, column: number, doc: string, width: number): string {
  const room = Math.max(30, Math.min(width, 120) - column - 4)
  const [first = '', ...rest] = paragraph(doc, room).trimEnd().split('\n')
  return [`  ${name}  ${first}`, ...rest.map((line) => ' '.repeat(column + 4) + line)].join('\n').concat('\n')
}
