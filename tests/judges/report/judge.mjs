// Judge: the page of `reggie-cfn report` in a real browser.
//
//     node judge.mjs REPORTER…
//
// REPORTER is the command that `report` is an argument of; it is called in the repository. The page is made of Reggie, of a project that
// means harm, and of a large one. Before that its script and style are made anew. The exit code is 1 if anything fails. Pictures are left
// in target/judges/pictures/.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { HOSTILE, hostile, large } from './projects.mjs'

const reporter = process.argv.slice(2)
const root = process.cwd()
const judges = join(root, 'target/judges')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pictures = join(judges, 'pictures')
const TABS = ['diagram', 'resources', 'stages', 'dns', 'cost', 'findings', 'changes']
let proved = 0

function proves(what, holds, found) {
  assert.ok(holds, `${what}: ${JSON.stringify(found)}`)
  proved += 1
}

const same = (what, found, wanted) => proves(what, JSON.stringify(found) === JSON.stringify(wanted), { found, wanted })

/** Makes a report. */
function report(project, out) {
  const stages = project === root ? ['production', 'staging'] : ['production']
  execFileSync(reporter[0], [...reporter.slice(1), 'report', ...stages, '--project', project, '--out', out], { cwd: root, stdio: 'pipe' })
  return out
}

/** The script and the style are what their sources make. */
function reproducible(into) {
  const page = join(judges, 'page')
  const run = (...command) => execFileSync('node', command, { cwd: page, stdio: 'pipe' })
  run('node_modules/typescript/bin/tsc')
  run('build.mjs', into)
  for (const file of ['report.js', 'report.css']) {
    const [made, committed] = [join(into, file), join(root, 'report/dist', file)].map((path) => readFileSync(path))
    proves(`report/dist/${file} is what \`npm ci && npm run build\` makes in report/`, made.equals(committed))
  }
}

/** How the browser is started: Debian's, which `setup` unpacked, or the system's. */
function browserOptions(scratch) {
  const unpacked = join(judges, 'chromium')
  const own = join(unpacked, 'usr/lib/chromium/chromium')
  const folders = (process.env.PATH ?? '').split(delimiter)
  const installed = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => folders.map((folder) => join(folder, name)))
  const executablePath = [own, ...installed].find((file) => existsSync(file))
  proves('there is a browser', executablePath !== undefined)
  const env = { ...process.env, HOME: scratch, TMPDIR: join(scratch, 'tmp') }
  mkdirSync(env.TMPDIR)
  if (executablePath === own) {
    const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch]
    env.LD_LIBRARY_PATH = ['usr/lib', 'lib'].map((folder) => join(unpacked, folder, `${machine}-linux-gnu`)).join(delimiter)
    env.FONTCONFIG_FILE = join(scratch, 'fonts.conf')
    const fonts = ['/usr/share/fonts', join(unpacked, 'usr/share/fonts')].map((folder) => `<dir>${folder}</dir>`).join('')
    writeFileSync(env.FONTCONFIG_FILE, `<?xml version="1.0"?><fontconfig>${fonts}<cachedir>${join(scratch, 'fonts')}</cachedir></fontconfig>`)
  }
  // Chromium refuses its sandbox to root; the page is ours.
  return { executablePath, env, args: process.getuid() === 0 ? ['--no-sandbox'] : [] }
}

/** A page that is watched: what it asks for, what its policy stops, what fails in it. */
async function open(context, file, hash = '') {
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const seen = { requests: [], violations: [], errors: [], dialogs: 0 }
  const url = pathToFileURL(file).href
  page.on('request', (request) => request.url().split('#')[0] === url || request.url().startsWith('data:') || seen.requests.push(request.url()))
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && seen.errors.push(message.text()))
  page.on('pageerror', (error) => seen.errors.push(error.message))
  page.on('dialog', (dialog) => {
    seen.dialogs += 1
    dialog.dismiss()
  })
  await page.exposeFunction('violated', (what) => seen.violations.push(what))
  await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => window.violated(`${event.violatedDirective} ${event.blockedURI}`)))
  await page.goto(url + hash)
  await page.waitForSelector('[role=tab]')
  return { page, seen }
}

function quiet(what, seen) {
  same(`${what}: nothing is asked for, stopped or failed`, seen, { requests: [], violations: [], errors: [], dialogs: 0 })
}

const show = (page, tab) => page.click(`#tab-${tab}`)

