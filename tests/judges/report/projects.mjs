// Projects whose reports the judge opens: of somebody who means harm, and a large one.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What would run if any of it were more than text. */
export const HOSTILE = [
  '</script><script>harm=1</script>',
  '<img src=x onerror=harm=1>',
  '"><svg onload=harm=1>',
  "'onmouseover='harm=1",
  'javascript:harm=1',
  '<!--<script>',
  ']]></title></template></style><iframe srcdoc="<script>parent.harm=1</script>">',
  '{{constructor.constructor("harm=1")()}}',
  '&lt;img src=x onerror=harm=1&gt;',
  '${7*7}`${harm=1}`',
  '__proto__',
]

/** A text as a manifest writes it: what begins a reference is doubled. */
const written = (text) => JSON.stringify(text.split('${').join('$${'))

const PRODUCTION =
  'stage: production\nlifetime: permanent\nremoval: retain\nprotect: true\nlog_days: 90\naccount: "123456789012"\n'

function write(folder, base) {
  mkdirSync(join(folder, 'environments'), { recursive: true })
  writeFileSync(join(folder, 'environments', 'base.yaml'), base)
  writeFileSync(join(folder, 'environments', 'production.yaml'), PRODUCTION)
}

/** Hostile texts wherever a manifest takes a text. */
export function hostile(folder) {
  const components = HOSTILE.flatMap((text, i) => [
    `  Code${i}:`,
    '    type: function',
    `    purpose: ${written(text)}`,
    '    runtime: nodejs22.x',
    '    zip: {path: dist, handler: index.handler}',
    `    environment: {HARM: ${written(text)}}`,
    `  Raw${i}:`,
    '    type: resource',
    '    resource_type: AWS::SSM::Parameter',
    `    purpose: ${written(text)}`,
    `    properties: {Type: String, Value: ${written(text)}}`,
  ])
  const values = HOSTILE.map((text, i) => `  v${i}: ${written(text)}`)
  write(folder, ['project: harm', 'region: eu-west-2', 'values:', ...values, 'components:', ...components, ''].join('\n'))
}

/** A thousand resources and more, in several stacks. */
export function large(folder) {
  const components = []
  // Each has a stack of its own.
  for (let i = 0; i < 44; i += 1) {
    components.push(`  Site${i}:`, '    type: nextjs', `    purpose: Site number ${i}`, `    path: apps/site-${i}`, '    protection: signed')
  }
  write(folder, ['project: large', 'region: eu-west-2', 'components:', ...components, ''].join('\n'))
}
