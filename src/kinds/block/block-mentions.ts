import type { JsonObject } from '../../json.ts'
import type { Mentions } from '../../kind.ts'
import { keyOf } from '../../ref.ts'
import { object, text } from '../endpoints.ts'

const pullWithBlock = 'prefect.deployments.steps.pull_with_block'
/** Block type by the argument of a bundle step that names a block (prefect-aws, -gcp, -azure: `bundles/upload.py`). */
const credentials: Readonly<Record<string, string>> = {
  aws_credentials_block_name: 'aws-credentials',
  gcp_credentials_block_name: 'gcp-credentials',
  azure_blob_storage_credentials_block_name: 'azure-blob-storage-credentials',
}

/** References to blocks by name in templates, steps and arguments. */
export const blockMentions: Mentions = {
  template: { word: 'blocks', key: ([type = '', name = '']) => keyOf(type, name) },
  keys: {
    block_document_slug: ({ block_document_slug: slug }) =>
      typeof slug === 'string' && slug.includes('/') ? slug : undefined,
    [pullWithBlock]: blockOfPullStep,
    ...Object.fromEntries(
      Object.entries(credentials).map(([argument, type]) => [
        argument,
        (object: JsonObject) => (typeof object[argument] === 'string' ? keyOf(type, object[argument]) : undefined),
      ]),
    ),
  },
}

function blockOfPullStep(step: JsonObject): string | undefined {
  const pull = object(step[pullWithBlock])
  const [type, name] = [text(pull, 'block_type_slug'), text(pull, 'block_document_name')]
  return type && name ? keyOf(type, name) : undefined
}
