import { basename } from 'node:path'
import { isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import type { Faults } from '../issues.ts'

/* Which pull steps a deployment gets, as `_run_single_deploy` chooses them (cli/deploy/_core.py, _actions.py). */

const dockerBuild = 'prefect_docker.deployments.steps.build_docker_image'
const workingDirectory = 'prefect.deployments.steps.set_working_directory'

/** The steps of one section: of the deployment if it has some, else of the file. */
export function stepsOf(name: 'build' | 'push' | 'pull', config: JsonObject, file: JsonObject): readonly JsonObject[] {
  const own = asSteps(config[name])
  return Object.hasOwn(config, name) && (own.length > 0 || name === 'build') ? own : asSteps(file[name])
}

function asSteps(value: Json | undefined): readonly JsonObject[] {
  if (isObject(value)) return Object.keys(value).length > 0 ? [value] : []
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The pull steps of a deployment, and where they come from. */
export interface PullSteps {
  readonly steps: readonly JsonObject[]
  readonly pointer: Pointer
}

/**
 * The pull steps: those of the deployment, else those of the file, else those that Prefect makes. An empty list, and nothing else,
 * means that there are none.
 */
export function pullStepsOf(
  config: JsonObject,
  pointer: Pointer,
  file: JsonObject,
  folder: string | undefined,
  faults: Faults,
): PullSteps {
  const effective = Object.hasOwn(config, 'pull') ? config.pull : file.pull
  const at = asSteps(config.pull).length > 0 ? step(pointer, 'pull') : '/pull'
  if (Array.isArray(effective) && effective.length === 0)
    return { steps: [], pointer: Object.hasOwn(config, 'pull') ? step(pointer, 'pull') : '/pull' }
  const steps = stepsOf('pull', config, file)
  return steps.length > 0
    ? { steps, pointer: at }
    : { steps: defaultSteps(config, pointer, file, folder, faults), pointer }
}

function defaultSteps(
  config: JsonObject,
  pointer: Pointer,
  file: JsonObject,
  folder: string | undefined,
  faults: Faults,
): readonly JsonObject[] {
  const image =
    isObject(config.work_pool) && isObject(config.work_pool.job_variables) && config.work_pool.job_variables.image
  const own = asSteps(config.build)
  const docker = (own.length > 0 ? own : asSteps(file.build)).map((action) => action[dockerBuild]).find(isObject)
  const fix = 'Add a pull section to the file that says where workers find the code, or pull: [] for none.'
  const says = (what: string) =>
    faults.warn('default-pull-step', `The file has no pull steps, so Prefect sets ${what}.`, pointer, fix)
  const directory = (path: string) => [{ [workingDirectory]: { directory: path } }]
  if (docker && docker.dockerfile !== 'auto') return []
  if (docker || image) {
    const path = docker ? `/opt/prefect/${folder === undefined ? '' : basename(folder)}` : '/opt/prefect'
    says(`the working directory ${path} in the image`)
    return directory(path)
  }
  if (folder === undefined) {
    says('the directory that prefect deploy runs in, which is not known here; there are no pull steps')
    return []
  }
  says(`the directory of the file on this machine: ${folder}`)
  return directory(folder)
}
