import { isObject, type Json } from '../../json.ts'
import type { Rule } from '../../kind.ts'
import { object } from '../endpoints.ts'
import { misshapenSections, missingSections, undeclaredVariables } from './pool-template.ts'
import { preprocessed, unfitting, withoutRequired } from './variables-schema.ts'

const source = 'prefect/server/schemas/actions.py: validate_base_job_template'
const held = 'servers keep such a template from an older version, but no request can store it'

/** What Prefect demands of the template of a pool. */
export const templateRules: readonly Rule[] = [
  {
    name: 'template-sections',
    doc: 'A template that is not empty has job_configuration and variables, which are not empty either.',
    source,
    held,
    *find(template) {
      const missing = missingSections(template)
      if (missing.length > 0)
        yield {
          pointer: '',
          problem: `a job template without ${missing.join(' and ')}`,
          fix: `Add ${missing.join(' and ')}, or write base_job_template: {}.`,
        }
    },
  },
  {
    name: 'template-shape',
    doc: 'job_configuration and variables are objects.',
    source,
    held,
    *find(template) {
      if (missingSections(template).length > 0) return
      for (const name of misshapenSections(template))
        yield {
          pointer: `/${name}`,
          problem: `a job template whose ${name} is no object`,
          fix: 'Write it as a mapping.',
        }
    },
  },
  {
    name: 'template-variables',
    doc: 'Every {{ variable }} in job_configuration is declared in variables.properties.',
    source,
    held,
    *find(template) {
      if (missingSections(template).length > 0) return
      for (const name of undeclaredVariables(template))
        yield {
          pointer: '/job_configuration',
          problem: `the variable ${JSON.stringify(name)} in job_configuration, which variables.properties does not declare`,
          fix: `Declare it under variables.properties, or remove {{ ${name} }}.`,
        }
    },
  },
  {
    name: 'template-schema',
    doc: 'The variables of a template are a JSON Schema.',
    source: 'prefect/utilities/schema_tools/validation.py: is_valid_schema',
    held: 'servers keep such a template if it was changed after the pool was created',
    *find(template, { schemas }) {
      const variables = object(template).variables
      const [fault] = isObject(variables) ? schemas.faults(variables) : []
      if (fault)
        yield {
          pointer: `/variables${fault.pointer}`,
          problem: `a JSON Schema that ${fault.reason}`,
          fix: 'Correct the schema.',
        }
    },
  },
  {
    name: 'template-defaults',
    doc: 'The default of a variable fits its own schema.',
    source: 'prefect/server/api/validation.py: validate_job_variable_defaults_for_work_pool',
    held: 'servers keep such a default if the template was changed after the pool was created',
    *find(template, around) {
      const variables = object(template).variables
      if (!isObject(variables)) return
      const defaults = Object.entries(object(variables.properties)).flatMap(([name, property]): [string, Json][] =>
        isObject(property) && property.default !== undefined ? [[name, property.default]] : [],
      )
      const schema = preprocessed(withoutRequired(variables))
      for (const { pointer, reason } of unfitting(Object.fromEntries(defaults), schema, '/base_job_template', around)) {
        const [, name = '', ...rest] = pointer.split('/')
        const at = `/variables/properties/${name}/default${rest.map((part) => `/${part}`).join('')}`
        yield {
          pointer: at,
          problem: `the default: it ${reason}`,
          fix: 'Correct the default, or the schema of the variable.',
        }
      }
    },
  },
]
