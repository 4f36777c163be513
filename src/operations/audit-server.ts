import type { UnknownFields } from '../answers/answer-table.ts'
import { readApiDocument } from '../audit/api-document.ts'
import { type Gaps, gapsOf, isSet } from '../audit/gaps.ts'
import type { Check } from '../check.ts'
import type { Client } from '../client/client.ts'
import type { Issue } from '../issue.ts'
import type { UnknownField } from '../kind/known-fields.ts'
import { isKnownVersion } from '../kind/known-version.ts'
import type { Kind } from '../kind.ts'
import type { Live, LiveResource, Resource, Server } from '../model.ts'
import { plural, shorten, visible } from '../plain-text.ts'
import { refOf } from '../ref.ts'

/** A server needs seconds to make its document, and only once. */
const bounds = { ms: 30_000, size: 16 * 1024 * 1024 }

/** What a server has that this version of the tool does not know. */
export interface Audited {
  readonly gaps: Gaps
  /** `known`: the version was compared when the tool was made. `none`: the server shows no document. */
  readonly document: 'known' | 'read' | 'none'
}

/** Asks a server for its own API document, and compares it with the kinds. Never rejects. */
export async function auditServer(
  client: Pick<Client, 'tryGet'>,
  { version }: Server,
  kinds: readonly Kind[],
): Promise<Audited> {
  const none: Gaps = { fields: new Map(), forms: new Set(), values: new Set(), kinds: new Set() }
  if (isKnownVersion(version)) return { gaps: none, document: 'known' }
  if (version === 'cloud') return { gaps: none, document: 'none' }
  const document = readApiDocument((await client.tryGet('/openapi.json', bounds)) ?? null)
  if (!document) return { gaps: none, document: 'none' }
  return { gaps: gapsOf(document, kinds), document: 'read' }
}

/** The same with the fields that only answers show. */
export function withAnswers(audited: Audited, unknown: readonly UnknownFields[]): Audited {
  const fields = new Map(audited.gaps.fields)
  for (const { kind, fields: counts } of unknown)
    for (const name of Object.keys(counts)) {
      const path = `${kind}.${name}`
      if (!fields.has(path)) fields.set(path, [])
    }
  return { ...audited, gaps: { ...audited.gaps, fields } }
}

/** The resources of a server, each with the names of its unknown fields that have a value. */
export function withUnknown(
  live: Live,
  { gaps }: Audited,
  kinds: readonly Kind[],
  unknownIn: (id: string) => readonly UnknownField[],
): Live {
  const singletons = new Set(kinds.filter(({ singleton }) => singleton).map(({ name }) => name))
  const resources = new Map(live.resources)
  let isAny = false
  for (const [ref, resource] of live.resources) {
    const fields = unknownIn(singletons.has(resource.kind) ? resource.kind : resource.id)
    const set = fields.filter((field) => isSet(resource.kind, field, gaps))
    if (set.length === 0) continue
    resources.set(ref, { ...resource, unknown: [...new Set(set.map(({ path }) => path))] })
    isAny = true
  }
  return isAny ? { ...live, resources } : live
}

/** The warning about what a server has that this version does not know; undefined if there is nothing. */
export function gapsIssue({ version }: Server, { gaps }: Audited, client: Pick<Client, 'echoes'>): Issue | undefined {
  const parts = [
    listed('field', [...gaps.fields.keys()]),
    listed('form of values', [...gaps.forms], 'forms of values'),
    listed('value', [...gaps.values]),
    listed('kind', [...gaps.kinds]),
  ].filter((part) => part !== undefined)
  const [first, ...others] = parts
  if (first === undefined) return undefined
  const named = first + others.map((part) => `. It also has ${part}`).join('')
  const product = version === 'cloud' ? 'Prefect Cloud' : `Prefect ${visible(version)}`
  const isEcho = client.echoes(named)
  return {
    code: 'newer-server',
    severity: 'warning',
    message: `${product} has ${isEcho ? 'fields that this version of prefect-snapshot does not know' : named}.`,
    fix: 'Update prefect-snapshot if there is a newer version. What it does not know is neither compared nor written.',
  }
}

const mostNames = 20

function listed(one: string, names: readonly string[], many?: string): string | undefined {
  if (names.length === 0) return undefined
  const shown = names.slice(0, mostNames).map((name) => visible(shorten(name, 80)))
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : ''
  return `${plural(names.length, one, many)} that this version of prefect-snapshot does not know: ${shown.join(', ')}${more}`
}

/** An issue for each resource with values that the tool does not know: an error, unless they may be left out. */
export function unknownIssues(
  resources: Iterable<Resource & Pick<LiveResource, 'unknown'>>,
  { allowUnknown = false, where }: Lost,
): Issue[] {
  return [...resources].flatMap((resource): Issue[] => {
    const { unknown = [] } = resource
    if (unknown.length === 0) return []
    const ref = refOf(resource)
    const names = unknown.slice(0, mostNames).map((name) => visible(shorten(name, 80)))
    const message = `${visible(ref)} has a value for ${names.join(', ')}, which this version of prefect-snapshot does not know: ${where} does not have it.`
    const fix = allowUnknown
      ? 'Set it by hand where you apply the rest.'
      : 'Update prefect-snapshot if there is a newer version, or pass --allow-unknown to go on without it.'
    return [{ code: 'unknown-value', severity: allowUnknown ? 'warning' : 'error', message, ref, fix }]
  })
}

/** What lacks the values, in words, and whether it may. */
interface Lost {
  readonly allowUnknown?: boolean | undefined
  readonly where: string
}

/** The checks of a server that was audited. What they say is no warning on this connection any more. */
export function auditChecks(
  role: string,
  live: Live,
  audited: Audited,
  { client, isFirst }: { readonly client: Pick<Client, 'echoes'>; isFirst(message: string): boolean },
): Check[] {
  const title = `${role}: API`
  const issue = gapsIssue(live.server, audited, client)
  const values = unknownIssues(live.resources.values(), { where: 'a snapshot' })
  const warnings = [...(issue ? [issue] : []), ...values]
  if (issue) isFirst(issue.message)
  if (warnings.length > 0)
    return warnings.map(({ message, fix }) => ({ status: 'warning', title, detail: message, ...(fix ? { fix } : {}) }))
  const detail =
    audited.document === 'none'
      ? 'the server does not show its API document, so only fields in its answers were compared: all are known'
      : 'every field, value and kind of its API is known'
  return [{ status: audited.document === 'none' ? 'note' : 'ok', title, detail }]
}
