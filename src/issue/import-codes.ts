import type { CodeTable } from './code-table.ts'

/** Codes of files of other formats. */
export const importCodes = {
  'unknown-format': {
    meaning: 'The file has none of the formats that `import` reads.',
    cause: 'The path is another file, or the file lacks what its format is recognized by.',
    example: 'import docker-compose.yaml -o platform/.',
    fix: 'Check the path, or name the format with --as.',
  },
  'nothing-to-import': {
    meaning: 'The file has the right format, but nothing in it becomes a resource.',
    cause: 'The file is a template, or the section has another name.',
    example: 'A prefect.yaml with build and pull steps, and no deployments.',
    fix: 'Add what is missing, or pass another file.',
  },
  'ignored-field': {
    meaning: 'Prefect ignores a field of the file, so the snapshot does not have it either.',
    cause: 'The name has a typing error, or the field is of another version of Prefect.',
    example: 'work_pool: {variables: {}} instead of job_variables.',
    fix: 'Correct the name, or remove the field.',
  },
  'unresolved-template': {
    meaning:
      'A template of the file has no value here. It is an error in what names a deployment; elsewhere the text stays as it is.',
    cause: 'The environment variable is not set, or the template is an output of a build step, which is not run.',
    example: 'image: "{{ build-image.image }}" in job variables.',
    fix: 'Set the variable, pass the output with --output-of, or set the field in an overlay.',
  },
  'unknown-flow': {
    meaning: 'The name of a flow could not be read from its code, so it was derived.',
    cause: 'The code is not beside the file, or the name is no plain text in its decorator.',
    example: 'An entrypoint flows/etl.py:etl, and no such file.',
    fix: 'Put the code beside the file, write flow_name, or correct the name in the snapshot.',
  },
  'flow-not-loaded': {
    meaning: 'With --python, Prefect cannot load a flow, or not all of its code.',
    cause: 'A package of the flow is not installed there, the code has an error, or the entrypoint is wrong.',
    example: 'import pandas in flows/etl.py, and an interpreter without pandas.',
    fix: 'Pass the interpreter that has the packages, correct the code, or omit --python.',
  },
  'unusable-interpreter': {
    meaning: 'The interpreter of --python cannot be started, or has no Prefect 3.',
    cause: 'The path is wrong, or Prefect is in another environment.',
    example: '--python python3, and Prefect is only in .venv/.',
    fix: 'Pass the interpreter of the environment that prefect deploy runs in, such as .venv/bin/python.',
  },
  'default-pull-step': {
    meaning: 'The file says no pull steps, so Prefect adds one that depends on where it is deployed.',
    cause: 'The sections pull of the file and of the deployment are missing or empty.',
    example: 'A prefect.yaml without pull, whose deployments get the directory of the file.',
    fix: 'Add a pull section, or pull: [] for none.',
  },
  'not-carried-over': {
    meaning: 'Something of the file has no equivalent in Prefect 3, or none that is exactly equal.',
    cause: 'The format is that of an older Prefect, such as Prefect 1.',
    example: 'A schedule of Prefect 1 with a filter: it becomes inactive, because it would run more often.',
    fix: 'Do what the message says, by hand; with --checklist, a list of all of them is written.',
  },
} as const satisfies CodeTable
