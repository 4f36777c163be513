/*
 * Block types that servers register on startup (`server/models/block_registration.py` and
 * `collection_blocks_data.json`; read from servers of 2.20.25, 3.4.14 and 3.8.8).
 */

/** Block types that belong to an integration package, by package. */
const collections: Readonly<Record<string, readonly string[]>> = {
  prefect_aws: ['aws-credentials', 'aws-secret', 'lambda-function', 'minio-credentials', 's3-bucket', 'ecs-task'],
  prefect_azure: [
    'azure-blob-storage-container',
    'azure-blob-storage-credentials',
    'azure-container-instance-credentials',
    'azure-cosmos-db-credentials',
    'azureml-credentials',
    'azure-container-instance-job',
  ],
  prefect_bitbucket: ['bitbucket-credentials', 'bitbucket-repository'],
  prefect_databricks: ['databricks-credentials'],
  prefect_dbt: [
    'dbt-cli-bigquery-target-configs',
    'dbt-cli-global-configs',
    'dbt-cli-postgres-target-configs',
    'dbt-cli-profile',
    'dbt-cli-snowflake-target-configs',
    'dbt-cli-target-configs',
    'dbt-cloud-credentials',
    'dbt-core-operation',
  ],
  prefect_docker: ['docker-host', 'docker-registry-credentials'],
  prefect_email: ['email-server-credentials'],
  prefect_gcp: [
    'bigquery-warehouse',
    'gcp-credentials',
    'gcpsecret',
    'gcs-bucket',
    'cloud-run-job',
    'vertex-ai-custom-training-job',
  ],
  prefect_github: ['github-credentials', 'github-repository'],
  prefect_gitlab: ['gitlab-credentials', 'gitlab-repository'],
  prefect_kubernetes: ['kubernetes-cluster-config', 'kubernetes-credentials'],
  prefect_shell: ['shell-operation'],
  prefect_slack: ['slack-credentials'],
  prefect_snowflake: ['snowflake-connector', 'snowflake-credentials'],
  prefect_sqlalchemy: ['database-credentials', 'sqlalchemy-connector'],
}

/** Block types of Prefect itself, in any version. */
const core = [
  'secret',
  // Only in 3.1.
  'secret-str',
  'webhook',
  'local-file-system',
  'remote-file-system',
  'smb',
  'slack-webhook',
  'ms-teams-webhook',
  'pager-duty-webhook',
  'twilio-sms',
  'opsgenie-webhook',
  'mattermost-webhook',
  'discord-webhook',
  'custom-webhook',
  'sendgrid-email',
  // Until 3.4.
  'json',
  'string',
  'date-time',
  // Until 2.20.
  's3',
  'gcs',
  'azure',
  'github',
  'docker-registry',
  'docker-container',
  'kubernetes-job',
  'process',
]

const packages = new Map(
  Object.entries(collections).flatMap(([name, slugs]) => slugs.map((slug) => [slug, name] as const)),
)
const stock = new Set([...core, ...packages.keys()])

/** Whether a version of Prefect registers a block type on startup. */
export function isStockType(slug: string): boolean {
  return stock.has(slug)
}

/** The integration package that registers a block type, such as `prefect_aws`. */
export function packageOf(slug: string): string | undefined {
  return packages.get(slug)
}

/**
 * Builtin schemas whose checksum cannot be computed from their fields: the server created them from a definition inside
 * another schema, or included data that it does not return. Equal on 2.20.25, 3.4.14 and 3.8.8.
 */
const irreproducible = new Set([
  'dbt-cli-target-configs/d0c84112',
  'snowflake-credentials/35bea1e0',
  'snowflake-connector/a8cba7ca',
  'dbt-cli-snowflake-target-configs/a70fca75',
  'database-credentials/64175f83',
  'dbt-cli-profile/f55b0f96',
  'dbt-cli-postgres-target-configs/1552a2d5',
])

/** Whether the recorded checksum of a block schema cannot be computed from its fields, by its key. */
export function isIrreproducible(key: string): boolean {
  return irreproducible.has(key)
}
