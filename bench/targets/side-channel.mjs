/** How a target tells its address to the bench, and its CPU time whenever it is asked: beside the traffic, not in it. */

/** Announces a listening target and what else is told of it, answers `cpu` over IPC and ends when the bench does. */
export function announce(url, facts = {}) {
  process.on('message', () => process.send(process.cpuUsage()))
  process.on('disconnect', () => process.exit())
  process.send({ url, ...facts })
}

/** Listens on a free loopback port and announces it. */
export function listen(server) {
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => announce(`http://127.0.0.1:${server.address().port}`))
}
