import type { JsonObject } from '../json.ts'

const word = '^[A-Za-z0-9][A-Za-z0-9._-]*$'

function texts(description: string, errorMessage: string): JsonObject {
  const text = { type: 'string', minLength: 1, errorMessage }
  return { type: ['string', 'array'], minLength: 1, minItems: 1, items: text, description, errorMessage }
}

function profile(description: string, field: string): JsonObject {
  const errorMessage = `${field} must be the name of a profile in Prefect's profiles.toml.`
  return { type: 'string', minLength: 1, description, errorMessage }
}

function workspace(description: string, field: string): JsonObject {
  const errorMessage = `${field} must be account/handle of a workspace of Prefect Cloud.`
  return { type: 'string', minLength: 1, description, errorMessage }
}

const choice = 'A wave needs tag or include, which say what belongs to it.'

const wave: JsonObject = {
  type: 'object',
  description: 'Deployments and automations that are switched over together.',
  properties: {
    name: {
      type: 'string',
      pattern: word,
      description: 'Unique name, with which commands choose the wave.',
      errorMessage: 'The name of a wave consists of letters, digits, ".", "_" and "-", such as ingest.',
    },
    tag: texts('Tags at the old side; a resource needs one of them.', 'tag must be a tag, or a list of tags.'),
    include: texts(
      'Globs over kind/key, with the names of the old side; a resource has to match one of them.',
      'include must be a glob over kind/key such as deployment/etl/**, or a list of globs.',
    ),
    exclude: texts(
      'Globs over kind/key of resources that are left out.',
      'exclude must be a glob over kind/key, or a list of globs.',
    ),
    after: texts(
      'Waves that have to be cut over before this one.',
      'after must be the name of a wave, or a list of names.',
    ),
  },
  required: ['name'],
  anyOf: [
    { required: ['tag'], errorMessage: choice },
    { required: ['include'], errorMessage: choice },
  ],
  additionalProperties: false,
  errorMessage: 'A wave needs a name, and tag or include.',
}

/** The JSON Schema (2020-12) of a waves file: what the parser checks, and what editors show. */
export const wavesSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://prefect-snapshot.dev/schemas/waves.v1.json',
  title: 'The waves of a migration, for prefect-snapshot migrate',
  type: 'object',
  properties: {
    version: { const: 1 },
    from: profile('Profile of the old server.', 'from'),
    to: profile('Profile of the new server.', 'to'),
    from_workspace: workspace(
      'Workspace of Prefect Cloud at the old side, instead of that of the profile.',
      'from_workspace',
    ),
    to_workspace: workspace(
      'Workspace of Prefect Cloud at the new side, instead of that of the profile.',
      'to_workspace',
    ),
    overlay: texts(
      'Overlays for what is carried over, relative to the folder of this file, applied in this order.',
      'overlay must be the path of an overlay, or a list of paths.',
    ),
    waves: {
      type: 'array',
      minItems: 1,
      items: wave,
      description: 'The waves, in the order in which they are planned.',
      errorMessage: 'waves must be a list of {name, tag or include, after}.',
    },
  },
  required: ['from', 'to', 'waves'],
  additionalProperties: false,
  errorMessage: 'A waves file is a mapping with from, to and waves.',
}
