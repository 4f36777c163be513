import { isObject, type JsonObject } from '../../json.ts'
import { readOldYaml, withPlainTimes } from '../../snapshot/yaml/read-old-yaml.ts'
import { collectFaults } from '../issues.ts'
import type { Imported, ImportedDocument, ImportInput, ImportReader } from '../reader.ts'
import { deploymentsOf } from './config.ts'
import { documentsOfDeployment } from './deployment-documents.ts'

/** A prefect.yaml: what `prefect deploy --all` makes of it. */
export const prefectYaml: ImportReader = {
  name: 'prefect-yaml',
  summary: 'prefect.yaml: flows, deployments and the automations of their triggers',
  recognizes: (file, text) =>
    /(^|\/)prefect\.ya?ml$/.test(file) ||
    (/^(?:deployments|pull|build|prefect-version):/m.test(text) && !/^kind:|^trigger:|^automations:/m.test(text)),
  read: readFile,
}

function readFile(input: ImportInput): Imported {
  const { value, place, issues } = readOldYaml(input.file, input.text)
  const faults = collectFaults(place, issues)
  const found: ImportedDocument[] = []
  const external = new Set<string>()
  if (!isObject(value)) {
    faults.error('invalid-value', 'A prefect.yaml must be a mapping with deployments.', '')
    return { documents: [], external: [], issues: faults.issues }
  }
  const deployments = deploymentsOf(value, faults)
  const file = withPlainTimes(value) as JsonObject
  const isSound = !faults.issues.some(({ severity }) => severity === 'error')
  const flows = new Set<string>()
  const names = new Map<string, number>()
  for (const { config, pointer } of isSound ? deployments : []) {
    const made = documentsOfDeployment({ config, pointer, file, input, faults, names })
    if (!made) continue
    for (const glob of made.external) external.add(glob)
    for (const document of made.documents) {
      const { kind, key } = document.document
      if (kind === 'flow' && flows.has(String(key))) continue
      if (kind === 'flow') flows.add(String(key))
      found.push(document)
    }
  }
  if (found.length === 0 && !faults.issues.some(({ severity }) => severity === 'error')) {
    const none = deployments.length === 0 ? 'The file has no deployments.' : 'No deployment of the file has a name.'
    faults.error('nothing-to-import', none, '/deployments', 'Add a deployment with a name to its section deployments.')
  }
  return { documents: found, external: [...external].sort(), issues: faults.issues }
}
