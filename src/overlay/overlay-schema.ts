import type { JsonObject } from '../json.ts'

const ref = '^[a-z][a-z-]*/[\\s\\S]'
const pointer = '^/(spec|refs|secrets)/([^~]|~[01])+$'
const pointerMessage =
  'A JSON pointer in an overlay begins with /spec/, /refs/ or /secrets/. To change the key, use rename.'
const mapMessage = 'map must be {kind/key: kind/key}, such as {work-pool/dev: work-pool/prod}.'
const externalMessage = 'external must be a list of globs over kind/key, such as work-pool/k8s/**.'

/** A part of a document in a merge patch: an object, or a variable that holds one. */
const patch: JsonObject = {
  type: ['object', 'string'],
  minProperties: 1,
  propertyNames: { minLength: 1 },
  pattern: '^\\$\\{json:[A-Za-z_][A-Za-z0-9_]*\\}$',
  errorMessage: 'A part of a merge patch must be a mapping with at least one field.',
}

const whereMessage =
  'where must map paths such as refs.infrastructure or spec.version to patterns or values, or schema to a JSON Schema.'
const where: JsonObject = {
  type: 'object',
  minProperties: 1,
  description:
    'What a document must say, with the defaults of its kind: a path (refs.infrastructure, spec.parameters.bucket, key) or a JSON pointer to a pattern, in which * is any text, or to another value; null where nothing is. All must fit.',
  properties: {
    schema: { type: ['object', 'boolean'], description: 'A JSON Schema (2020-12) that the document fits.' },
  },
  propertyNames: {
    pattern: '^(schema|key|(refs|spec)\\.[\\s\\S]+|/(key|(refs|spec)/[\\s\\S]+))$',
    errorMessage: whereMessage,
  },
  errorMessage: whereMessage,
}

const replaceMessage =
  'replace must be {from: dev-bucket, to: prod-bucket}, or a list of these, each with at: for some places only.'
const replacement: JsonObject = {
  type: 'object',
  properties: {
    from: { type: 'string', minLength: 1, description: 'The text to replace, as it is.' },
    to: { type: 'string', description: 'The text in its place; variables are substituted.' },
    at: {
      description: 'JSON pointers below /spec: only these places, and everything in them; * is one step of any name.',
      type: 'array',
      minItems: 1,
      items: { type: 'string', pattern: '^/spec/([^~]|~[01])+$' },
    },
  },
  required: ['from', 'to'],
  additionalProperties: false,
}

const idleMessage = 'The entry does nothing. It may have replace, merge, set, refs, remove, rename, drop.'

const entry: JsonObject = {
  type: 'object',
  description: 'Changes to all documents that the glob matches.',
  properties: {
    match: {
      type: 'string',
      minLength: 1,
      description:
        'A glob over kind/key, with the names of the snapshot: * within one part of a key, ** across parts, {a,b}.',
      errorMessage: 'match must be a glob over kind/key such as deployment/**.',
    },
    where,
    replace: {
      description:
        'Texts that others replace inside of every string of the spec: not in keys, refs, secrets and <ref:…> tokens. In this order, before merge and set.',
      oneOf: [replacement, { type: 'array', minItems: 1, items: replacement }],
      errorMessage: replaceMessage,
    },
    merge: {
      type: 'object',
      description:
        'A JSON merge patch (RFC 7396) of the document: objects are merged, null removes, other values replace.',
      properties: { spec: patch, refs: patch, secrets: patch },
      additionalProperties: false,
      errorMessage: 'merge must be a mapping with spec, refs or secrets.',
    },
    set: {
      type: 'object',
      description: 'New values by JSON pointer into the document; * is one step of any name.',
      propertyNames: { pattern: pointer, errorMessage: pointerMessage },
      errorMessage: 'set must be a mapping of JSON pointers to values.',
    },
    refs: {
      type: 'object',
      description: 'New references by name: short for set with pointers below /refs.',
      errorMessage: 'refs must be a mapping of names to kind/key.',
    },
    remove: {
      type: 'array',
      description: 'JSON pointers to values that are removed; * is one step of any name.',
      items: { type: 'string', pattern: pointer, errorMessage: pointerMessage },
      errorMessage: 'remove must be a list of JSON pointers, such as /spec/tags.',
    },
    rename: {
      type: 'object',
      description: 'A new key; * in both patterns stands for the same text. References to the resource follow.',
      properties: { from: { type: 'string' }, to: { type: 'string' } },
      required: ['from', 'to'],
      additionalProperties: false,
      errorMessage: "rename must be {from: 'dev-*', to: 'prod-*'}.",
    },
    drop: {
      const: true,
      description: 'Leaves the documents out.',
      errorMessage: 'drop must be true.',
    },
  },
  required: ['match'],
  additionalProperties: false,
  errorMessage: 'An entry needs match, a glob over kind/key such as deployment/**.',
  if: { required: ['match'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: {
    if: { required: ['where'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { minProperties: 3, errorMessage: idleMessage },
    else: { minProperties: 2, errorMessage: idleMessage },
  },
}

/** The JSON Schema (2020-12) of an overlay: what the parser checks, and what editors show. */
export const overlaySchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://prefect-snapshot.dev/schemas/overlay.v1.json',
  title: 'An overlay of prefect-snapshot: the changes to a snapshot for one environment',
  type: 'object',
  properties: {
    kind: { const: 'overlay' },
    version: { const: 1 },
    external: {
      type: ['array', 'null'],
      description: 'Globs over kind/key of resources that only the destination has, added to those of the snapshot.',
      items: { type: 'string', minLength: 1, errorMessage: externalMessage },
      errorMessage: externalMessage,
    },
    map: {
      type: ['object', 'null'],
      description: 'References to the first resource become references to the second.',
      propertyNames: { pattern: ref, errorMessage: mapMessage },
      additionalProperties: { type: 'string', pattern: ref, errorMessage: mapMessage },
      errorMessage: mapMessage,
    },
    entries: {
      type: ['array', 'null'],
      description: 'Changes, in the order in which they are applied.',
      items: entry,
      errorMessage: 'entries must be a list.',
    },
  },
  required: ['kind', 'version'],
  additionalProperties: false,
}
