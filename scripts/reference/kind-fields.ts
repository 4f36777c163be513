import type { FieldExplanation } from '../../src/explanation.ts'
import { type Json, writeJson } from '../../src/json.ts'
import type { Field, Kind, RefField } from '../../src/kind.ts'
import { explainField, explainFields, pathsWithin } from '../../src/operations/explain-field.ts'
import { anchor, code, prose, table } from './markdown-text.ts'

/** The fields of a document of a kind, those inside of them too, with what happens to each. */
export function fieldsTable(kind: Kind): string {
  const inner = pathsWithin(kind).filter((path) => path.includes('.'))
  const rows = explainFields(kind).flatMap((field) => [
    row(field, fateOf(kind, field)),
    ...inner
      .filter((path) => `spec.${path}`.startsWith(`${field.path}.`))
      .flatMap((path) => {
        const one = explainField(kind, path)
        return one ? [row(one, `Part of \`${field.path}\`.`)] : []
      }),
  ])
  return table(['field', 'meaning', 'type', 'default', 'what happens'], rows)
}

function row(field: FieldExplanation, fate: string): readonly string[] {
  const { path, doc, valueType } = field
  const shown = field.default === undefined ? '' : code(shortened(writeJson(field.default as Json)))
  return [code(path), prose(doc.startsWith('Part of ') ? '' : doc), typeText(valueType), shown, fate]
}

/** The kinds that a ref may name are links. */
function typeText(type: string): string {
  return /^[a-z-]+\/KEY/.test(type)
    ? type
        .split(' or ')
        .map((one) => `[\`${one}\`](#${anchor(one.replace('/KEY', ''))})`)
        .join(' or ')
    : prose(type)
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** What becomes of a field between a server, a snapshot and another server. */
function fateOf(kind: Kind, { path, required }: FieldExplanation): string {
  const [part, name = ''] = path.split('.')
  if (part === 'key') return kind.keyRules?.length ? `Always written. ${rulesLink(kind)}` : 'Always written.'
  const ref = part === 'refs' ? kind.refFields[name] : undefined
  const field = part === 'spec' ? kind.fields[name] : undefined
  const facts = [
    written(required, ref, field),
    ...changes(ref ?? field),
    ...(field ? ofField(field) : []),
    ...(ref?.unreadable ? ['No answer of a server shows it, so it is not compared.'] : []),
    ...(isSecret(kind, path)
      ? ['Values that the schema of the block calls secret are written as placeholders, never in clear text.']
      : []),
    ...(field?.rules?.length ? [rulesLink(kind)] : []),
  ]
  return facts.join(' ')
}

function written(required: boolean, ref: RefField | undefined, field: Field | undefined): string {
  if (required) return 'Always written.'
  if (field?.operational)
    return 'Always written. A switch: `--activation` decides about it, and it is not compared where a document leaves it out.'
  if (field?.default !== undefined) return 'Written unless it has the default.'
  return ref ? 'Written where there is one.' : 'Written where the server has a value.'
}

function changes(field: Field | RefField | undefined): readonly string[] {
  if (!field) return []
  const { fixed, since, without } = field
  const older = without
    ? `An older server cannot have the resource, since ${without}.`
    : 'An older server gets the resource without it, and the plan says so.'
  return [
    ...(fixed ? [`A server cannot change it: ${prose(fixed)}.`] : []),
    ...(since ? [`Prefect ${since} and later. ${prose(older)}`] : []),
  ]
}

function ofField({ only, freeform, deferrable, without, since }: Field): readonly string[] {
  const elsewhere = without
    ? `Another server cannot have a resource with it, since ${without}.`
    : 'Other servers get the resource without it.'
  return [
    ...(only === 'cloud' && !since ? [`Only in Prefect Cloud. ${prose(elsewhere)}`] : []),
    ...(freeform ? ['Freeform: IDs of the server in it are written as names (`<ref:…>`).'] : []),
    ...(deferrable ? ['Where resources need each other, it is written in a second request.'] : []),
  ]
}

function rulesLink({ name }: Kind): string {
  return `[Rules](../rules.md#${anchor(name)}).`
}

/** Whether Prefect has secrets in the field: the data of blocks. */
function isSecret(kind: Kind, path: string): boolean {
  return kind.secretName !== undefined && path === 'spec.data'
}
