/** What a person pastes to use a surface. */

/** The newest `skills` that runs on Node 20. */
const installer = 'skills@1.5.18'

/** The entry for the configuration of an MCP client; on one line without an indent. */
export function mcpClientEntry(namespace: string, url: string, indent?: number): string {
  return JSON.stringify({ mcpServers: { [namespace]: { type: 'http', url: `${url}/mcp` } } }, null, indent)
}

/** The command that installs the skills of a surface for an agent. */
export function skillInstall(url: string): string {
  return `npx -y ${installer} add ${url}`
}
