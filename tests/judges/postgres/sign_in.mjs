// Signs in to PostgreSQL by a URL, once for each password, with two readers of URLs: psql (libpq) and `pg` (WHATWG).
//
// Reads from the standard input what is asked, and writes what became of it. `tests/judges/setup` copies this folder beside the packages.
import { execFile } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import pg from 'pg'

const asked = JSON.parse(await text(process.stdin))
const run = promisify(execFile)
// Who is signed in, and whether by TLS.
const QUESTION = 'select current_user, ssl from pg_stat_ssl where pid = pg_backend_pid()'

const master = new pg.Client({ host: asked.socket, port: asked.port, user: 'postgres', database: 'postgres' })
await master.connect()
const { server_version: version } = (await master.query('show server_version')).rows[0]

const readers = {
  async psql(url) {
    const { stdout } = await run(asked.psql, ['-X', '-A', '-t', '-w', '-d', url, '-c', QUESTION], { timeout: 60_000 })
    return stdout.trim() === `${asked.user}|t`
  },
  async pg(url) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 60_000 })
    await client.connect()
    try {
      const [row] = (await client.query(QUESTION)).rows
      return row.current_user === asked.user && row.ssl
    } finally {
      await client.end()
    }
  },
}

const refused = {}
let why
for (const password of asked.passwords) {
  await master.query(`alter role ${asked.user} password ${pg.escapeLiteral(asked.has || password)}`)
  // In functions, since `$` means something in texts that replace.
  const url = asked.url.replace('<password>', () => password).replace('<host>', () => asked.host)
  for (const [reader, signsIn] of Object.entries(readers)) {
    try {
      if (!(await signsIn(url))) throw new Error('signed in as another, or without TLS')
    } catch (error) {
      why ??= `${reader}: ${error.message.replaceAll(password, '…')}`
      ;(refused[reader] ??= []).push(password)
    }
  }
}
await master.end()
console.log(JSON.stringify({ server: `PostgreSQL ${version}`, refused, why }))
