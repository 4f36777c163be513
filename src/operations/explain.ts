import type { Context } from '../context.ts'
import type { CodeSubject, Explanation } from '../explanation.ts'
import { issueCodes } from '../issue/codes.ts'
import { Failure, type IssueCode } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { shellLine } from '../shell.ts'
import { documentSchema } from '../snapshot/snapshot-schema.ts'
import { suggest } from '../suggest.ts'
import { explainField, explainFields, pathsWithin } from './explain-field.ts'

/** Explains an issue code, a kind, or a field of a kind; without a word, lists all kinds and codes. Throws `Failure` with a suggestion. */
export function explain(word: string | undefined, { kinds }: Pick<Context, 'kinds'>): Explanation {
  if (word === undefined) return contents(kinds)
  if (Object.hasOwn(issueCodes, word)) return explainCode(word as IssueCode)
  const [name = '', ...rest] = word.split('.')
  const kind = kinds.find((one) => one.name === name)
  if (!kind) {
    if (kinds.some((one) => word.startsWith(`${one.name}/`))) throw noSnapshot(word)
    throw unknownWord(word, kinds)
  }
  if (rest.length === 0) return explainKind(kind)
  const path = rest.join('.')
  const field = explainField(kind, path)
  if (!field) throw unknownField(kind, path)
  return field
}

function contents(kinds: readonly Kind[]): Explanation {
  const codes = Object.entries(issueCodes).map(([code, { meaning }]) => ({ code: code as IssueCode, meaning }))
  return { type: 'contents', kinds: kinds.map(({ name, doc }) => ({ kind: name, doc })), codes }
}

function explainCode(code: IssueCode): CodeSubject {
  return { type: 'code', code, ...issueCodes[code] }
}

function explainKind(kind: Kind): Explanation {
  const { name, doc, since } = kind
  const about = { type: 'kind', kind: name, doc, ...(since === undefined ? {} : { since }) } as const
  return { ...about, fields: explainFields(kind), jsonSchema: documentSchema(kind) }
}

function noSnapshot(ref: string): Failure {
  const message = `${JSON.stringify(ref)} is a resource, and no snapshot is given.`
  const fix = `Add the snapshot that has it: prefect-snapshot explain ${shellLine([ref])} FILE.`
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}

/** Neither a code nor a kind: suggests one of both, the same field of a similar kind, or a field of that name. */
function unknownWord(word: string, kinds: readonly Kind[]): Failure {
  const [name = '', ...rest] = word.split('.')
  const names = kinds.map((kind) => kind.name)
  const kind = suggest(name, names)
  const withField = rest.length > 0 && kind !== undefined ? `${kind}.${rest.join('.')}` : undefined
  const similar = withField ?? suggest(word, [...names, ...Object.keys(issueCodes)]) ?? fieldNamed(word, kinds)
  const message = `There is no kind or error code called ${JSON.stringify(word)}.`
  return unknown(message, similar, 'Run prefect-snapshot explain without a word for a list.')
}

/** The first field of any kind whose name is `word` or similar. */
function fieldNamed(word: string, kinds: readonly Kind[]): string | undefined {
  const fields = kinds.flatMap((kind) => pathsWithin(kind).map((path) => ({ path, name: `${kind.name}.${path}` })))
  const path = suggest(
    word,
    fields.map((field) => field.path),
  )
  return fields.find((field) => field.path === path)?.name
}

function unknownField(kind: Kind, path: string): Failure {
  const known = pathsWithin(kind)
  const similar = suggest(path.replace(/^(spec|refs)\./, ''), known)
  const message = `There is no field of ${kind.name} called ${JSON.stringify(path)}.`
  const list = known.filter((one) => !one.includes('.')).join(', ')
  return unknown(message, similar && `${kind.name}.${similar}`, `Choose one of ${list}.`)
}

function unknown(message: string, similar: string | undefined, otherwise: string): Failure {
  const fix = similar === undefined ? otherwise : `Did you mean prefect-snapshot explain ${similar}?`
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
