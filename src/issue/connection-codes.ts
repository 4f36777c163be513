import type { CodeTable } from './code-table.ts'

/** Codes of profiles, connections and HTTP. */
export const connectionCodes = {
  'unknown-profile': {
    meaning: 'profiles.toml has no profile with the given name. The message lists the existing profiles.',
    cause: 'The name has a typing error, or PREFECT_PROFILES_PATH or PREFECT_HOME names another file.',
    example: '`plan prod.snapshot.yaml --profile production`, while the profile is called prod.',
    fix: 'Pass one of the profiles that `prefect profile ls` lists.',
  },
  'no-api-url': {
    meaning: 'No server URL is configured: neither a profile nor PREFECT_API_URL sets one.',
    cause:
      'The active profile starts a server on demand, which only Prefect itself can use, or nothing is configured yet.',
    example: '`export` right after Prefect was installed, with the profile ephemeral.',
    fix: 'Pass --profile or --api-url, or set PREFECT_API_URL. A local server has http://127.0.0.1:4200/api.',
  },
  'invalid-setting': {
    meaning: 'A setting has an invalid value. The message contains the setting and its source.',
    cause: 'The value has another form than Prefect expects, or a file that it names cannot be read.',
    example: 'PREFECT_API_REQUEST_TIMEOUT is "soon", which is not a number.',
    fix: 'Correct the setting in the environment or in the profile, as the message says.',
  },
  'invalid-toml': {
    meaning: 'A TOML file with settings has a syntax error. The message contains the line and column.',
    cause: 'The file was edited by hand: a quote or bracket is missing, or a table is written twice.',
    example: 'PREFECT_API_URL = http://127.0.0.1:4200/api, without quotes.',
    fix: 'Correct the line. The line itself is not shown, because it may hold a secret.',
  },
  'environment-ignored': {
    meaning:
      'The selected profile overrides settings from the environment. Without --profile, the environment has precedence.',
    cause: 'The environment sets the same setting as the profile, to another value.',
    example: 'PREFECT_API_URL is set in the shell, and `--profile prod` names another server.',
    fix: 'Unset the variable, move it to the profile, or leave out --profile to use it.',
  },
  'directory-setting': {
    meaning:
      'A file of the working directory decides about the server: its URL, credentials, or whether its certificate is checked. For a server that was chosen by name, nothing is written then.',
    cause:
      'The directory has a .env, prefect.toml or pyproject.toml with settings of Prefect, for another purpose or by somebody else.',
    example: '`apply prod.snapshot.yaml --profile prod`, while .env has PREFECT_API_TLS_INSECURE_SKIP_VERIFY=true.',
    fix: 'Set it in the profile, remove it from the file, or pass --trust-directory if it is meant.',
  },
  'untrusted-file': {
    meaning:
      'A file that nobody named, such as a policy or .env, is not used: it belongs to another user, everybody may write to it, or it is above the repository.',
    cause: 'The folder is shared with others, or was unpacked or mounted with the owner and modes of another machine.',
    example: 'A prefect-snapshot.yaml in /tmp, whose recipients would encrypt secrets for the user who put it there.',
    fix: 'Take over the file (chown, chmod o-w), move it into the repository, or pass --trust-directory.',
  },
  'echoed-credentials': {
    meaning: 'The data of a server contains the key or password that was sent to it. Nothing is shown or written.',
    cause:
      'A variable, job variable or parameter holds the same key, or the server or a proxy repeats the headers of requests.',
    example: 'PREFECT_API_KEY among the job variables of a deployment, exported with the same key.',
    fix: 'Declare the value as a secret with secret_paths: or --secret-path; or do not use a server that repeats requests.',
  },
  'insecure-url': {
    meaning: 'Credentials would be sent over plain HTTP to a remote host.',
    cause: 'The URL begins with http:// and the host is not this machine.',
    example: 'PREFECT_API_URL is http://prefect.example.com/api, and PREFECT_API_KEY is set.',
    fix: 'Use https:// if the server supports it, or a tunnel.',
  },
  'unreachable-server': {
    meaning: 'The server does not respond: wrong host or port, no route, or the server is down.',
    cause: 'The connection is refused or the host name is unknown; often the server or a VPN is not running.',
    example: 'http://127.0.0.1:4200/api, while no server was started.',
    fix: 'Check host and port, start the server, and check HTTPS_PROXY and NO_PROXY.',
  },
  'not-prefect': {
    meaning: 'The URL responds, but it is not the API of a Prefect server.',
    cause: 'The URL is that of the user interface, of a login page, or of another program.',
    example: 'https://prefect.example.com instead of https://prefect.example.com/api.',
    fix: 'Use the URL of the API, which usually ends in /api.',
  },
  'unexpected-answer': {
    meaning:
      'A successful answer of the server does not have the shape of Prefect. Nothing is concluded from it. The message contains the request, what came, and what belongs there.',
    cause: 'A login page, a gateway or a cache in front of the server answers in its place.',
    example: '200 with {"error": "session expired"} where a list of variables belongs.',
    fix: 'Check with curl what the URL answers, log in at the gateway, then run the command again.',
  },
  'incomplete-answer': {
    meaning:
      'A successful answer of the server ends early, or has no content where some belongs. A read was sent several times; what a write did is looked up.',
    cause: 'A proxy or load balancer in front of the server cut the answer.',
    example: '200 with the first half of a list of deployments.',
    fix: 'Run the command again. If it happens again, check the proxies in front of the server.',
  },
  'not-authenticated': {
    meaning: 'The server requires credentials, or rejects the given ones.',
    cause: 'No key or password is set, it has expired, or it belongs to another server.',
    example: 'A server with PREFECT_SERVER_API_AUTH_STRING, and a profile without PREFECT_API_AUTH_STRING.',
    fix: 'Set PREFECT_API_KEY (Prefect Cloud) or PREFECT_API_AUTH_STRING in the profile or the environment.',
  },
  'permission-denied': {
    meaning: 'The credentials are valid, but do not permit this request.',
    cause: 'The role of the user or service account lacks a permission, or the workspace is another one.',
    example: 'The key of a viewer, used with `apply`.',
    fix: 'Use an account with the permission, or ask an administrator to grant it.',
  },
  'no-workspace': {
    meaning:
      'Prefect Cloud does not have the workspace, does not show it to the owner of the key, or the name means several of them.',
    cause: 'The workspace was deleted, the URL or the name has a typing error, or the key belongs to another account.',
    example: 'A workspace that a colleague deletes while `apply` runs, or `--workspace acme/prd` instead of acme/prod.',
    fix: 'Pass one of the workspaces that the message or `prefect cloud workspace ls` lists, and check the key.',
  },
  'unnamed-workspace': {
    meaning: 'The URL is that of Prefect Cloud, and names no workspace. The message lists those that the key can see.',
    cause: 'PREFECT_API_URL ends in /api, or the profile has a key and no URL.',
    example: 'PREFECT_API_URL is https://api.prefect.cloud/api.',
    fix: 'Pass --workspace ACCOUNT/WORKSPACE, or run `prefect cloud workspace set`.',
  },
  'tier-limit': {
    meaning: 'The tier of the Prefect Cloud account does not allow what would be created.',
    cause:
      'The workspace has as many deployments, work pools or automations as the tier allows, or the tier lacks a type of work pool.',
    example: 'A sixth deployment in a workspace of the tier Hobby.',
    fix: 'Remove what the workspace no longer needs, exclude the resource, or move the account to a larger tier.',
  },
  'csrf-rejected': {
    meaning: 'The server requires a CSRF token and rejected the one that was sent.',
    cause: 'Several servers behind a load balancer do not share their database, or tokens are turned off here.',
    example: 'PREFECT_CLIENT_CSRF_SUPPORT_ENABLED is false, but the server requires tokens.',
    fix: 'Turn the setting on, and check that all servers behind the URL share one database.',
  },
  'not-found': {
    meaning: 'The server does not have the object or route.',
    cause: 'The object was deleted a moment ago, the server is too old, or account or workspace in the URL is wrong.',
    example: 'A work pool that somebody deletes between the plan and the apply.',
    fix: 'Create the plan again, and check the URL and the version of the server.',
  },
  conflict: {
    meaning: 'The server rejected the write because it conflicts with existing data.',
    cause: 'Somebody created an object with the same name after the plan was made.',
    example: 'A variable that a colleague created in the user interface while `apply` ran.',
    fix: 'Run plan again: it shows the difference to the existing object.',
  },
  rejected: {
    meaning: 'The server rejected the content of the request.',
    cause: 'A value breaks a rule that only the server knows, or the server is of another version.',
    example: 'A block whose type checks its values itself.',
    fix: 'Correct the value that the message names, then apply again.',
  },
  'server-error': {
    meaning: 'The server failed to process the request (HTTP 5xx).',
    cause: 'A fault of the server, of its database, or of a proxy in front of it.',
    example: 'The disk of the database is full.',
    fix: 'Check the log of the server, then run the command again.',
  },
  timeout: {
    meaning: 'The server did not respond in time.',
    cause: 'The server is overloaded, or a request takes longer than the limit.',
    example: 'A server with thousands of deployments on a small database.',
    fix: 'Try again, or raise the limit with PREFECT_API_REQUEST_TIMEOUT.',
  },
  'connection-lost': {
    meaning: 'The connection was lost before the response arrived. A write may or may not have been executed.',
    cause: 'The server or a proxy was restarted, or the network failed.',
    example: 'A rolling update of the server during an apply.',
    fix: 'Apply again: it writes only what differs.',
  },
  unavailable: {
    meaning: 'The server repeatedly responded that it cannot process requests at the moment.',
    cause:
      'The server is starting, its database is locked, or it is down behind its proxy. Too many requests (HTTP 429) are only an error with PREFECT_CLIENT_MAX_RETRIES=0.',
    example: 'A server on SQLite, while another client writes thousands of runs.',
    fix: 'Wait a minute and try again, with a lower --concurrency if it is an apply.',
  },
  tls: {
    meaning: 'No secure connection could be established: the certificate is not trusted or does not match the host.',
    cause: 'The certificate is signed by a private authority, is for another host, or the server speaks plain HTTP.',
    example: 'https://prefect.internal/api with a certificate of the company.',
    fix: 'Set PREFECT_API_SSL_CERT_FILE to the certificate of the authority, or correct the URL.',
  },
  'same-server': {
    meaning: 'Source and destination are the same server, or a pattern of profiles selects one server twice.',
    cause: 'Both profiles have the same URL, or two addresses lead to one server.',
    example: '`transfer --from prod --to prod`.',
    fix: 'Check the two profiles. For a transfer, pass --allow-same-server; for several servers, a narrower pattern.',
  },
} as const satisfies CodeTable
