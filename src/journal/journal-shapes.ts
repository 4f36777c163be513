import {
  isCount,
  isMapping,
  isRefText,
  isText,
  isTexts,
  listOf,
  mappingOf,
  objectOf,
  oneOf,
  optional,
  type Shape,
  type Shapes,
} from '../json/shape.ts'
import { type JsonObject, own } from '../json.ts'

const isPointerText: Shape = (value) => typeof value === 'string' && /^(\/|$)/.test(value)

const image = objectOf({
  kind: isText,
  key: isText,
  refs: mappingOf(isText, isRefText),
  spec: isMapping,
  secrets: listOf(isPointerText),
})
const change: Shapes = { ref: isRefText, action: oneOf('create', 'update', 'delete', 'patch-cycle') }
const request: Shapes = { ...change, method: isText, path: isText }

/** The images that the intent of an action has at least. */
const images: Readonly<Record<string, Shapes>> = {
  create: { after: image },
  'patch-cycle': { after: image },
  update: { before: image, after: image },
  delete: { before: image },
}
const intent: Shapes = {
  ...change,
  before: optional(image),
  after: optional(image),
  along: optional(listOf(image)),
  changedSecrets: optional(isTexts),
  without: optional(isTexts),
}
const lines: Readonly<Record<string, Shapes>> = {
  head: {
    server: objectOf({ url: isText, version: isText }),
    tool: isText,
    of: isText,
    time: isCount,
    changes: isCount,
  },
  intent,
  write: request,
  wrote: { ...request, status: optional(isCount) },
  result: {
    ...change,
    status: oneOf('done', 'failed', 'skipped', 'not-started', 'not-converged'),
    id: optional(isText),
  },
}

/** The shapes of the properties of a journal's line; those of an unknown type of line are not known. */
export function shapesOf({ type, action }: JsonObject): Shapes {
  const known = own(lines, String(type)) ?? {}
  return type === 'intent' ? { ...known, ...own(images, String(action)) } : known
}
