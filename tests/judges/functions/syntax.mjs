// What the documentation of a runtime lists, against what a code uses.
import { parse } from 'acorn'

// "JavaScript runtime 2.0 features for CloudFront Functions": ES 5.1, and of later versions only what stands there.
const NODES = new Set(
  `Program EmptyStatement ExpressionStatement BlockStatement IfStatement ReturnStatement ThrowStatement TryStatement CatchClause
  SwitchStatement SwitchCase ForStatement ForInStatement WhileStatement DoWhileStatement BreakStatement ContinueStatement
  LabeledStatement VariableDeclaration VariableDeclarator FunctionDeclaration FunctionExpression ArrowFunctionExpression
  Identifier Literal TemplateLiteral TemplateElement ArrayExpression ObjectExpression Property MemberExpression CallExpression
  NewExpression UnaryExpression UpdateExpression BinaryExpression LogicalExpression AssignmentExpression ConditionalExpression
  SequenceExpression ThisExpression AwaitExpression RestElement ImportDeclaration ImportDefaultSpecifier`.split(/\s+/),
)
const METHODS = new Set(
  `charAt charCodeAt codePointAt concat endsWith includes indexOf lastIndexOf match padEnd padStart repeat replace replaceAll
  search slice split startsWith substr substring toLowerCase toString toUpperCase trim trimEnd trimStart valueOf
  copyWithin every fill filter find findIndex forEach isArray join map pop push reduce reduceRight reverse shift some sort
  splice unshift create defineProperties defineProperty entries freeze getOwnPropertyNames getPrototypeOf hasOwnProperty is
  isFrozen isSealed keys preventExtensions seal values exec test parse stringify now getTime toISOString
  abs ceil floor max min pow random round sqrt fromCharCode fromCodePoint apply bind call
  createHash createHmac update digest rawQueryString log error from`.split(/\s+/),
)
const GLOBALS = new Set(
  `Array Boolean Buffer Date Error Infinity JSON Math NaN Number Object Promise RangeError RegExp String SyntaxError TypeError
  URIError atob btoa console decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt require
  undefined`.split(/\s+/),
)

/** What a CloudFront function uses and its runtime does not document, each with its line. */
export function undocumented(code) {
  const isModule = /^\s*import\s/m.test(code)
  const options = { ecmaVersion: 2024, sourceType: isModule ? 'module' : 'script', locations: true }
  const found = []
  const declared = new Set(['event'])
  const say = (node, what) => found.push(`line ${node.loc.start.line}: ${what}`)
  const used = []

  const visit = (node, parent, isAsync) => {
    if (!NODES.has(node.type)) say(node, node.type)
    if (node.optional || ['??', '??=', '&&=', '||='].includes(node.operator)) say(node, 'a newer operator')
    if (node.type === 'Property' && (node.shorthand || node.method || node.computed)) say(node, 'a property of ES 6')
    if (node.type === 'CatchClause' && !node.param) say(node, 'catch without a name')
    if (node.type === 'Literal' && node.bigint) say(node, 'a big integer')
    if (node.type === 'Literal' && typeof node.value === 'number' && node.raw.includes('_')) say(node, 'a number with _')
    if (node.type === 'Literal' && node.regex && /[^gim]/.test(node.regex.flags)) say(node, 'a flag of a newer RegExp')
    if (node.type === 'Literal' && node.regex && /\(\?<|\\p\{/.test(node.regex.pattern)) say(node, 'a newer RegExp')
    if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && !node.callee.computed) {
      if (!METHODS.has(node.callee.property.name)) say(node, `the method ${node.callee.property.name}`)
    }
    if (/Function/.test(node.type)) {
      if (node.generator) say(node, 'a generator')
      if (isAsync) say(node, 'a closure in an asynchronous function')
      if (node.async && node.type !== 'FunctionDeclaration') say(node, 'an asynchronous closure')
      if (node.id) declared.add(node.id.name)
      for (const one of node.params) {
        const name = one.type === 'RestElement' ? one.argument : one
        name.type === 'Identifier' ? declared.add(name.name) : say(one, `the parameter ${one.type}`)
      }
      isAsync = node.async
    }
    if (node.type === 'VariableDeclarator' || node.type === 'ImportDefaultSpecifier') declared.add((node.id ?? node.local).name)
    if (node.type === 'CatchClause' && node.param) declared.add(node.param.name)
    const isName = (parent?.type === 'MemberExpression' && parent.property === node && !parent.computed) ||
      (parent?.type === 'Property' && parent.key === node) || /^(Labeled|Break|Continue)/.test(parent?.type ?? '')
    if (node.type === 'Identifier' && !isName) used.push(node)
    for (const child of Object.values(node).flat()) if (typeof child?.type === 'string') visit(child, node, isAsync)
  }

  try {
    visit(parse(code, options), undefined, false)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return [error.message]
  }
  for (const node of used) if (!declared.has(node.name) && !GLOBALS.has(node.name)) say(node, `the name ${node.name}`)
  return found
}

/** Why Node.js 22 does not take a script. */
export function unparsable(code) {
  try {
    parse(code, { ecmaVersion: 2024, sourceType: 'script' })
    return []
  } catch (error) {
    return [error.message]
  }
}
