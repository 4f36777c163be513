import type { JsonObject } from '../json.ts'
import type { Field, Kind, RefField } from '../kind.ts'

const schemaId = 'https://prefect-snapshot.dev/schemas/snapshot.v1.json'

const pointer = '^(/([^~/]|~[01])*)+$'
const as: JsonObject = { const: 'json', description: 'The source holds JSON, for a value that is no string.' }

/** The schema of one type of secret source. */
function source(name: string, value: JsonObject): JsonObject {
  return { type: 'object', properties: { [name]: value, as }, required: [name], additionalProperties: false }
}

const secrets: JsonObject = {
  type: 'object',
  description: 'Where the values of secrets come from, by JSON pointer into spec; never the values themselves.',
  propertyNames: { pattern: pointer },
  additionalProperties: {
    oneOf: [
      source('env', {
        type: 'string',
        pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        description: 'Environment variable that holds the value.',
      }),
      source('file', {
        type: 'string',
        minLength: 1,
        description:
          "File that holds the value, relative to the snapshot's folder. A line end at its end is no part of the value.",
      }),
      source('age', {
        type: 'string',
        // Both begin with the version line of the format: armored, or in base64.
        pattern: '^\\s*(-----BEGIN AGE ENCRYPTED FILE-----|YWdlLWVuY3J5cHRpb24ub3JnL3Yx)',
        description: 'The value, encrypted with age (https://age-encryption.org): armoured, or base64.',
      }),
      source('command', {
        type: 'array',
        items: { type: 'string' },
        minItems: 1,
        description:
          'Program and arguments that print the value; run without a shell, and only with --allow-commands. A line end at the end is no part of the value.',
      }),
      {
        type: 'object',
        properties: { plain: { description: 'The value, in clear text.' } },
        required: ['plain'],
        additionalProperties: false,
      },
    ],
  },
}

/** The JSON Schema of a kind's documents. */
export function documentSchema(kind: Kind): JsonObject {
  const required = Object.keys(kind.fields).filter((name) => kind.fields[name]?.required)
  return {
    type: 'object',
    description: kind.doc,
    properties: {
      kind: { const: kind.name },
      key: { type: 'string', description: `Natural key: ${kind.keyDoc}.` },
      refs: {
        type: 'object',
        properties: Object.fromEntries(Object.entries(kind.refFields).map(([name, slot]) => [name, refSchema(slot)])),
        additionalProperties: false,
      },
      spec: {
        type: 'object',
        properties: Object.fromEntries(Object.entries(kind.fields).map(([name, field]) => [name, fieldSchema(field)])),
        additionalProperties: false,
      },
      secrets,
      ...keepSchema(kind),
    },
    required: ['kind', 'key'],
    additionalProperties: false,
    ...(required.length > 0 ? { allOf: required.map(saidOrSecret) } : {}),
  }
}

/** The schema of `keep`; absent for a kind without fields. */
function keepSchema({ fields }: Kind): JsonObject {
  const names = Object.keys(fields)
  const description =
    'Fields that are left to the server, unless spec has them: an update keeps their values, and a create takes the defaults.'
  return names.length > 0 ? { keep: { type: 'array', items: { enum: names }, description } } : {}
}

/** A required field must be in spec, unless it is a secret. */
function saidOrSecret(name: string): JsonObject {
  return {
    if: { not: { properties: { secrets: { required: [`/${name}`] } }, required: ['secrets'] } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { spec: { required: [name] } }, required: ['spec'] },
  }
}

function refSchema(slot: RefField): JsonObject {
  return { type: 'string', pattern: '^[a-z][a-z-]*/', description: `${slot.doc} (${slot.kinds.join(' or ')})` }
}

function fieldSchema({ schema, doc, default: value, operational, since }: Field): JsonObject {
  const notes = [doc, operational ? 'Operational.' : '', since ? `From Prefect ${since} on.` : '']
    .filter(Boolean)
    .join(' ')
  return { ...schema, description: notes, ...(value === undefined ? {} : { default: value }) }
}

const listOf = (description: string): JsonObject => ({ type: 'array', items: { type: 'string' }, description })

const scope: JsonObject = {
  type: 'object',
  description:
    'The selection of the export: resources that meet every condition. Their dependencies are in the snapshot, but not in the scope.',
  properties: {
    include: listOf('Globs over refs, of which one has to match.'),
    exclude: listOf('Globs over refs, of which none may match.'),
    tags: { ...listOf('Tags, of which a resource has to hold one.'), minItems: 1 },
    kinds: { ...listOf('Kinds, of one of which a resource has to be.'), minItems: 1 },
    dependents: { const: true, description: 'Also includes resources that depend on the selection.' },
    dependencies: {
      const: false,
      description:
        'The snapshot leaves out what the selection depends on; export --update adds such names to external.',
    },
    incomplete: listOf('Kinds that could not be read in full.'),
  },
  additionalProperties: false,
}

/** JSON Schema of the first document. */
export const headerSchema: JsonObject = {
  type: 'object',
  description: 'What this file is.',
  properties: {
    kind: { const: 'snapshot' },
    version: { const: 1 },
    source: {
      type: 'object',
      description: 'Where it was exported; never compared.',
      properties: { api: { type: 'string' }, server: { type: 'string' } },
      required: ['api', 'server'],
      additionalProperties: false,
    },
    scope,
    external: {
      ...listOf(
        'Globs over refs: resources that only the destination has. They need no document, have to exist there, and are never written. work-pool/k8s/** names a pool and its queues.',
      ),
      items: { type: 'string', minLength: 1 },
    },
    moved: {
      type: 'array',
      description: 'Resources that got another name since the server was last made to match.',
      items: {
        type: 'object',
        properties: {
          from: { type: 'string', pattern: '^[a-z][a-z-]*/' },
          to: { type: 'string', pattern: '^[a-z][a-z-]*/' },
        },
        required: ['from', 'to'],
        additionalProperties: false,
      },
    },
  },
  required: ['kind', 'version'],
  additionalProperties: false,
}

/** The JSON Schema (2020-12) of all documents of a snapshot, for editors and other tools. */
export function snapshotSchema(kinds: readonly Kind[]): JsonObject {
  const defs = Object.fromEntries(kinds.map((kind) => [kind.name, documentSchema(kind)]))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaId,
    title: 'A document of a prefect-snapshot file',
    type: 'object',
    required: ['kind'],
    discriminator: { propertyName: 'kind' },
    oneOf: [{ $ref: '#/$defs/header' }, ...kinds.map(({ name }) => ({ $ref: `#/$defs/${name}` }))],
    $defs: { header: headerSchema, ...defs },
  }
}
