/** A capability as small as one can be published. */

export const ships = `
ikanos: 1.0.0-beta5
info: { display: Ships, description: Reads ships., tags: [Ships] }
capability:
  aggregates:
    - display: Ships
      namespace: ships
      flows:
        get-ship:
          description: Reads a ship.
          inputParameters: { imo: { type: string, description: Its number. } }
          outputParameters: { name: { type: string, value: Nova } }
  exposes:
    - type: mcp
      namespace: ships-mcp
      port: 9090
      tools: { get-ship: { ref: ships.get-ship, description: Reads a ship. } }
`

/** As little as has to be said about it, and `more`. */
export const shipsFacts = (more = '') => `
index: { slug: ships, name: Ships, description: All ships., created: "2026-11-24", modified: "2026-11-24" }
publisher: { name: A harbour, url: https://harbour.test, email: ships@harbour.test }
${more}`
