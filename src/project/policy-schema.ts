import type { JsonObject } from '../json.ts'

const ref = '^[a-z][a-z-]*/[\\s\\S]'
const movedMessage = 'moved must be a list of {from: kind/key, to: kind/key}.'
const environmentsMessage = 'environments must be {NAME: overlay.yaml}, or a list of overlays for a name.'

function textsOf(description: string, errorMessage: string): JsonObject {
  return {
    type: ['array', 'null'],
    description,
    items: { type: 'string', minLength: 1, errorMessage },
    errorMessage,
  }
}

const rule: JsonObject = {
  type: 'object',
  description: 'A rule that the documents of this repository have to meet.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      description: 'Unique name, which every violation shows.',
      errorMessage: 'The name of a rule consists of letters, digits, ".", "_" and "-", such as owner-tag.',
    },
    match: {
      type: 'string',
      minLength: 1,
      description:
        'A glob over kind/key, with the names of the environment: * within one part of a key, ** across parts, {a,b}.',
      errorMessage: 'match must be a glob over kind/key, such as deployment/**.',
    },
    environments: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'Limits the rule to these names under environments:, that is to commands with -E NAME.',
      errorMessage: 'environments must be a list of names under environments:, such as [prod].',
    },
    schema: {
      type: ['object', 'boolean'],
      description:
        'JSON Schema (2020-12) of the document: kind, key, refs, spec with the defaults of its kind, secrets.',
      errorMessage: 'schema must be a JSON Schema, such as {properties: {spec: {properties: {tags: {minItems: 1}}}}}.',
    },
    message: {
      type: 'string',
      minLength: 1,
      description: 'The rule in words, which every violation shows.',
      errorMessage: 'message must be a sentence.',
    },
    severity: {
      enum: ['error', 'warning'],
      default: 'error',
      description: 'Whether a violation stops plan and apply (error), or is only reported (warning).',
      errorMessage: 'severity must be error or warning.',
    },
  },
  required: ['name', 'match', 'schema', 'message'],
  additionalProperties: false,
}

/** The JSON Schema (2020-12) of a policy file: what the parser checks, and what editors show. */
export const policySchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://prefect-snapshot.dev/schemas/policy.v1.json',
  title: 'The policy file of prefect-snapshot, prefect-snapshot.yaml',
  type: ['object', 'null'],
  properties: {
    version: { const: 1 },
    protect: textsOf(
      'Globs over kind/key of resources that are never deleted.',
      'protect must be a list of globs over refs, such as deployment/etl/**.',
    ),
    moved: {
      type: ['array', 'null'],
      description: 'Resources that got another name.',
      items: {
        type: 'object',
        properties: {
          from: { type: 'string', pattern: ref, errorMessage: movedMessage },
          to: { type: 'string', pattern: ref, errorMessage: movedMessage },
        },
        required: ['from', 'to'],
        additionalProperties: false,
        errorMessage: movedMessage,
      },
      errorMessage: movedMessage,
    },
    recipients: textsOf(
      'Public keys of age that can decrypt the secrets of snapshots.',
      'recipients must be a list of public keys of age, age1…',
    ),
    secret_paths: textsOf(
      'Values that exports replace by placeholders of secrets, in the form of --secret-path.',
      "secret_paths must be a list of globs such as 'deployment/**#/spec/job_variables/env/*_KEY'.",
    ),
    environments: {
      type: ['object', 'null'],
      description: 'The overlays of each environment, relative to the folder of this file.',
      additionalProperties: {
        type: ['string', 'array'],
        items: { type: 'string', errorMessage: environmentsMessage },
        errorMessage: environmentsMessage,
      },
      errorMessage: environmentsMessage,
    },
    rules: {
      type: ['array', 'null'],
      description: 'Rules that validate, plan and apply check.',
      items: rule,
      errorMessage: 'rules must be a list of {name, match, schema, message}.',
    },
  },
  additionalProperties: false,
  errorMessage: 'A policy file is a mapping.',
}