async function accessible(page, what) {
  const { violations } = await page.evaluate(`${axe}; axe.run()`)
  same(`axe finds nothing: ${what}`, violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`), [])
}

async function openResource(page, id) {
  await show(page, 'resources')
  await page.locator(`[role=option][id$="/${id}"]`).click()
  await page.waitForSelector(`article[aria-label="${id}"]`)
}

/** Opens a property; gives `path:line:column` and the line of each place that is told. */
async function places(page, within, property) {
  const row = page.locator(`${within} .leaf`, { has: page.locator('.row .key', { hasText: new RegExp(`^${property}$`) }) }).first()
  await row.locator('.row').click()
  proves(`${property} is open`, (await row.locator('.row').getAttribute('aria-expanded')) === 'true')
  return row.locator('.origin').evaluate((origin) => [...origin.querySelectorAll('.place')].map((place) => [place.textContent, place.nextElementSibling?.textContent]))
}

/** Whether each line stands in the repository as it is told. */
function truthful(found) {
  proves('a place is told', found.length > 0, found)
  for (const [place, line] of found) {
    const [, path, number] = /^(.*):(\d+):\d+$/.exec(place)
    same(place, line, readFileSync(join(root, path), 'utf8').split('\n')[number - 1].trim())
  }
}

const transform = (page) => page.evaluate(() => document.querySelector('svg.graph').style.transform)

async function changes(page, key, what) {
  const before = await transform(page)
  await page.keyboard.press(key)
  const after = await transform(page)
  proves(`${key} ${what}`, before !== after, before)
  return after
}

// --- What is judged

async function everything(context, file, scheme) {
  const { page, seen } = await open(context, file)
  for (const tab of TABS) {
    await show(page, tab)
    await accessible(page, `${scheme} ${tab}`)
    await page.screenshot({ path: join(pictures, `${scheme}-${tab}.png`) })
  }
  await openResource(page, 'ReggieDbCluster')
  truthful(await places(page, '.detail', 'BackupRetentionPeriod'))
  truthful(await places(page, '.detail', 'Engine'))
  await accessible(page, `${scheme} a property`)
  await page.screenshot({ path: join(pictures, `${scheme}-property.png`) })
  await show(page, 'diagram')
  await page.locator('svg.graph [role=button]').first().click()
  await page.waitForSelector('.panel')
  await accessible(page, `${scheme} a component`)
  await page.screenshot({ path: join(pictures, `${scheme}-component.png`) })
  quiet(scheme, seen)
  await page.close()
}

async function values(context, file) {
  const { page, seen } = await open(context, file)
  await page.getByRole('radio', { name: 'staging' }).check({ force: true })
  await openResource(page, 'ReggieDbCluster')
  const found = await places(page, '.detail', 'BackupRetentionPeriod')
  truthful(found)
  same('the layer, then what it overrides', found.map(([place]) => place.replace(/:.*/, '')), ['environments/staging.yaml', 'environments/base.yaml'])
  truthful(await places(page, '.detail', 'MasterUserPassword'))
  proves('a password is told by its place alone', (await page.locator('.detail').textContent()).includes('{{resolve:secretsmanager:'))
  // A reference leads on.
  await places(page, '.detail', 'DBSubnetGroupName')
  await page.getByRole('button', { name: 'Open ReggieDbSubnetGroup' }).click()
  await page.waitForSelector('article[aria-label="ReggieDbSubnetGroup"]')
  await page.goBack()
  await page.waitForSelector('article[aria-label="ReggieDbCluster"]')
  // What is looked at stands in the address.
  const again = await open(context, file, new URL(page.url()).hash)
  await again.page.waitForSelector('article[aria-label="ReggieDbCluster"]')
  same('the stage of the address', await again.page.locator('input[name=stage]:checked').evaluate((input) => input.parentElement.textContent), 'staging')
  await again.page.close()
  quiet('values', seen)
  await page.close()
}

async function search(context, file) {
  const { page, seen } = await open(context, file, '#/production/resources')
  const status = page.locator('.master [role=status]')
  const options = page.locator('[role=option]')
  const all = await options.count()
  same('the count of all', await status.textContent(), `${all} resources`)
  const box = page.getByRole('searchbox', { name: 'Search' })
  await box.fill('dbcluster')
  const found = await options.allTextContents()
  proves('a search finds', found.length > 0 && found.length < all && found.some((text) => text.includes('AWS::RDS::DBCluster')), found)
  same('the count of what was found', await status.textContent(), `${found.length} of ${all} resources`)
  await box.fill('aurora-postgresql')
  proves('a search looks into values', (await options.allTextContents()).some((text) => text.startsWith('ReggieDbCluster')))
  await box.fill('no such thing')
  proves('and says so if nothing is found', (await page.locator('.list').textContent()).includes('Nothing fits'))
  same('none is counted', await status.textContent(), `0 of ${all} resources`)
  await accessible(page, 'nothing found')
  await box.fill('')
  for (const [label, value] of [['Type', 'AWS::Lambda::Function'], ['Stack', 'app.yaml'], ['Component', 'ReggieApiHandler']]) {
    await page.getByRole('combobox', { name: label }).selectOption(value)
    const left = await options.count()
    proves(`${label} filters`, left > 0 && left < all, left)
  }
  same('all filters at once', await options.allTextContents(), ['ReggieApiHandlerAWS::Lambda::Function'])
  quiet('search', seen)
  await page.close()
}

async function keys(context, file) {
  const { page, seen } = await open(context, file, '#/production/diagram')
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement
      const style = getComputedStyle(element)
      const shown = element.matches('input[type=radio]') ? getComputedStyle(element.nextElementSibling) : style
      return [element.textContent?.trim() || element.getAttribute('aria-label') || element.getAttribute('role') || element.tagName, shown.outlineStyle !== 'none' && shown.outlineWidth !== '0px']
    })
  const order = []
  for (let i = 0; i < 6; i += 1) {
    await page.keyboard.press('Tab')
    const [name, isSeen] = await focused()
    proves(`the focus is seen: ${name}`, isSeen)
    order.push(name.slice(0, 30))
  }
  same('the order of the keyboard', [order[0], order[3]], ['Skip to the content', 'Diagram'])
  proves('the stage and the colours come before the views', order[2].startsWith('Change to'), order)
  // The tabs are one stop, and arrows go round them.
  await page.locator('#tab-diagram').focus()
  await page.keyboard.press('ArrowLeft')
  same('left of the first is the last', await page.evaluate(() => document.activeElement.id), 'tab-changes')
  await page.keyboard.press('Home')
  same('home', await page.evaluate(() => [document.activeElement.id, document.activeElement.getAttribute('aria-selected')]), ['tab-diagram', 'true'])
  // The drawing.
  await page.locator('.canvas').focus()
  const fitted = await transform(page)
  await changes(page, '+', 'grows it')
  await changes(page, '-', 'makes it small')
  for (const arrow of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) await changes(page, arrow, 'moves it')
  await page.keyboard.press('+')
  same('0 fits', await changes(page, '0', 'fits it'), fitted)
  const node = page.locator('svg.graph [role=button]').first()
  await node.focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('.panel')
  const name = await node.getAttribute('data-component')
  same('Enter opens the component, and its name has the focus', await page.evaluate(() => document.activeElement.textContent), name)
  await page.keyboard.press('Escape')
  await page.waitForSelector('.panel', { state: 'detached' })
  same('Escape closes it, and the focus is back', await page.evaluate(() => document.activeElement.getAttribute('data-component')), name)
  // The list.
  await show(page, 'resources')
  await page.locator('[role=listbox]').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  const second = await page.locator('[role=option]').nth(1).getAttribute('id')
  same('arrows choose', await page.locator('[role=listbox]').getAttribute('aria-activedescendant'), second)
  await page.keyboard.press('End')
  const last = page.locator('[role=option]').last()
  same('End is the last', await last.getAttribute('aria-selected'), 'true')
  proves('and it is in sight', await last.isVisible())
  quiet('keys', seen)
  await page.close()
}

async function pointer(context, file) {
  const { page, seen } = await open(context, file)
  const box = await page.locator('.canvas').boundingBox()
  const [x, y] = [box.x + 30, box.y + box.height - 90]
  const before = await transform(page)
  await page.mouse.move(x, y)
  await page.mouse.wheel(0, -300)
  await page.waitForFunction((old) => document.querySelector('svg.graph').style.transform !== old, before)
  const grown = await transform(page)
  proves('a wheel grows it', Number(/scale\((.*)\)/.exec(grown)[1]) > Number(/scale\((.*)\)/.exec(before)[1]), [before, grown])
  await page.mouse.down()
  await page.mouse.move(x + 120, y - 60, { steps: 4 })
  await page.mouse.up()
  proves('a drag moves it', (await transform(page)) !== grown)
  proves('and opens nothing', (await page.locator('.panel').count()) === 0)
  const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await page.getByRole('button', { name: 'Change to dark colours' }).click()
  const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  proves('the switch changes the colours', light !== dark, light)
  await accessible(page, 'dark by the switch')
  await page.reload()
  await page.waitForSelector('[role=tab]')
  same('and they are kept', await page.evaluate(() => getComputedStyle(document.body).backgroundColor), dark)
  await page.evaluate(() => localStorage.clear())
  quiet('pointer', seen)
  await page.close()
}

async function touch(browser, file) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme: 'light' })
  const { page, seen } = await open(context, file)
  for (const tab of TABS) {
    await page.locator(`#tab-${tab}`).tap()
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    proves(`${tab} fits a telephone`, wide <= room, [wide, room])
    await page.screenshot({ path: join(pictures, `narrow-${tab}.png`), fullPage: true })
  }
  await page.locator('#tab-diagram').tap()
  const before = await transform(page)
  const box = await page.locator('.canvas').boundingBox()
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const client = await context.newCDPSession(page)
  const points = (apart) => [{ x: x - apart, y, id: 0 }, { x: x + apart, y, id: 1 }]
  await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: points(20) })
  for (const apart of [30, 45, 60]) await client.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: points(apart) })
  await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await page.waitForFunction((old) => document.querySelector('svg.graph').style.transform !== old, before)
  const scale = (text) => Number(/scale\((.*)\)/.exec(text)[1])
  proves('two fingers grow it', scale(await transform(page)) > scale(before) * 1.5, [before, await transform(page)])
  await accessible(page, 'narrow')
  quiet('touch', seen)
  await context.close()
}

