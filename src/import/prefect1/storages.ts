import { isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import { readFields } from './field-table.ts'
import { gitSteps } from './git-storages.ts'
import type { Notes } from './notes.ts'
import {
  type Code,
  elsewhereFields,
  fileIn,
  folderOf,
  marker,
  secretText,
  textAt,
  told,
  used,
} from './storage-words.ts'

/** Finds the code of a flow in one type of storage. */
interface StorageTable {
  readonly fields: Readonly<Record<string, ReturnType<typeof told> | typeof used>>
  code(
    storage: JsonObject,
    flow: string,
    file: string | undefined,
  ): Partial<Omit<Code, 'entrypoint'>> & { entrypoint?: string }
}

const script = { path: used, stored_as_script: used }
const tables: Readonly<Record<string, StorageTable>> = {
  Local: {
    fields: { ...script, directory: used },
    code: (_storage, flow, file = '') =>
      file.startsWith('/')
        ? { path: folderOf(file), entrypoint: marker(fileIn(file), flow) }
        : { entrypoint: marker(file, flow) },
  },
  Module: {
    fields: { module: used },
    code: ({ module }, flow) => ({ entrypoint: `${textAt(module)}.${marker('', flow)}` }),
  },
  Docker: {
    fields: {
      ...script,
      registry_url: used,
      image_name: used,
      image_tag: used,
      prefect_version: told('The image has Prefect 1.', 'Build an image with Prefect 3.'),
    },
    code: (storage, flow, file) => ({
      image: imageOf(storage),
      ...(file === undefined ? {} : { path: folderOf(file), entrypoint: marker(fileIn(file), flow) }),
    }),
  },
  S3: {
    fields: { bucket: used, key: used, stored_as_script: used, client_options: used },
    code: ({ bucket, client_options }, flow, file = '') => ({
      entrypoint: marker(fileIn(file), flow),
      pull_steps: [
        pullStep('prefect_aws.deployments.steps.pull_from_s3', 'prefect-aws>=0.3.4', {
          bucket: textAt(bucket),
          folder: folderOf(file),
          ...(isObject(client_options) ? { client_parameters: client_options } : {}),
        }),
      ],
    }),
  },
  GCS: {
    fields: { bucket: used, key: used, project: used, stored_as_script: used },
    code: ({ bucket, project }, flow, file = '') => ({
      entrypoint: marker(fileIn(file), flow),
      pull_steps: [
        pullStep('prefect_gcp.deployments.steps.pull_from_gcs', 'prefect-gcp>=0.4.0', {
          bucket: textAt(bucket),
          folder: folderOf(file),
          ...(typeof project === 'string' ? { project } : {}),
        }),
      ],
    }),
  },
  Azure: {
    fields: { container: used, blob_name: used, stored_as_script: used, connection_string_secret: used },
    code: ({ container, connection_string_secret: secret }, flow, file = '') => ({
      entrypoint: marker(fileIn(file), flow),
      pull_steps: [
        pullStep('prefect_azure.deployments.steps.pull_from_azure_blob_storage', 'prefect-azure>=0.2.8', {
          container: textAt(container),
          folder: folderOf(file),
          ...(typeof secret === 'string' ? { credentials: { connection_string: secretText(secret) } } : {}),
        }),
      ],
    }),
  },
  Webhook: { fields: { stored_as_script: used, ...webhookFields() }, code: () => ({}) },
  Storage: { fields: {}, code: () => ({}) },
}

function webhookFields() {
  const rule = told(
    'Prefect 3 has no storage that is asked by HTTP.',
    'Put the code into a git repository or a bucket.',
  )
  return Object.fromEntries(
    [
      'build_request_kwargs',
      'build_request_http_method',
      'get_flow_request_kwargs',
      'get_flow_request_http_method',
    ].map((name) => [name, rule]),
  )
}

function pullStep(name: string, requires: string, inputs: JsonObject): JsonObject {
  return { [name]: { requires, ...inputs } }
}

function imageOf({ registry_url: registry, image_name: name, image_tag: tag }: JsonObject): string {
  const prefix = typeof registry === 'string' ? `${registry.replace(/\/$/, '')}/` : ''
  return `${prefix}${textAt(name)}${typeof tag === 'string' ? `:${tag}` : ''}`
}

/** Storages from which a flow is loaded as an object of Prefect 1, unless they have its script. */
const pickled = new Set(['Local', 'Docker', 'S3', 'GCS', 'Azure', 'Webhook'])

/** Where Prefect 3 finds the code of a flow in a storage. Without a storage, the entrypoint is only a marker. */
export function codeOf(storage: Json | undefined, at: Pointer, flow: string, notes: Notes): Code {
  const nowhere = { entrypoint: marker('TODO.py', flow) }
  if (storage === undefined || storage === null) return nowhere
  const type = isObject(storage) ? String(storage.type) : ''
  const git = isObject(storage) ? gitSteps(storage, type, at, flow, notes) : undefined
  if (git) return git
  const table = Object.hasOwn(tables, type) ? tables[type] : undefined
  if (!isObject(storage) || !table) {
    notes.fault(
      at,
      `There is no storage of the type ${JSON.stringify(type.slice(0, 60))} in Prefect 1.`,
      'Correct the type, or remove the storage.',
    )
    return nowhere
  }
  const rules = { ...elsewhereFields, ...table.fields }
  if (!pickled.has(type) || storage.stored_as_script === true) {
    notes.carried(type, at)
    readFields(storage, at, type, rules, notes)
    return { ...nowhere, ...table.code(storage, flow, fileOf(storage, flow)) }
  }
  notes.told(
    `${type} with a pickled flow`,
    step(at, 'stored_as_script'),
    'The storage has the flow as a pickled object of Prefect 1, which Prefect 3 cannot load.',
    'Put its script into a git repository or a bucket, and write entrypoint and pull_steps.',
  )
  // Only the image is still of use.
  const { image } = table.code(storage, flow, undefined)
  if (image === undefined) return nowhere
  readFields(storage, at, type, rules, notes)
  return { ...nowhere, image }
}

/** The script of a flow in its storage. */
function fileOf({ path, key, blob_name, flows }: JsonObject, flow: string): string | undefined {
  const named = [path, key, blob_name].find((name) => typeof name === 'string')
  const listed = isObject(flows) && Object.hasOwn(flows, flow) ? flows[flow] : undefined
  const file = named ?? listed
  return typeof file === 'string' ? file : undefined
}
