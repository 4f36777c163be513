// cspell:disable: marks of vendors, and letters at random
import type { Row } from '../support/plain-http.ts'

/** A secret in a place outside of secret fields: the kind that has it, its value, and the fields with it. */
export interface Planted {
  readonly kind: 'variable' | 'deployment' | 'work-pool' | 'work-queue' | 'automation' | 'flow' | 'saved-search'
  readonly value: string
  spec(secret: string): Row
}

const usual = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Letters that look random and are the same each time: no real token stands in this file. */
function r(length: number, letters = usual): string {
  let seed = 12_345 + length * 7_919
  return Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
    return letters[seed % letters.length]
  }).join('')
}

export const planted: Readonly<Record<string, Planted>> = {
  'variable JSON nested password': {
    kind: 'variable',
    value: 'Zq8!mT2vLp',
    spec: (s) => ({ value: { db: { primary: { password: s } } } }),
  },
  'variable JSON list of objects with token': {
    kind: 'variable',
    value: r(24),
    spec: (s) => ({ value: { accounts: [{ user: 'a', token: s }] } }),
  },
  'variable as JSON text': {
    kind: 'variable',
    value: r(20),
    spec: (s) => ({ value: JSON.stringify({ client_secret: s, n: 1 }) }),
  },
  'variable as escaped JSON in JSON': {
    kind: 'variable',
    value: r(20),
    spec: (s) => ({ value: JSON.stringify({ inner: JSON.stringify({ api_key: s }) }) }),
  },
  'variable dotenv text': {
    kind: 'variable',
    value: r(22),
    spec: (s) => ({ value: `# comment\nexport STRIPE_SECRET_KEY=${s}\nX=1\n` }),
  },
  'variable PEM key': {
    kind: 'variable',
    value: 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7',
    spec: (s) => ({ value: `-----BEGIN PRIVATE KEY-----\n${s}\n${r(64)}\n-----END PRIVATE KEY-----\n` }),
  },
  'variable ssh key': {
    kind: 'variable',
    value: 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ',
    spec: (s) => ({ value: `-----BEGIN OPENSSH PRIVATE KEY-----\n${s}\n-----END OPENSSH PRIVATE KEY-----` }),
  },
  'variable gcp service account': {
    kind: 'variable',
    value: 'MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQD',
    spec: (s) => ({
      value: {
        type: 'service_account',
        private_key_id: 'abc',
        private_key: `-----BEGIN PRIVATE KEY-----\n${s}\n-----END PRIVATE KEY-----\n`,
      },
    }),
  },
  'job variables env GITHUB token': {
    kind: 'deployment',
    value: `ghp_${r(36)}`,
    spec: (s) => ({ job_variables: { env: { GH: s } } }),
  },
  'job variables env gitlab': {
    kind: 'deployment',
    value: `glpat-${r(20)}`,
    spec: (s) => ({ job_variables: { env: { CI: s } } }),
  },
  'job variables env list of names': {
    kind: 'deployment',
    value: r(18),
    spec: (s) => ({ job_variables: { env: [{ name: 'SMTP_PASSWORD', value: s }] } }),
  },
  'job variables command': {
    kind: 'deployment',
    value: 'hunter2hunter2',
    spec: (s) => ({ job_variables: { command: `prefect-run --db-password ${s} --x 1` } }),
  },
  'job variables curl -u': {
    kind: 'deployment',
    value: 'S3cretPass99',
    spec: (s) => ({ job_variables: { command: `curl -u admin:${s} https://example.org/x` } }),
  },
  'job variables mysql -p': {
    kind: 'deployment',
    value: 'S3cretPass98',
    spec: (s) => ({ job_variables: { command: `mysql -uroot -p${s} db` } }),
  },
  'base_job_template default env': {
    kind: 'work-pool',
    value: r(20),
    spec: (s) => ({
      base_job_template: {
        job_configuration: { command: 'x' },
        variables: { properties: { env: { default: { AWS_SECRET_ACCESS_KEY: s } } } },
      },
    }),
  },
  'base_job_template registry auth': {
    kind: 'work-pool',
    value: 'dXNlcjpTM2NyZXRQYXNz',
    spec: (s) => ({
      base_job_template: {
        job_configuration: { imagePullSecret: JSON.stringify({ auths: { 'ghcr.io': { auth: s } } }) },
        variables: { properties: {}, type: 'object' },
      },
    }),
  },
  'base_job_template manifest stringData': {
    kind: 'work-pool',
    value: r(16),
    spec: (s) => ({
      base_job_template: {
        job_configuration: { manifest: { kind: 'Secret', stringData: { 'db-pass': s } } },
        variables: { properties: {}, type: 'object' },
      },
    }),
  },
  'base_job_template manifest data base64': {
    kind: 'work-pool',
    value: 'UzNjcmV0UGFzc3dvcmQxMjM=',
    spec: (s) => ({
      base_job_template: {
        job_configuration: { manifest: { kind: 'Secret', data: { password: s } } },
        variables: { properties: {}, type: 'object' },
      },
    }),
  },
  'automation body bearer': {
    kind: 'automation',
    value: r(30),
    spec: (s) => ({ actions: [{ type: 'send-notification', body: `call with Authorization: Bearer ${s}` }] }),
  },
  'automation webhook payload': {
    kind: 'automation',
    value: r(24),
    spec: (s) => ({ actions: [{ type: 'call-webhook', payload: `{"headers": {"X-Api-Key": "${s}"}}` }] }),
  },
  'automation slack hook': {
    kind: 'automation',
    value: `T0${r(8, 'ABCDEFGH0123')}/B0${r(8, 'ABCDEFGH0123')}/${r(24)}`,
    spec: (s) => ({ actions: [{ type: 'send-notification', body: `post to https://hooks.slack.com/services/${s}` }] }),
  },
  'automation discord hook': {
    kind: 'automation',
    value: r(68),
    spec: (s) => ({
      actions: [{ type: 'send-notification', body: `https://discord.com/api/webhooks/123456789012345678/${s}` }],
    }),
  },
  'automation teams hook': {
    kind: 'automation',
    value: r(32, 'abcdef0123456789'),
    spec: (s) => ({
      actions: [
        {
          type: 'send-notification',
          body: `https://acme.webhook.office.com/webhookb2/11111111-2222-3333-4444-555555555555@11111111-2222-3333-4444-555555555555/IncomingWebhook/${s}/11111111-2222-3333-4444-555555555555`,
        },
      ],
    }),
  },
  'automation action parameters': {
    kind: 'automation',
    value: r(20),
    spec: (s) => ({ actions: [{ type: 'run-deployment', parameters: { config: { refreshToken: s } } }] }),
  },
  'automation job variables': {
    kind: 'automation',
    value: r(20),
    spec: (s) => ({ actions: [{ type: 'run-deployment', job_variables: { env: { KEYSTORE_PASSWORD: s } } }] }),
  },
  'deployment parameters': {
    kind: 'deployment',
    value: r(20),
    spec: (s) => ({ parameters: { snowflake: { user: 'x', password: s } } }),
  },
  'deployment parameter schema default': {
    kind: 'deployment',
    value: r(20),
    spec: (s) => ({ parameter_openapi_schema: { properties: { api_key: { type: 'string', default: s } } } }),
  },
  'deployment parameter schema example': {
    kind: 'deployment',
    value: r(20),
    spec: (s) => ({ parameter_openapi_schema: { properties: { api_key: { type: 'string', examples: [s] } } } }),
  },
  'schedule parameters': {
    kind: 'deployment',
    value: r(20),
    spec: (s) => ({ schedules: [{ cron: '* * * * *', active: true, parameters: { auth_token: s } }] }),
  },
  'pull step git URL': {
    kind: 'deployment',
    value: r(40),
    spec: (s) => ({
      pull_steps: [
        { 'prefect.deployments.steps.git_clone': { repository: `https://oauth2:${s}@gitlab.example.org/x/y.git` } },
      ],
    }),
  },
  'pull step git URL user only': {
    kind: 'deployment',
    value: `ghp_${r(36)}`,
    spec: (s) => ({ pull_steps: [{ git_clone: { repository: `https://${s}@github.com/x/y.git` } }] }),
  },
  'pull step git URL unknown token as user': {
    kind: 'deployment',
    value: r(40),
    spec: (s) => ({ pull_steps: [{ git_clone: { repository: `https://${s}@git.example.org/x/y.git` } }] }),
  },
  'pull step URL query': {
    kind: 'deployment',
    value: r(32),
    spec: (s) => ({
      pull_steps: [{ run_shell_script: { script: `curl 'https://example.org/a.zip?access_token=${s}&x=1'` } }],
    }),
  },
  'pull step shell export': {
    kind: 'deployment',
    value: r(20),
    spec: (s) => ({ pull_steps: [{ run_shell_script: { script: `set -e\nexport PIP_TOKEN="${s}"\npip install x` } }] }),
  },
  'pull step pip index URL': {
    kind: 'deployment',
    value: 'S3cretPass97',
    spec: (s) => ({
      pull_steps: [{ pip: { extra: `--find-links https://user:${s}@example.org/wheels` } }],
    }),
  },
  'description deployment': {
    kind: 'deployment',
    value: 'S3cretPass96',
    spec: (s) => ({ description: `Login with password: ${s}` }),
  },
  'description prose': {
    kind: 'deployment',
    value: 'S3cretPass95',
    spec: (s) => ({ description: `The admin password is ${s}, do not share.` }),
  },
  'description markdown table': {
    kind: 'deployment',
    value: 'S3cretPass94',
    spec: (s) => ({ description: `| user | password |\n|---|---|\n| admin | ${s} |` }),
  },
  'pool description': { kind: 'work-pool', value: `sk_live_${r(24)}`, spec: (s) => ({ description: `stripe: ${s}` }) },
  'queue description': {
    kind: 'work-queue',
    value: `AKIA${r(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
    spec: (s) => ({ description: `key ${s}` }),
  },
  'flow labels': { kind: 'flow', value: r(24), spec: (s) => ({ labels: { 'api-token': s } }) },
  tags: { kind: 'deployment', value: r(24), spec: (s) => ({ tags: [`token=${s}`] }) },
  'entrypoint URL': {
    kind: 'deployment',
    value: 'S3cretPass93',
    spec: (s) => ({ path: `s3://user:${s}@bucket/path` }),
  },
  'jwt in parameters': {
    kind: 'deployment',
    value: `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${r(43)}`,
    spec: (s) => ({ parameters: { x: s } }),
  },
  'openai key': { kind: 'deployment', value: `sk-proj-${r(48)}`, spec: (s) => ({ parameters: { x: s } }) },
  'anthropic key': { kind: 'deployment', value: `sk-ant-api03-${r(93)}AA`, spec: (s) => ({ parameters: { x: s } }) },
  'huggingface token': {
    kind: 'deployment',
    value: `hf_${r(34, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')}`,
    spec: (s) => ({ parameters: { x: s } }),
  },
  'sendgrid key': { kind: 'deployment', value: `SG.${r(22)}.${r(43)}`, spec: (s) => ({ parameters: { x: s } }) },
  'npm token': { kind: 'deployment', value: `npm_${r(36)}`, spec: (s) => ({ parameters: { x: s } }) },
  'pypi token': { kind: 'deployment', value: `pypi-AgEIcHlwaS5vcmc${r(60)}`, spec: (s) => ({ parameters: { x: s } }) },
  'databricks token': {
    kind: 'deployment',
    value: `dapi${r(32, 'abcdef0123456789')}`,
    spec: (s) => ({ parameters: { x: s } }),
  },
  'digitalocean token': {
    kind: 'deployment',
    value: `dop_v1_${r(64, 'abcdef0123456789')}`,
    spec: (s) => ({ parameters: { x: s } }),
  },
  'telegram bot token': { kind: 'deployment', value: `123456789:AA${r(33)}`, spec: (s) => ({ parameters: { x: s } }) },
  'vault token': { kind: 'deployment', value: `hvs.${r(90)}`, spec: (s) => ({ parameters: { x: s } }) },
  'age identity': {
    kind: 'variable',
    value: `AGE-SECRET-KEY-1${r(58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')}`,
    spec: (s) => ({ value: s }),
  },
  'dbt cloud token': { kind: 'deployment', value: `dbtc_${r(40)}`, spec: (s) => ({ parameters: { x: s } }) },
  'grafana token': {
    kind: 'deployment',
    value: `glsa_${r(32)}_${r(8, 'abcdef0123456789')}`,
    spec: (s) => ({ parameters: { x: s } }),
  },
  'pagerduty routing key': {
    kind: 'automation',
    value: r(32, 'abcdef0123456789'),
    spec: (s) => ({ actions: [{ type: 'call-webhook', payload: `{"routing_key": "${s}"}` }] }),
  },
  'saved search value': {
    kind: 'saved-search',
    value: `xoxb-123456789012-123456789012-${r(24)}`,
    spec: (s) => ({ filters: [{ object: 'a', property: 'name', type: 'string', operation: 'equals', value: s }] }),
  },
  'html basic in header text': {
    kind: 'deployment',
    value: 'dXNlcjpTM2NyZXQxMjM0NQ==',
    spec: (s) => ({ parameters: { headers: { Authorization: `Basic ${s}` } } }),
  },
  'header list of pairs': {
    kind: 'deployment',
    value: r(24),
    spec: (s) => ({ parameters: { headers: [['X-Auth-Token', s]] } }),
  },
  'key value pair object': {
    kind: 'deployment',
    value: r(24),
    spec: (s) => ({ parameters: { settings: [{ key: 'DB_PASSWORD', value: s }] } }),
  },
  'K8s env valueFrom style': {
    kind: 'work-pool',
    value: r(18),
    spec: (s) => ({
      base_job_template: {
        job_configuration: { m: { containers: [{ env: [{ name: 'PGPASSWORD', value: s }] }] } },
        variables: { properties: {}, type: 'object' },
      },
    }),
  },
  'ECS env entries': {
    kind: 'work-pool',
    value: r(18),
    spec: (s) => ({
      base_job_template: {
        job_configuration: { t: { containerDefinitions: [{ environment: [{ Name: 'DB_PASSWORD', Value: s }] }] } },
        variables: { properties: {}, type: 'object' },
      },
    }),
  },
}