async function paper(context, file) {
  const { page, seen } = await open(context, file, '#/production/stages')
  const pdf = await page.pdf({ format: 'A4', path: join(pictures, 'print.pdf') })
  proves('it prints', pdf.subarray(0, 5).toString() === '%PDF-' && pdf.length > 20_000, pdf.length)
  await page.emulateMedia({ media: 'print' })
  const hidden = await page.evaluate(() => [...document.querySelectorAll('[role=tabpanel]')].filter((panel) => panel.offsetHeight === 0).map((panel) => panel.id))
  same('every view is printed', hidden, [])
  const dark = await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)
  same('in light colours', dark, 'light')
  quiet('paper', seen)
  await page.close()
}

async function harmless(context, file) {
  const { page, seen } = await open(context, file)
  for (const tab of TABS) await show(page, tab)
  await show(page, 'resources')
  for (const i of HOSTILE.keys()) {
    await openResource(page, `Raw${i}`)
    await places(page, '.detail', 'Value')
    const shown = await page.locator('.detail .leaf[data-open=true] .row .value').textContent()
    proves('it is shown as it is', shown.replace(/^['"]|['"]$/g, '').replaceAll("''", "'").replaceAll('\\"', '"') === HOSTILE[i], { shown, wanted: HOSTILE[i] })
  }
  await show(page, 'diagram')
  await page.locator('svg.graph [role=button]').first().click()
  await page.waitForSelector('.panel')
  const harm = await page.evaluate(() => [typeof globalThis.harm, document.querySelectorAll('img, iframe, object, embed, form:not(.filters), a[href]:not([href^="https:"])').length])
  same('nothing of it runs, and nothing is made of it', harm, ['undefined', 0])
  quiet('harmless', seen)
  await page.close()
}

async function quick(context, file) {
  const start = performance.now()
  const { page, seen } = await open(context, file, '#/production/resources')
  const ready = performance.now() - start
  const count = await page.locator('[role=option]').count()
  proves('a thousand resources and more', count > 1000, count)
  proves('it opens quickly', ready < 5000, ready)
  /** How long from a key to the next picture, in milliseconds. */
  const slowest = await page.evaluate(async () => {
    const box = document.querySelector('input[type=search]')
    let slowest = 0
    for (const text of ['h', 'ha', 'handler1', 'handler10', '', 'queue', '']) {
      const start = performance.now()
      box.value = text
      box.dispatchEvent(new Event('input', { bubbles: true }))
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
      slowest = Math.max(slowest, performance.now() - start)
    }
    return slowest
  })
  proves('a search takes no time', slowest < 500, slowest)
  await page.locator('[role=listbox]').focus()
  const before = performance.now()
  for (let i = 0; i < 20; i += 1) await page.keyboard.press('ArrowDown')
  const each = (performance.now() - before) / 20
  proves('nor do arrows', each < 250, each)
  quiet('quick', seen)
  await page.close()
  return `${count} resources (${Math.round(statSync(file).size / 1024)} KiB) open in ${Math.round(ready)} ms, a search takes ${Math.round(slowest)} ms`
}

const scratch = mkdtempSync(join(tmpdir(), 'reggie-cfn-report-'))
mkdirSync(pictures, { recursive: true })
let browser
try {
  reproducible(join(scratch, 'dist'))
  for (const [name, make] of [['hostile', hostile], ['large', large]]) make(join(scratch, name))
  const [own, harm, big] = [[root, 'reggie.html'], [join(scratch, 'hostile'), 'harm.html'], [join(scratch, 'large'), 'large.html']].map(([project, file]) => report(project, join(scratch, file)))
  browser = await chromium.launch(browserOptions(scratch))
  const light = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' })
  const dark = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' })
  await everything(light, own, 'light')
  await everything(dark, own, 'dark')
  await values(light, own)
  await search(light, own)
  await keys(light, own)
  await pointer(light, own)
  await touch(browser, own)
  await paper(light, own)
  await harmless(light, harm)
  const speed = await quick(light, big)
  console.log(`report: ${proved} facts proved; ${speed}`)
} finally {
  await browser?.close()
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
}
