import { type Json, type JsonObject, withValue } from '../../json.ts'
import type { Id, Ref, Resource } from '../../model.ts'
import { refOf, splitRef } from '../../ref.ts'
import { cut, mayHaveToken } from '../../token.ts'
import type { Losses } from '../losses.ts'
import { identifierOf } from './addresses.ts'
import { edge } from './cut-references.ts'
import { escaped, type Hcl, hclOf, jsonencode } from './hcl.ts'

/** A variable of the configuration: a secret, or the ID of a resource that is not in it. */
export interface Input {
  readonly description: string
  readonly sensitive: boolean
  readonly type: 'string' | 'any'
  readonly default?: string
}

/** What the expressions of a configuration refer to. */
export interface Scope {
  readonly addresses: ReadonlyMap<Ref, string>
  /** The resource that is being configured. */
  readonly from: Resource
  /** References that would close a cycle. */
  readonly cut: ReadonlySet<string>
  readonly losses: Losses
  readonly resources: ReadonlyMap<Ref, Resource>
  /** The variables that were referred to, by name. */
  readonly inputs: Map<string, Input>
  /** Whether the resources are on the server that Terraform will manage. */
  readonly isImported: boolean
  idOf(ref: Ref): Id | undefined
}

/** The expression of the ID of a resource: a reference, or a variable if the configuration does not have it. */
export function idExpression(scope: Scope, ref: Ref): string {
  const address = scope.addresses.get(ref)
  const isCut = scope.cut.has(edge(refOf(scope.from), ref))
  if (address !== undefined && !isCut) return `${address}.id`
  if (isCut) scope.losses.part(scope.from, `the reference to ${ref}, which closes a cycle and is a variable instead`)
  const { kind, key } = splitRef(ref)
  const name = `${identifierOf(`${kind} ${key}`)}_id`
  const id = scope.idOf(ref)
  scope.inputs.set(name, {
    description: `ID of ${ref}`,
    sensitive: false,
    type: 'string',
    ...(id === undefined ? {} : { default: id }),
  })
  return `var.${name}`
}

/** A text with references in the places of its tokens. */
function textExpression(scope: Scope, text: string): Hcl {
  if (!mayHaveToken(text)) return text
  const pieces = cut(text).pieces.filter((piece) => 'ref' in piece || piece.text !== '')
  const [only] = pieces
  if (pieces.length === 1 && only && 'ref' in only) return { raw: idExpression(scope, only.ref) }
  if (!pieces.some((piece) => 'ref' in piece))
    return pieces.map((piece) => ('text' in piece ? piece.text : '')).join('')
  const template = pieces.map((piece) =>
    'ref' in piece ? `\${${idExpression(scope, piece.ref)}}` : escaped(piece.text),
  )
  return { raw: `"${template.join('')}"` }
}

/** The expression of a value with references in the places of tokens. */
export function valueExpression(scope: Scope, value: Json): Hcl {
  return hclOf(value, (text) => textExpression(scope, text))
}

/** A field of a resource as an expression, with variables in the places of secrets. */
export function fieldExpression(scope: Scope, resource: Resource, field: string): Hcl {
  const start = `/${field}`
  const marks = new Map<string, string>()
  let spec: JsonObject = resource.spec
  for (const [pointer, placeholder] of Object.entries(resource.secrets)) {
    if (!('env' in placeholder) || !(pointer === start || pointer.startsWith(`${start}/`))) continue
    const name = identifierOf(placeholder.env)
    const type = placeholder.as === 'json' ? 'any' : 'string'
    scope.inputs.set(name, { description: `Secret of ${refOf(resource)}`, sensitive: true, type })
    // No text of a server contains the character, which no server stores.
    const mark = `\u0000${name}`
    marks.set(mark, name)
    spec = withValue(spec, pointer, mark) as JsonObject
  }
  const textOf = (text: string): Hcl => {
    const name = marks.get(text)
    return name === undefined ? textExpression(scope, text) : { raw: `var.${name}` }
  }
  return hclOf(spec[field] ?? null, textOf)
}

/** A field that the provider has as JSON text. */
export function jsonField(scope: Scope, resource: Resource, field: string): Hcl {
  return jsonencode(fieldExpression(scope, resource, field))
}
